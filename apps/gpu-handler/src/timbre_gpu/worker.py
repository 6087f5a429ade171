"""The handler under RunPod's SDK."""

from __future__ import annotations

import runpod

from timbre_gpu.handler import make_handler
from timbre_gpu.models import Models
from timbre_gpu.settings import Settings


def start(settings: Settings) -> None:
    """Takes jobs until the process is told to stop."""
    runpod.serverless.start({"handler": make_handler(Models(settings), runpod.serverless.progress_update)})
