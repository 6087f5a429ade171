"""What the tests share: one model with random weights, one scorer, a storage that speaks HTTP, and recordings."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import random_weights
from recordings import Recordings
from storage import Storage

from timbre_gpu.contract import Progress
from timbre_gpu.engine import PocketTts
from timbre_gpu.models import Models
from timbre_gpu.scorer import Scorer
from timbre_gpu.settings import read_settings


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of a model with random weights."""
    return random_weights.write(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="session")
def environment(config: Path) -> dict[str, str]:
    """The settings of the handler in all tests."""
    return {"TIMBRE_GPU_CONFIG": str(config), "TIMBRE_GPU_DEVICE": "cpu", "TIMBRE_GPU_SCORER": "resemblyzer"}


@pytest.fixture(scope="session")
def models(environment: dict[str, str]) -> Models:
    """The models as the handler holds them; loaded once."""
    return Models(read_settings(environment))


@pytest.fixture(scope="session")
def tts(models: Models) -> PocketTts:
    """pocket-tts itself."""
    return models.tts("en")


@pytest.fixture(scope="session")
def scorer(models: Models) -> Scorer:
    """Resemblyzer itself."""
    return models.scorer()


@pytest.fixture(scope="session")
def recordings() -> Recordings:
    """The recordings of test/fixtures/speech, decoded once each."""
    return Recordings()


@pytest.fixture
def storage() -> Iterator[Storage]:
    """A storage with signed links, empty at the start."""
    with Storage() as server:
        yield server


@pytest.fixture
def cancelled() -> threading.Event:
    """Not set."""
    return threading.Event()


@pytest.fixture
def progress() -> list[Progress]:
    """Collects what a run reports."""
    return []
