"""The handler as the SDK calls it: what it returns, and how it is cancelled."""

from __future__ import annotations

import asyncio
import errno
import json
from pathlib import Path
from typing import Any

import pytest
from jobs import embed_input, speak_input
from recordings import Recordings
from storage import Storage

from timbre_gpu.handler import make_handler
from timbre_gpu.models import Models


def quiet(_job: dict[str, Any], _progress: dict[str, Any]) -> None:
    """A report that nobody reads."""


def answer(models: Models, value: object) -> dict[str, Any]:
    """Runs one job as the SDK does."""

    async def run() -> dict[str, Any]:
        return await make_handler(models, quiet)({"id": "job-1", "input": value})

    return asyncio.run(run())


def error_of(models: Models, value: object) -> dict[str, str]:
    result = answer(models, value)
    assert list(result) == ["error"]
    error: dict[str, str] = json.loads(result["error"])
    assert sorted(error) == ["error_message", "error_type"]
    return error


def test_returns_the_output_that_it_uploaded(models: Models, storage: Storage, recordings: Recordings) -> None:
    output = answer(models, embed_input(storage, {1: recordings.sample("fr", seconds=2)}))
    assert output == json.loads(storage.objects["output"])


def test_reports_progress_with_the_job(models: Models, storage: Storage, recordings: Recordings) -> None:
    reports: list[tuple[str, dict[str, Any]]] = []
    handler = make_handler(models, lambda job, progress: reports.append((job["id"], progress)))
    value = embed_input(storage, {1: recordings.sample("fr", seconds=2)})

    async def run() -> None:
        await handler({"id": "job-2", "input": value})

    asyncio.run(run())
    assert reports[0] == ("job-2", {"stage": "embedding", "done": 0, "of": 1})


@pytest.mark.parametrize("value", [None, {}, {"version": 2, "action": "embed"}, "text"])
def test_an_input_that_is_wrong_is_an_error_with_a_sentence(models: Models, value: object) -> None:
    error = error_of(models, value)
    assert error["error_type"] == "invalid_input"
    assert error["error_message"].startswith("input")


def test_an_error_has_a_type_and_a_message_and_no_link(models: Models, storage: Storage) -> None:
    error = error_of(models, speak_input(storage, b"no voice", "Hello."))
    assert error == {"error_type": "wrong_embedding", "error_message": "The embedding cannot be read"}
    assert "secret" not in json.dumps(error)


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (KeyError("/home/someone/secret"), "The handler failed (KeyError). Its log has the reason"),
        (PermissionError(13, "no", "/root/x"), "The handler failed (PermissionError). Its log has the reason"),
        (OSError(errno.ENOSPC, "full", "/tmp/x"), "The disk of the handler is full"),  # noqa: S108
    ],
)
def test_an_unexpected_failure_tells_nothing_of_the_machine(
    models: Models, storage: Storage, monkeypatch: pytest.MonkeyPatch, failure: Exception, expected: str
) -> None:
    def fail(_path: Path, _data: bytes) -> int:
        raise failure

    value = speak_input(storage, b"voice", "Hello.")
    monkeypatch.setattr(Path, "write_bytes", fail)
    error = error_of(models, value)
    assert error["error_message"].startswith(expected)
    assert not any(word in json.dumps(error) for word in ("/home", "/root", "/tmp", "secret"))  # noqa: S108


def test_a_cancelled_job_ends_before_the_next_one_starts(
    models: Models, storage: Storage, recordings: Recordings
) -> None:
    samples = {index: recordings.sample("en", start=index * 2, seconds=2) for index in range(1, 9)}
    long, short = embed_input(storage, samples), embed_input(storage, {9: samples[1]})

    async def run() -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        begun = asyncio.Event()

        def report(_job: dict[str, Any], _progress: dict[str, Any]) -> None:
            loop.call_soon_threadsafe(begun.set)

        handler = make_handler(models, report)
        first = asyncio.create_task(handler({"id": "long", "input": long}))
        await begun.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        uploaded = list(storage.order)
        result = await handler({"id": "short", "input": short})
        assert [name for name in storage.order[len(uploaded) :] if not name.endswith(("-9", "-9-1", "-9-2"))] == [
            "output"
        ]
        return result

    output = asyncio.run(run())
    assert [part["sample_index"] for part in output["embeddings"]] == [9]
    assert len([name for name in storage.order if name.startswith("embedding")]) < len(samples)
