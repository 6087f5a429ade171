"""Downloads weights before the first job needs them, for people who watch."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huggingface_hub import constants

from timbre_gpu.failures import JobFailure
from timbre_gpu.settings import Settings
from timbre_gpu.wavlm import NO_WAVLM, WAVLM, find_wavlm
from timbre_gpu.weights import HubFile, fetch, files_for

_MEGABYTE = 1_000_000
_PROGRESS_SECONDS = 5.0


def fetch_weights(settings: Settings) -> int:
    """Makes sure that the weights of the languages in the settings are on this machine.

    Prints what is downloaded and how large it is, or the sentence of what is missing.

    Returns:
        the exit code: 0, or 1 if something is missing.
    """
    try:
        with _progress():
            for language in settings.languages:
                files = files_for(language, settings)
                fetch(files, _announce)
                print(f"The model {files.name} is on this machine", flush=True)
            print(f"Scores come from {_scorer(settings)}")
    except JobFailure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def _scorer(settings: Settings) -> str:
    """Fetches the scorer's weights. Returns its name."""
    if settings.scorer == "resemblyzer":
        return "resemblyzer"
    if settings.wavlm is not None or find_wavlm(_announce) is not None:
        return WAVLM
    if settings.scorer == WAVLM:
        raise JobFailure("no_scorer", NO_WAVLM)
    return f"resemblyzer, because Hugging Face cannot be asked for {WAVLM}"


def _announce(file: HubFile) -> None:
    size = file.size()
    print(
        f"Downloading {file.path} of {file.repository}" + (f" ({size / _MEGABYTE:.0f} MB)" if size else ""), flush=True
    )


@contextmanager
def _progress() -> Iterator[None]:
    """Prints now and then how much of a download has arrived. The bars of Hugging Face need a terminal."""
    ended = threading.Event()

    def watch() -> None:
        before = 0
        while not ended.wait(_PROGRESS_SECONDS):
            arrived = arrived_bytes(Path(constants.HF_HUB_CACHE))
            if arrived > before:
                print(f"  {arrived / _MEGABYTE:.0f} MB have arrived", flush=True)
            before = arrived

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def arrived_bytes(cache: Path) -> int:
    """Returns the size of the files that are being downloaded into Hugging Face's cache."""
    sizes = []
    for file in cache.glob("*/blobs/*.incomplete"):
        try:
            sizes.append(file.stat().st_size)
        except FileNotFoundError:  # complete now
            continue
    return sum(sizes)
