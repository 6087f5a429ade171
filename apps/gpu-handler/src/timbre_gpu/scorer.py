"""The models that make voiceprints.

`wavlm-base-plus-sv` is the one that Kyutai publishes its similarities with: good voices lie above 0.9. Its weights come
from Hugging Face. `resemblyzer` carries its weights in its package. Their figures cannot be compared.
"""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import Protocol

import numpy as np
import resemblyzer
import torch
from transformers import Wav2Vec2FeatureExtractor, WavLMForXVector

from timbre_gpu.audio import Audio, resampled
from timbre_gpu.failures import JobFailure
from timbre_gpu.settings import ScorerName
from timbre_gpu.voiceprint import Voiceprint, unit
from timbre_gpu.wavlm import NO_WAVLM, WAVLM, find_wavlm, wavlm_revision
from timbre_gpu.weights import log_download

RATE = 16_000
"""Samples a second that both models hear."""

_MIN_VOICE_SAMPLES = RATE  # below one second of voice, all of the audio says more than its voiced parts
_SILENCE = 1e-5


class Scorer(Protocol):
    """Makes voiceprints that can be compared with each other, and with those of no other scorer."""

    @property
    def name(self) -> str:
        """Its name and revision, as `engine.scorer` has them."""
        ...

    def voiceprint(self, audio: Audio, rate: int) -> Voiceprint:
        """Returns the voiceprint of mono audio at `rate` Hz; zeros if it is silent."""
        ...


class Resemblyzer:
    """The speaker encoder of Resemblyzer (generalised end-to-end loss, Wan et al. 2018): 256 numbers."""

    def __init__(self, device: torch.device) -> None:
        self._encoder = resemblyzer.VoiceEncoder(device, verbose=False)
        self.name = f"resemblyzer@{importlib.metadata.version('resemblyzer')}"

    def voiceprint(self, audio: Audio, rate: int) -> Voiceprint:
        """See `Scorer`. Long silences are left out first, as the encoder's authors do."""
        heard = resampled(audio, rate, RATE)
        if _is_silent(heard):
            return np.zeros(256, dtype=np.float32)
        voice = resemblyzer.preprocess_wav(heard)
        return unit(self._encoder.embed_utterance(voice if len(voice) >= _MIN_VOICE_SAMPLES else heard))


class WavLm:
    """WavLM with an x-vector head (Chen et al. 2021): 512 numbers."""

    def __init__(self, folder: Path, device: torch.device) -> None:
        """Loads it.

        Raises:
            OSError: if the folder has no weights.
        """
        self._extractor = Wav2Vec2FeatureExtractor.from_pretrained(folder)
        self._model = WavLMForXVector.from_pretrained(folder)
        torch.nn.Module.to(self._model, device)  # its own `to` has a decorator that loses the types
        self.name = f"{WAVLM}@{wavlm_revision(folder)}"

    def voiceprint(self, audio: Audio, rate: int) -> Voiceprint:
        """See `Scorer`."""
        heard = resampled(audio, rate, RATE)
        if _is_silent(heard):
            return np.zeros(self._model.config.xvector_output_dim, dtype=np.float32)
        features = self._extractor(heard, sampling_rate=RATE, return_tensors="pt").to(self._model.device)
        with torch.no_grad():
            embedding = self._model(**features).embeddings[0]
        return unit(embedding.cpu().numpy())


def load_scorer(name: ScorerName, wavlm: Path | None, device: torch.device) -> Scorer:
    """Loads the scorer that the settings choose. `auto` is WavLM where its weights can be had, else Resemblyzer.

    Raises:
        JobFailure: `no_scorer` if the one that is named cannot be loaded.
    """
    folder = None if name == "resemblyzer" else wavlm or find_wavlm(log_download)
    if folder is None and name != "wavlm-base-plus-sv":
        return Resemblyzer(device)
    try:
        if folder is not None:
            return WavLm(folder, device)
    except OSError as error:  # of transformers, for whatever is wrong with the files
        raise JobFailure("no_scorer", NO_WAVLM) from error
    raise JobFailure("no_scorer", NO_WAVLM)


def _is_silent(audio: Audio) -> bool:
    return audio.size == 0 or float(np.abs(audio).max()) < _SILENCE
