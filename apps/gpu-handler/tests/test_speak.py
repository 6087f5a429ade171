"""The action `speak`."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jobs import speak_input
from recordings import Recordings
from storage import Storage

from timbre_gpu.audio import decode_ogg_opus, encode_ogg_opus
from timbre_gpu.contract import Progress
from timbre_gpu.engine import PocketTts
from timbre_gpu.failures import JobFailure
from timbre_gpu.handler import run_job
from timbre_gpu.models import Models

TEXT = "Please leave the parcel with the neighbours at number seven."


@pytest.fixture(scope="module")
def embedding(tts: PocketTts, recordings: Recordings, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("voice") / "voice.safetensors"
    tts.save(tts.hear(recordings.audio("it", 0, 5)[::2].copy()), path)
    return path.read_bytes()


def test_uploads_the_speech_as_the_output_says(
    models: Models, storage: Storage, embedding: bytes, progress: list[Progress], tts: PocketTts, tmp_path: Path
) -> None:
    output = run_job(speak_input(storage, embedding, TEXT), models, progress.append, threading.Event())
    speech = storage.objects["speech"]
    assert output["speech"]["bytes"] == len(speech)
    assert output["speech"]["sha256"] == hashlib.sha256(speech).hexdigest()
    decoded = decode_ogg_opus(speech, 24_000)
    assert len(decoded) / 24_000 == pytest.approx(output["speech"]["duration"], abs=0.001)
    assert json.loads(storage.objects["output"]) == output
    assert output["engine"]["model"] == "random"
    assert output["measures"]["seconds"]["testing"] > 0
    assert storage.order == ["speech", "output"]
    assert [(step.stage, step.done, step.of) for step in progress] == [("testing", 0, 1), ("testing", 1, 1)]
    path = tmp_path / "voice.safetensors"
    path.write_bytes(embedding)
    audio = tts.speak(tts.open(path), TEXT, 7, threading.Event())
    assert encode_ogg_opus(audio, tts.rate) == speech


def test_a_seed_decides_what_is_said(models: Models, storage: Storage, embedding: bytes) -> None:
    def spoken(seed: int) -> bytes:
        run_job(speak_input(storage, embedding, TEXT, seed), models, lambda _: None, threading.Event())
        return storage.objects["speech"]

    one, other, again = spoken(1), spoken((1 << 32) - 1), spoken(1)
    assert one == again
    assert one != other


def test_speaks_500_characters_without_losing_any(models: Models, storage: Storage, embedding: bytes) -> None:
    text = ("one two three four five six seven eight nine ten " * 11)[:500]
    output = run_job(speak_input(storage, embedding, text), models, lambda _: None, threading.Event())
    assert output["speech"]["duration"] > 5
    assert np.isfinite(decode_ogg_opus(storage.objects["speech"], 24_000)).all()


@pytest.mark.parametrize(
    ("case", "code", "message"),
    [
        ("damaged", "wrong_embedding", "The embedding cannot be read"),
        ("another hash", "wrong_sha256", "The embedding has another SHA-256 than the input says"),
        ("gone", "download_failed", "The embedding could not be downloaded: HTTP 404"),
        ("an expired link", "upload_expired", "The speech could not be uploaded: its link is not valid any more"),
        ("an empty text", "nothing_to_speak", "The text holds nothing that can be spoken"),
        ("another language", "unknown_language", 'pocket-tts does not speak the language "ja"'),
        ("a long text", "invalid_input", "input.text is wrong: String should have at most 500 characters"),
    ],
)
def test_fails_with_a_sentence(
    models: Models, storage: Storage, embedding: bytes, case: str, code: str, message: str
) -> None:
    text = {"an empty text": " ", "a long text": "a" * 501}.get(case, TEXT)
    data = embedding[:-100] if case == "damaged" else embedding
    value: dict[str, Any] = speak_input(storage, data, text)
    if case == "another hash":
        storage.objects["embedding"] = embedding[::-1]
    if case == "gone":
        del storage.objects["embedding"]
    if case == "an expired link":
        storage.refusals["speech"] = [403]
    if case == "another language":
        value["language"] = "ja"
    with pytest.raises(JobFailure) as caught:
        run_job(value, models, lambda _: None, threading.Event())
    assert caught.value.code == code
    assert message in str(caught.value)
    assert "output" not in storage.objects
