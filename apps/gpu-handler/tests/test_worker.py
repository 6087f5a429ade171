"""The handler as a process under RunPod's own SDK."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from jobs import embed_input, speak_input
from recordings import Recordings
from runpod_queue import PING_MS, RunPodQueue
from storage import Storage

from timbre_gpu.contract import EmbedOutput

SOURCES = Path(__file__).parents[1] / "src"


@pytest.fixture(scope="module")
def queue() -> Iterator[RunPodQueue]:
    """The queue that the worker takes its jobs from."""
    with RunPodQueue() as server:
        yield server


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the worker prints."""
    return tmp_path_factory.mktemp("worker") / "log"


@pytest.fixture(scope="module")
def worker(queue: RunPodQueue, environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m timbre_gpu`, started once: it loads torch."""
    settings = {**os.environ, **environment, **queue.environment, "PYTHONPATH": str(SOURCES)}
    with log.open("wb") as output:
        command = [sys.executable, "-m", "timbre_gpu"]
        process = subprocess.Popen(command, env=settings, stdout=output, stderr=subprocess.STDOUT)
    yield process
    process.kill()
    process.wait()


@pytest.mark.usefixtures("worker")
def test_takes_a_job_and_sends_progress_and_the_output(
    queue: RunPodQueue, storage: Storage, recordings: Recordings
) -> None:
    samples = {index: recordings.sample("fr", start=index * 5, seconds=3) for index in (1, 2)}
    queue.add("embed", embed_input(storage, samples, language="fr"))
    queue.until(lambda: "embed" in queue.done)
    output = queue.done["embed"]["output"]
    assert output == json.loads(storage.objects["output"])
    assert len(EmbedOutput.model_validate(output).embeddings) == 2
    # Each message is sent by a thread of its own, so that one may arrive late.
    steps = [
        *({"stage": "embedding", "done": done, "of": 2} for done in range(3)),
        *({"stage": "testing", "done": done, "of": 4} for done in range(5)),
        *({"stage": "scoring", "done": done, "of": 2} for done in range(3)),
    ]
    queue.until(lambda: all(("embed", step) in queue.progress for step in steps))
    assert queue.keys == {"worker-key"}


@pytest.mark.usefixtures("worker")
def test_sends_an_error_without_a_traceback(queue: RunPodQueue, storage: Storage) -> None:
    queue.add("speak", speak_input(storage, b"no voice", "Hello."))
    queue.until(lambda: "speak" in queue.done)
    assert queue.done["speak"] == {
        "error": '{"error_type": "wrong_embedding", "error_message": "The embedding cannot be read"}'
    }


@pytest.mark.usefixtures("worker")
def test_stops_a_cancelled_job_and_takes_the_next_one(
    queue: RunPodQueue, storage: Storage, recordings: Recordings
) -> None:
    samples = {index: recordings.sample("en", start=index, seconds=2) for index in range(1, 40)}
    queue.add("cancelled", embed_input(storage, samples))
    queue.until(lambda: any(name == "cancelled" for name, _ in queue.progress))
    queue.stop("cancelled")
    queue.add("next", embed_input(storage, {50: samples[1]}))
    queue.until(lambda: "next" in queue.done)
    assert queue.done["next"]["output"]["embeddings"][0]["sample_index"] == 50
    assert "cancelled" not in queue.done
    assert sum(name.startswith("embedding-") for name in storage.order) < len(samples)


def test_logs_jobs_and_no_links(queue: RunPodQueue, log: Path) -> None:
    assert "next" in queue.done
    text = log.read_text()
    assert "job failed: speak: The embedding cannot be read" in text
    assert "job done: next" in text
    assert "job cancelled: cancelled" in text
    assert "secret-of" not in text


def test_heartbeats_end_when_the_handler_is_killed(queue: RunPodQueue, worker: subprocess.Popen[bytes]) -> None:
    before = len(queue.pings)
    queue.until(lambda: len(queue.pings) > before)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    # The process that sends them looks once a second whether the handler is still there.
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        last = len(queue.pings)
        time.sleep(3 * PING_MS / 1000)
        if len(queue.pings) == last:
            return
    pytest.fail("heartbeats went on")


@pytest.mark.parametrize(
    ("arguments", "changes", "code", "sentence"),
    [
        (["train"], {}, 64, "Usage: python -m timbre_gpu [fetch]"),
        (
            [],
            {"TIMBRE_GPU_MODEL": "huge"},
            78,
            'TIMBRE_GPU_MODEL is "huge". It may be small, large',
        ),
    ],
)
def test_a_wrong_start_ends_with_a_sentence(
    arguments: list[str], changes: dict[str, str], code: int, sentence: str
) -> None:
    environment = {**os.environ, **changes, "PYTHONPATH": str(SOURCES)}
    command = [sys.executable, "-m", "timbre_gpu", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (code, sentence)
