"""Objects by their signed links: recordings in, results out.

A link appears in no message: whoever has it may read or write the object.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import httpx

from timbre_gpu.failures import Cancelled, JobFailure, SampleFailure

Result = TypeVar("Result")

RETRY_SECONDS = 60.0
"""How long to retry while the storage is unreachable, so that a restart of it does not waste the work of a GPU."""

MAX_RECORDING_BYTES = 64 * 1024 * 1024

_FIRST_PAUSE_SECONDS = 0.25
_MAX_PAUSE_SECONDS = 4.0
_BLOCK_BYTES = 1 << 20
_FIRST_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429


@dataclass(frozen=True)
class Stored:
    """An object as it was uploaded."""

    bytes: int
    sha256: str


class _Refused(Exception):
    """The storage answered with a status that a retry will not change."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")


class _TooLarge(Exception):
    pass


class Transfer:
    """Downloads and uploads for one job."""

    def __init__(self, cancelled: threading.Event, retry_seconds: float = RETRY_SECONDS) -> None:
        self._cancelled = cancelled
        self._retry_seconds = retry_seconds
        self._client = httpx.Client(timeout=httpx.Timeout(60, connect=10), follow_redirects=False)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def recording(self, url: str, sha256: str, what: str) -> bytes:
        """Downloads a sample or a recorded consent.

        Args:
            what: names the recording in a failure, as the start of a sentence.

        Raises:
            SampleFailure: `download_failed` or `wrong_sha256`.
            Cancelled: while it waits for a retry.
        """
        try:
            data = self._retrying(lambda: self._get(url, MAX_RECORDING_BYTES))
        except (_Refused, _TooLarge, httpx.HTTPError) as error:
            raise SampleFailure("download_failed", f"{what} could not be downloaded: {_why(error)}") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise SampleFailure("wrong_sha256", f"{what} has another SHA-256 than the input says")
        return data

    def embedding(self, url: str, sha256: str, size: int) -> bytes:
        """Downloads an embedding.

        Raises:
            JobFailure: `download_failed` or `wrong_sha256`.
            Cancelled: while it waits for a retry.
        """
        try:
            data = self._retrying(lambda: self._get(url, size))
        except (_Refused, _TooLarge, httpx.HTTPError) as error:
            raise JobFailure("download_failed", f"The embedding could not be downloaded: {_why(error)}") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise JobFailure("wrong_sha256", "The embedding has another SHA-256 than the input says")
        return data

    def put(self, url: str, content_type: str, data: bytes, what: str) -> Stored:
        """Uploads an object. May run twice: the last upload counts.

        Args:
            what: names the object in a failure, as the start of a sentence.

        Raises:
            JobFailure: `upload_expired` if the link is refused, `upload_failed` if the storage stays unreachable.
            Cancelled: while it waits for a retry.
        """
        headers = {"content-type": content_type}

        def send() -> None:
            _check(self._client.put(url, content=data, headers=headers))

        try:
            self._retrying(send)
        except _Refused as error:
            message = f"{what} could not be uploaded: its link is not valid any more ({error})"
            raise JobFailure("upload_expired", message) from error
        except httpx.HTTPError as error:
            raise JobFailure("upload_failed", f"{what} could not be uploaded: {_why(error)}") from error
        return Stored(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    def _get(self, url: str, max_bytes: int) -> bytes:
        data = bytearray()
        with self._client.stream("GET", url) as response:
            _check(response)
            for block in response.iter_bytes(_BLOCK_BYTES):
                data += block
                if len(data) > max_bytes:
                    raise _TooLarge(f"it has more than {max_bytes} bytes")
        return bytes(data)

    def _retrying(self, transfer: Callable[[], Result]) -> Result:
        deadline = time.monotonic() + self._retry_seconds
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return transfer()
            except httpx.HTTPError:
                if time.monotonic() + pause > deadline:
                    raise
            if self._cancelled.wait(pause):
                raise Cancelled
            pause = min(pause * 2, _MAX_PAUSE_SECONDS)


def _check(response: httpx.Response) -> None:
    """Raises an error that is retried for 5xx and 429, and `_Refused` for what a retry will not change."""
    if response.is_success:
        return
    status = response.status_code
    if status >= _FIRST_SERVER_ERROR or status == _TOO_MANY_REQUESTS:
        raise httpx.HTTPStatusError(f"HTTP {status}", request=response.request, response=response)
    raise _Refused(status)


def _why(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "the storage did not answer in time"
    if isinstance(error, httpx.TransportError):
        return "the storage could not be reached"
    return str(error)
