"""Every failure that a person can cause or mend: its code and its sentence.

Sentences reach the client of the API. They name no path, no address and no secret.
"""

from __future__ import annotations


class JobFailure(Exception):
    """Ends the job. `str()` is the sentence for the client."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class SampleFailure(Exception):
    """Ends one sample; the others go on. `str()` is the sentence for the client."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Cancelled(Exception):
    """The job was cancelled; nobody waits for its result."""
