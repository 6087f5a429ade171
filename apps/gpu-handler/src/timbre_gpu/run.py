"""What one run of the handler has at hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from timbre_gpu.contract import Engine, Progress, Stage
from timbre_gpu.engine import NAME, VERSION, PocketTts
from timbre_gpu.failures import Cancelled
from timbre_gpu.results import Results
from timbre_gpu.scorer import Scorer
from timbre_gpu.transfer import Transfer

Report = Callable[[Progress], None]


@dataclass
class Stopwatch:
    """Seconds by the name of what took them."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Adds the time that the block takes."""
        start = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0) + time.monotonic() - start

    def of(self, name: str) -> float:
        """Returns seconds, to the millisecond; 0 for what did not run."""
        return round(self.seconds.get(name, 0), 3)


@dataclass(frozen=True)
class Run:
    """One run: its models, its connections, and whether anybody still waits for it."""

    tts: PocketTts
    scorer: Scorer
    transfer: Transfer
    results: Results
    folder: Path
    """Empty at the start, and removed at the end."""
    report: Report
    cancelled: threading.Event
    clock: Stopwatch

    def go_on(self) -> None:
        """Called between two pieces of work.

        Raises:
            Cancelled: if nobody waits any more.
        """
        if self.cancelled.is_set():
            raise Cancelled

    def counter(self, stage: Stage, of: int) -> Callable[[], None]:
        """Reports the start of a stage. Returns a function to call after each item."""
        done = 0
        self.report(Progress(stage=stage, done=0, of=of))

        def count() -> None:
            nonlocal done
            done += 1
            self.report(Progress(stage=stage, done=done, of=of))

        return count

    @property
    def engine(self) -> Engine:
        """The names of what makes the results."""
        return Engine(
            name=NAME,
            version=VERSION,
            model=self.tts.name,
            revision=self.tts.revision,
            scorer=self.scorer.name,
        )
