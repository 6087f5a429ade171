"""Downloads and uploads by signed links."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from storage import Storage

from timbre_gpu.failures import Cancelled, JobFailure, SampleFailure
from timbre_gpu.transfer import Transfer


@pytest.fixture
def transfer(cancelled: threading.Event) -> Iterator[Transfer]:
    """Retries for half a second."""
    connections = Transfer(cancelled, retry_seconds=0.5)
    yield connections
    connections.close()


@pytest.fixture
def nowhere() -> str:
    """A link to a port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/object?signature=secret"


def test_downloads_again_after_a_failure_of_the_storage(transfer: Transfer, storage: Storage) -> None:
    url, sha256 = storage.add("sample", b"audio")
    storage.refusals["sample"] = [500, 0]
    assert transfer.recording(url, sha256, "Sample 1") == b"audio"
    assert storage.requests["GET sample"] == 2


@pytest.mark.parametrize("status", [301, 400, 403, 404, 410])
def test_does_not_repeat_what_is_refused(transfer: Transfer, storage: Storage, status: int) -> None:
    url, sha256 = storage.add("sample", b"audio")
    storage.refusals["sample"] = [status]
    with pytest.raises(SampleFailure, match=f"Sample 1 could not be downloaded: HTTP {status}"):
        transfer.recording(url, sha256, "Sample 1")
    with pytest.raises(JobFailure) as caught:
        transfer.put(url, "audio/ogg", b"speech", "The speech")
    assert caught.value.code == "upload_expired"
    assert storage.requests == {"GET sample": 1, "PUT sample": 1}


def test_gives_up_a_storage_that_stays_away(transfer: Transfer, nowhere: str) -> None:
    with pytest.raises(SampleFailure) as sample:
        transfer.recording(nowhere, "0" * 64, "Sample 3")
    assert str(sample.value) == "Sample 3 could not be downloaded: the storage could not be reached"
    with pytest.raises(JobFailure) as upload:
        transfer.put(nowhere, "audio/ogg", b"speech", "The speech")
    expected = "The speech could not be uploaded: the storage could not be reached"
    assert (upload.value.code, str(upload.value)) == ("upload_failed", expected)


def test_a_cancellation_ends_the_retries(transfer: Transfer, nowhere: str, cancelled: threading.Event) -> None:
    cancelled.set()
    with pytest.raises(Cancelled):
        transfer.recording(nowhere, "0" * 64, "Sample 1")


def test_checks_the_hash_and_the_size_of_an_embedding(transfer: Transfer, storage: Storage) -> None:
    url, sha256 = storage.add("embedding", b"voice")
    assert transfer.embedding(url, sha256, 5) == b"voice"
    with pytest.raises(JobFailure, match="The embedding has another SHA-256 than the input says"):
        transfer.embedding(url, "0" * 64, 5)
    with pytest.raises(JobFailure, match="The embedding could not be downloaded: it has more than 4 bytes"):
        transfer.embedding(url, sha256, 4)
    del storage.objects["embedding"]
    with pytest.raises(JobFailure, match="The embedding could not be downloaded: HTTP 404"):
        transfer.embedding(url, sha256, 5)
