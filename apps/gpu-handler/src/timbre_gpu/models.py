"""The models in memory: one of pocket-tts at a time, and the scorer."""

from __future__ import annotations

from pathlib import Path

from timbre_gpu.engine import PocketTts, choose_device
from timbre_gpu.scorer import Scorer, load_scorer
from timbre_gpu.settings import Settings
from timbre_gpu.weights import files_for


class Models:
    """Loads what a job needs, and keeps it for the next one. One thread at a time may use it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tts: PocketTts | None = None
        self._tts_config: Path | None = None
        self._scorer: Scorer | None = None

    def tts(self, language: str) -> PocketTts:
        """Returns the model that speaks a language.

        Raises:
            JobFailure: for each reason why there is none.
        """
        files = files_for(language, self._settings)
        if self._tts is None or self._tts_config != files.config:
            self._tts = None  # gives its memory back before the next one takes its own
            self._tts = PocketTts.load(files, choose_device(self._settings.device))
            self._tts_config = files.config
        return self._tts

    def scorer(self) -> Scorer:
        """Returns the scorer that the settings choose.

        Raises:
            JobFailure: `no_scorer`.
        """
        if self._scorer is None:
            self._scorer = load_scorer(
                self._settings.scorer, self._settings.wavlm, choose_device(self._settings.device)
            )
        return self._scorer
