"""Where the weights of the scorer wavlm-base-plus-sv are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
from httpx2 import HTTPError
from huggingface_hub import hf_hub_url
from huggingface_hub.errors import EntryNotFoundError

from timbre_gpu.weights import HubFile, revision_of

WAVLM = "wavlm-base-plus-sv"
NO_WAVLM = f"The weights of the scorer {WAVLM} could not be loaded"

_REPOSITORY = f"microsoft/{WAVLM}"
_CONFIGURATION = ("config.json", "preprocessor_config.json")
_WEIGHTS = ("model.safetensors", "pytorch_model.bin")
"""One of them is enough; the first is preferred."""
_REACHABLE_SECONDS = 5.0


def find_wavlm(announce: Callable[[HubFile], None]) -> Path | None:
    """Returns the folder with the weights, and downloads them first if they are not on this machine.

    Args:
        announce: called before each download.

    Returns:
        None if they are not here and Hugging Face cannot be reached, or does not have them.
    """
    folder = _cached()
    if folder is not None or not _hub_is_reachable():
        return folder
    try:
        for name in _CONFIGURATION:
            HubFile(_REPOSITORY, name, None).download(announce)
        try:
            HubFile(_REPOSITORY, _WEIGHTS[0], None).download(announce)
        except EntryNotFoundError:
            HubFile(_REPOSITORY, _WEIGHTS[1], None).download(announce)
    except (OSError, HTTPError):
        return None
    return _cached()


def wavlm_revision(folder: Path) -> str:
    """Returns the commit at Hugging Face, or the start of a hash for weights in a folder of one's own."""
    if folder.parent.name == "snapshots":  # the layout of Hugging Face's cache
        return folder.name
    weights = [folder / name for name in _WEIGHTS if (folder / name).is_file()]
    return revision_of(str(weights[0])) if weights else "unknown"


def _cached() -> Path | None:
    files = [HubFile(_REPOSITORY, name, None).cached() for name in _CONFIGURATION]
    weights = [HubFile(_REPOSITORY, name, None).cached() for name in _WEIGHTS]
    return files[0].parent if files[0] and all(files) and any(weights) else None


def _hub_is_reachable() -> bool:
    """Asks once. The client of Hugging Face would retry for half a minute."""
    try:
        httpx.head(hf_hub_url(_REPOSITORY, _CONFIGURATION[0]), timeout=_REACHABLE_SECONDS)
    except httpx.HTTPError:
        return False
    return True
