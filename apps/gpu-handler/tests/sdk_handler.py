"""A handler without a model, under RunPod's own SDK, for tests of the queue in apps/runpod-emulator.

Prints what it does, so that a test can wait for it. With the argument `blocking` it blocks the process while it works.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import runpod

BLOCKING = "blocking" in sys.argv
# The SDK parses the command line, too.
sys.argv = sys.argv[:1]


def say(line: str) -> None:
    """Prints a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def waiting(job: dict[str, Any]) -> dict[str, Any]:
    """Does what the input says, and lets the SDK work meanwhile."""
    name = job["input"]["name"]
    say(f"took {name}")
    runpod.serverless.progress_update(job, {"stage": "embedding", "done": 1, "of": 2})
    if job["input"].get("fails"):
        raise ValueError("sample 2 could not be read")
    try:
        await asyncio.sleep(job["input"].get("seconds", 0))
    except asyncio.CancelledError:
        say(f"stopped {name}")
        raise
    return {"name": name}


def blocking(job: dict[str, Any]) -> dict[str, Any]:
    """Blocks the process, so that the SDK cannot send another request."""
    name = job["input"]["name"]
    say(f"took {name}")
    time.sleep(job["input"].get("seconds", 0))
    return {"name": name}


runpod.serverless.start({"handler": blocking if BLOCKING else waiting})
