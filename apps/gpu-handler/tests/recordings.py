"""Real speech (test/fixtures/speech, with its licence there)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler

from timbre_gpu.audio import Audio, encode_ogg_opus

FOLDER = Path(__file__).parents[3] / "test" / "fixtures" / "speech"
RATE = 48_000
LANGUAGES = ("en", "es", "fr", "it", "ru")


@cache
def _decoded(language: str) -> Audio:
    with av.open(str(FOLDER / f"{language}-75s.flac")) as container:
        resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
        frames = [*container.decode(audio=0), None]
        return np.concatenate([block.to_ndarray()[0] for frame in frames for block in resampler.resample(frame)])


class Recordings:
    """Stretches of the recordings, of 75 s each."""

    def audio(self, language: str, start: float, seconds: float) -> Audio:
        """Mono at `RATE` Hz."""
        return _decoded(language)[int(start * RATE) : int((start + seconds) * RATE)]

    def sample(self, language: str, start: float = 0, seconds: float = 5) -> bytes:
        """Ogg Opus, 48 kHz, mono, as Timbre stores samples."""
        return encode_ogg_opus(self.audio(language, start, seconds), RATE)
