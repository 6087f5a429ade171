"""The action `embed`, through the same function as a job of RunPod."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jobs import SENTENCES, embed_input
from recordings import Recordings
from storage import Storage

from timbre_gpu.audio import decode_ogg_opus, encode_ogg_opus
from timbre_gpu.contract import EmbedOutput, Progress
from timbre_gpu.embed import seed_of
from timbre_gpu.engine import PocketTts
from timbre_gpu.failures import Cancelled, JobFailure
from timbre_gpu.handler import run_job
from timbre_gpu.models import Models

SILENCE = encode_ogg_opus(np.zeros(48_000 * 3, dtype=np.float32), 48_000)


class Embedding:
    """Runs jobs and reads their outputs."""

    def __init__(self, models: Models, storage: Storage) -> None:
        self.models = models
        self.storage = storage
        self.progress: list[Progress] = []
        self.cancelled = threading.Event()

    def run(self, samples: dict[int, bytes], **changes: object) -> EmbedOutput:
        value = embed_input(self.storage, samples, **changes)  # type: ignore[arg-type]
        return EmbedOutput.model_validate(run_job(value, self.models, self.progress.append, self.cancelled))

    def failure(self, samples: dict[int, bytes], **changes: object) -> JobFailure:
        with pytest.raises(JobFailure) as caught:
            self.run(samples, **changes)
        assert "output" not in self.storage.objects
        return caught.value


@pytest.fixture
def embedding(models: Models, storage: Storage) -> Embedding:
    return Embedding(models, storage)


@pytest.fixture(scope="module")
def voice(recordings: Recordings) -> dict[int, bytes]:
    """Three samples of one voice."""
    return {index: recordings.sample("en", start=index * 5) for index in (1, 2, 5)}


def test_uploads_every_object_as_the_output_says(embedding: Embedding, voice: dict[int, bytes]) -> None:
    output = embedding.run(voice)
    objects = embedding.storage.objects
    assert [part.sample_index for part in output.embeddings] == [1, 2, 5]
    for part in output.embeddings:
        data = objects[f"embedding-{part.sample_index}"]
        assert (part.bytes, part.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert part.seconds_used == pytest.approx(5, abs=0.03)
    assert len(output.test_samples) == 6
    for test in output.test_samples:
        data = objects[f"test-{test.sample_index}-{test.sentence_index}"]
        assert (test.bytes, test.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert len(decode_ogg_opus(data, 24_000)) / 24_000 == pytest.approx(test.duration, abs=0.001)
    assert json.loads(objects["output"]) == output.model_dump(mode="json")
    types = {name.split("-")[0]: kind for name, kind in embedding.storage.types.items()}
    assert types == {"embedding": "application/octet-stream", "test": "audio/ogg", "output": "application/json"}


def test_writes_the_output_last(embedding: Embedding, voice: dict[int, bytes]) -> None:
    embedding.run(voice)
    assert embedding.storage.order[-1] == "output"
    assert len(embedding.storage.order) == 10


def test_says_what_made_the_embeddings(embedding: Embedding, voice: dict[int, bytes], config: Path) -> None:
    output = embedding.run({1: voice[1]})
    weights = hashlib.sha256((config.parent / "model.safetensors").read_bytes()).hexdigest()
    assert output.engine.model_dump() == {
        "name": "pocket-tts",
        "version": "4.0.1",
        "model": "random",
        "revision": f"sha256-{weights[:16]}",
        "scorer": "resemblyzer@0.1.4",
    }
    assert output.measures.device == "cpu"
    assert output.measures.seconds.embedding > 0
    assert output.measures.seconds.testing > 0


def test_pocket_tts_opens_each_embedding_and_speaks_the_test_sample(
    embedding: Embedding, voice: dict[int, bytes], tts: PocketTts, tmp_path: Path
) -> None:
    output = embedding.run(voice)
    for test in output.test_samples:
        path = tmp_path / "voice.safetensors"
        path.write_bytes(embedding.storage.objects[f"embedding-{test.sample_index}"])
        seed = seed_of(hashlib.sha256(voice[test.sample_index]).hexdigest(), test.sentence_index)
        sentence = SENTENCES[test.sentence_index - 1]
        audio = tts.speak(tts.model.get_state_for_audio_prompt(path), sentence, seed, threading.Event())
        assert len(audio) / tts.rate == pytest.approx(test.duration, abs=0.001)
        stored = embedding.storage.objects[f"test-{test.sample_index}-{test.sentence_index}"]
        assert encode_ogg_opus(audio, tts.rate) == stored


def test_a_second_run_uploads_the_same_bytes(embedding: Embedding, voice: dict[int, bytes]) -> None:
    first = embedding.run(voice)
    uploads = dict(embedding.storage.objects)
    second = embedding.run(voice)
    without_seconds = {"measures"}
    assert second.model_dump(exclude=without_seconds) == first.model_dump(exclude=without_seconds)
    for name in set(uploads) - {"output"}:
        assert embedding.storage.objects[name] == uploads[name], name


def test_reports_progress_after_every_sample(embedding: Embedding, voice: dict[int, bytes]) -> None:
    embedding.run({**voice, 3: SILENCE})
    steps = [(step.stage, step.done, step.of) for step in embedding.progress]
    assert steps == [
        *(("embedding", done, 4) for done in range(5)),
        *(("testing", done, 8) for done in range(7)),
        *(("scoring", done, 3) for done in range(4)),
    ]


def test_one_sample_is_compared_with_itself(embedding: Embedding, voice: dict[int, bytes]) -> None:
    output = embedding.run({1: voice[1]})
    assert output.measures.compared_with == "itself"
    assert len(output.sample_scores) == 1
    assert output.sample_scores[0].lowest_part_score is None
    assert embedding.run(voice).measures.compared_with == "others"


def test_scores_the_parts_of_samples_of_8_seconds_and_more(embedding: Embedding, recordings: Recordings) -> None:
    output = embedding.run({1: recordings.sample("fr", seconds=8), 2: recordings.sample("fr", start=20, seconds=6)})
    one, two = output.sample_scores
    assert one.lowest_part_score is not None
    assert -1 <= one.lowest_part_score <= 1
    assert two.lowest_part_score is None


def test_scores_only_samples_that_spoke(embedding: Embedding, voice: dict[int, bytes]) -> None:
    storage = embedding.storage
    only = [{"sample_index": 2, "sentence_index": 1, "url": storage.url("test-2-1")}]
    output = embedding.run(voice, results={"test_samples": only, "output": storage.url("output")})
    assert [part.sample_index for part in output.embeddings] == [1, 2, 5]
    assert [score.sample_index for score in output.sample_scores] == [2]
    assert -1 <= output.sample_scores[0].score <= 1


def test_uses_the_first_30_seconds_of_a_long_sample(embedding: Embedding, recordings: Recordings) -> None:
    output = embedding.run({1: recordings.sample("fr", seconds=40)})
    assert output.embeddings[0].seconds_used == 30


@pytest.mark.parametrize(
    ("case", "code", "message"),
    [
        ("silent", "no_speech", "Nobody speaks in sample 4"),
        ("damaged", "damaged", "Sample 4 cannot be decoded as Ogg Opus"),
        ("another format", "damaged", "Sample 4 cannot be decoded as Ogg Opus"),
        ("cut short", "damaged", "Sample 4 holds 2.0 s of audio, not 5.0 s"),
        ("another file", "wrong_sha256", "Sample 4 has another SHA-256 than the input says"),
        ("gone", "download_failed", "Sample 4 could not be downloaded: HTTP 404"),
    ],
)
def test_a_sample_that_fails_is_named_and_the_others_go_on(
    embedding: Embedding, voice: dict[int, bytes], recordings: Recordings, case: str, code: str, message: str
) -> None:
    storage = embedding.storage
    good = voice[1]
    bad = {
        "silent": SILENCE,
        "damaged": good[:300] + bytes(len(good) - 300),
        "another format": b"RIFF" + good[4:],
        "cut short": recordings.sample("en", seconds=2),
    }.get(case, recordings.sample("it"))
    value = embed_input(storage, {1: good, 4: bad, 5: voice[5]})
    value["samples"][1]["duration"] = 5.0 if case == "cut short" else 1.0
    if case == "another file":
        storage.objects["sample-4"] += b"x"
    if case == "gone":
        del storage.objects["sample-4"]
    output = EmbedOutput.model_validate(run_job(value, embedding.models, embedding.progress.append, threading.Event()))
    assert [part.model_dump() for part in output.failed_samples] == [
        {"sample_index": 4, "code": code, "message": message}
    ]
    assert [part.sample_index for part in output.embeddings] == [1, 5]
    assert {test.sample_index for test in output.test_samples} == {1, 5}
    assert [score.sample_index for score in output.sample_scores] == [1, 5]
    assert not any(name.startswith(("embedding-4", "test-4")) for name in storage.order)


def test_fails_with_the_first_reason_if_all_samples_fail(embedding: Embedding) -> None:
    failure = embedding.failure({2: SILENCE, 3: b"no audio"})
    assert (failure.code, str(failure)) == ("all_samples_failed", "No sample can be used. Nobody speaks in sample 2")


@pytest.mark.parametrize(
    ("name", "what"),
    [("embedding-1", "The embedding of sample 1"), ("test-1-2", "Test sample 1/2"), ("output", "The output")],
)
def test_fails_with_a_sentence_if_a_link_has_expired(
    embedding: Embedding, voice: dict[int, bytes], name: str, what: str
) -> None:
    embedding.storage.refusals[name] = [403]
    failure = embedding.failure({1: voice[1]})
    expected = f"{what} could not be uploaded: its link is not valid any more (HTTP 403)"
    assert (failure.code, str(failure)) == ("upload_expired", expected)
    assert embedding.storage.requests[f"PUT {name}"] == 1


def test_uploads_again_after_a_failure_of_the_storage(embedding: Embedding, voice: dict[int, bytes]) -> None:
    embedding.storage.refusals["embedding-1"] = [503, 429, 0]
    output = embedding.run({1: voice[1]})
    assert embedding.storage.requests["PUT embedding-1"] == 3
    assert len(embedding.storage.objects["embedding-1"]) == output.embeddings[0].bytes


def test_names_the_test_sentence_that_cannot_be_spoken(embedding: Embedding, voice: dict[int, bytes]) -> None:
    failure = embedding.failure({1: voice[1]}, sentences=("Good morning.", "  "))
    assert (failure.code, str(failure)) == (
        "nothing_to_speak",
        "Test sentence 2 holds nothing that can be spoken",
    )


def test_refuses_an_unknown_language_with_the_list(embedding: Embedding, voice: dict[int, bytes]) -> None:
    failure = embedding.failure({1: voice[1]}, language="pl-PL")
    expected = 'pocket-tts does not speak the language "pl-PL", only de, en, es, fr, it, nl, pt'
    assert (failure.code, str(failure)) == ("unknown_language", expected)


@pytest.mark.parametrize(
    ("stage", "of_the_rest"), [("embedding", "embedding-2"), ("testing", "test-1-2"), ("scoring", "output")]
)
def test_stops_within_one_sentence_after_a_cancellation(
    embedding: Embedding, voice: dict[int, bytes], stage: str, of_the_rest: str
) -> None:
    def report(step: Progress) -> None:
        if step.stage == stage and step.done == (1 if stage == "embedding" else 0):
            embedding.cancelled.set()

    value: dict[str, Any] = embed_input(embedding.storage, voice)
    with pytest.raises(Cancelled):
        run_job(value, embedding.models, report, embedding.cancelled)
    assert of_the_rest not in embedding.storage.order
    assert "output" not in embedding.storage.order


def test_leaves_no_file_behind(
    embedding: Embedding, voice: dict[int, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    embedding.run({1: voice[1]})
    assert list(tmp_path.iterdir()) == []
    embedding.storage.refusals["test-1-1"] = [403]
    del embedding.storage.objects["output"]
    embedding.failure({1: voice[1]})
    assert list(tmp_path.iterdir()) == []


def test_compares_recorded_consents_with_the_samples(
    embedding: Embedding, voice: dict[int, bytes], recordings: Recordings
) -> None:
    consents = []
    for name, data in {
        "same": recordings.sample("en", start=40),
        "other": recordings.sample("it"),
        "silent": SILENCE,
        "damaged": b"no audio",
    }.items():
        url, sha256 = embedding.storage.add(f"consent-{name}", data)
        consents.append({"id": name, "duration": 1.0, "sha256": sha256, "url": url})
    consents.append({**consents[0], "id": "gone", "url": embedding.storage.url("gone")})
    output = embedding.run({1: voice[1], 2: voice[2]}, consents=consents)
    assert [score.id for score in output.consent_scores] == ["same", "other"]
    same, other = (score.score for score in output.consent_scores)
    assert same > 0.8
    assert same > other + 0.1
    assert [part.sample_index for part in output.embeddings] == [1, 2]
    assert output.failed_samples == ()
