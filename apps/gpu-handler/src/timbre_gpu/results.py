"""Uploads that go on while the model works."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from timbre_gpu.transfer import Stored, Transfer

_CONCURRENT = 4
_WAITING = 8
"""Results in memory or on the disk that wait for their upload; an embedding may have 37 MB."""


class Results:
    """Sends the results of one job. After a failure everything raises it, so that no work is done for nothing."""

    def __init__(self, transfer: Transfer) -> None:
        self._transfer = transfer
        self._pool = ThreadPoolExecutor(_CONCURRENT, thread_name_prefix="upload")
        self._room = threading.Semaphore(_WAITING)
        self._failure: BaseException | None = None

    def send(self, url: str, content_type: str, content: bytes | Path, what: str) -> Future[Stored]:
        """Starts an upload. Waits while too many are under way.

        Args:
            content: bytes, or a file that is read when it is sent.
            what: names the object in a failure, as the start of a sentence.

        Raises:
            JobFailure: of an earlier upload.
        """
        self._room.acquire()
        if self._failure is not None:
            self._room.release()
            raise self._failure
        return self._pool.submit(self._send, url, content_type, content, what)

    def _send(self, url: str, content_type: str, content: bytes | Path, what: str) -> Stored:
        try:
            data = content if isinstance(content, bytes) else content.read_bytes()
            return self._transfer.put(url, content_type, data, what)
        except BaseException as error:
            self._failure = self._failure or error
            raise
        finally:
            self._room.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(wait=True, cancel_futures=error is not None)
