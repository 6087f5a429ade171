"""The environment, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from timbre_gpu.languages import MODELS, ModelSize

ScorerName = Literal["auto", "wavlm-base-plus-sv", "resemblyzer"]
DeviceName = Literal["auto", "cpu", "cuda"]


class WrongSetting(Exception):
    """A line for the operator that names the variable and what it may be."""


@dataclass(frozen=True)
class Settings:
    """What an operator may choose. docs/gpu.md has the table."""

    config: Path | None
    """`TIMBRE_GPU_CONFIG`: a pocket-tts configuration to use for every language instead of Kyutai's models."""
    model_size: ModelSize
    device: DeviceName
    scorer: ScorerName
    wavlm: Path | None
    """`TIMBRE_GPU_WAVLM`: a folder with the weights of wavlm-base-plus-sv. Without it they come from Hugging Face."""
    languages: tuple[str, ...]
    """The languages whose weights `timbre_gpu fetch` downloads."""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Reads and checks the settings. A variable that is empty counts as not set.

    Raises:
        WrongSetting: for the first variable that is wrong.
    """
    languages = tuple(_list(environment.get("TIMBRE_GPU_LANGUAGES") or "en"))
    for language in languages:
        if language not in MODELS:
            raise WrongSetting(f'TIMBRE_GPU_LANGUAGES holds "{language}". It may hold {", ".join(MODELS)}')
    return Settings(
        config=_existing(environment, "TIMBRE_GPU_CONFIG"),
        model_size=cast(ModelSize, _choice(environment, "TIMBRE_GPU_MODEL", get_args(ModelSize))),
        device=cast(DeviceName, _choice(environment, "TIMBRE_GPU_DEVICE", get_args(DeviceName))),
        scorer=cast(ScorerName, _choice(environment, "TIMBRE_GPU_SCORER", get_args(ScorerName))),
        wavlm=_existing(environment, "TIMBRE_GPU_WAVLM"),
        languages=languages,
    )


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """The first choice is the default."""
    value = environment.get(name) or choices[0]
    if value not in choices:
        raise WrongSetting(f'{name} is "{value}". It may be {", ".join(choices)}')
    return value


def _existing(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name)
    if not value:
        return None
    path = Path(value).resolve()
    if not path.exists():
        raise WrongSetting(f"{name} names {path}, which does not exist")
    return path
