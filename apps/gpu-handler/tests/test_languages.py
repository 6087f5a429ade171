"""The table of languages, compared with what pocket-tts itself has."""

from __future__ import annotations

import pytest
import yaml
from pocket_tts.default_parameters import DEFAULT_TEXT_FOR_LANGUAGE
from pocket_tts.utils.config import CONFIGS_DIR

from timbre_gpu.failures import JobFailure
from timbre_gpu.languages import MODELS, ModelSize, model_for

NAMES = {
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
}


def test_has_every_language_of_pocket_tts() -> None:
    assert sorted(NAMES[code] for code in MODELS) == sorted(DEFAULT_TEXT_FOR_LANGUAGE)


@pytest.mark.parametrize(("size", "layers"), [("small", 6), ("large", 24)])
@pytest.mark.parametrize("code", MODELS)
def test_names_models_that_pocket_tts_has(code: str, size: ModelSize, layers: int) -> None:
    name = model_for(code, size)
    config = yaml.safe_load((CONFIGS_DIR / f"{name}.yaml").read_text())
    assert name.startswith(NAMES[code])
    assert config["flow_lm"]["transformer"]["num_layers"] == layers
    assert config["weights_path"].startswith(f"hf://kyutai/pocket-tts/languages/{name}/")


def test_takes_the_newest_large_english_model() -> None:
    dated = sorted(path.stem for path in CONFIGS_DIR.glob("english_*_24l.yaml"))
    assert model_for("en", "large") == dated[-1]


def test_speaks_a_region_as_its_language() -> None:
    assert model_for("pt-BR", "small") == "portuguese"
    assert model_for("FR", "large") == "french_24l"


def test_refuses_other_languages_with_the_list() -> None:
    with pytest.raises(JobFailure, match='"ru", only de, en, es, fr, it, nl, pt') as caught:
        model_for("ru", "small")
    assert caught.value.code == "unknown_language"
