"""Which model of pocket-tts speaks which language.

pocket-tts 4.0.1 names a model by its configuration file (`pocket_tts/config/*.yaml`). The small ones have 6 layers and
make embeddings of 9.3 MB for 15 s; the large ones have 24 layers and make 37 MB. `english` is the newest small English
model under a lasting name; large English models have names with dates only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from timbre_gpu.failures import JobFailure

ModelSize = Literal["small", "large"]


@dataclass(frozen=True)
class LanguageModels:
    """The names of a language's models in pocket-tts."""

    small: str
    large: str

    def of(self, size: ModelSize) -> str:
        """Returns the model of a size."""
        return self.small if size == "small" else self.large


MODELS: dict[str, LanguageModels] = {
    "de": LanguageModels("german", "german_24l"),
    "en": LanguageModels("english", "english_2026-09_24l"),
    "es": LanguageModels("spanish", "spanish_24l"),
    "fr": LanguageModels("french", "french_24l"),
    "it": LanguageModels("italian", "italian_24l"),
    "nl": LanguageModels("dutch", "dutch_24l"),
    "pt": LanguageModels("portuguese", "portuguese_24l"),
}
"""By the primary subtag of BCP-47 (RFC 5646, section 2.2.1)."""


def model_for(language: str, size: ModelSize) -> str:
    """Returns the name of the model that speaks a language. `fr-CA` is spoken as `fr`.

    Raises:
        JobFailure: `unknown_language`, with the list of those that exist.
    """
    models = MODELS.get(language.split("-", maxsplit=1)[0].lower())
    if models is None:
        known = ", ".join(MODELS)
        raise JobFailure("unknown_language", f'pocket-tts does not speak the language "{language}", only {known}')
    return models.of(size)
