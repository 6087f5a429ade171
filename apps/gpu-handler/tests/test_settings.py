"""The environment of the handler."""

from __future__ import annotations

from pathlib import Path

import pytest

from timbre_gpu.settings import Settings, WrongSetting, read_settings


def test_has_defaults_for_everything() -> None:
    expected = Settings(config=None, model_size="small", device="auto", scorer="auto", wavlm=None, languages=("en",))
    assert read_settings({}) == expected
    assert read_settings({"TIMBRE_GPU_CONFIG": "", "TIMBRE_GPU_MODEL": "", "TIMBRE_GPU_LANGUAGES": ""}) == expected


def test_reads_every_variable(tmp_path: Path) -> None:
    settings = read_settings(
        {
            "TIMBRE_GPU_CONFIG": str(tmp_path),
            "TIMBRE_GPU_MODEL": "large",
            "TIMBRE_GPU_DEVICE": "cuda",
            "TIMBRE_GPU_SCORER": "resemblyzer",
            "TIMBRE_GPU_WAVLM": str(tmp_path),
            "TIMBRE_GPU_LANGUAGES": "fr, de",
        }
    )
    assert settings == Settings(tmp_path, "large", "cuda", "resemblyzer", tmp_path, ("fr", "de"))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("TIMBRE_GPU_MODEL", "huge", 'TIMBRE_GPU_MODEL is "huge". It may be small, large'),
        ("TIMBRE_GPU_DEVICE", "tpu", 'TIMBRE_GPU_DEVICE is "tpu". It may be auto, cpu, cuda'),
        (
            "TIMBRE_GPU_SCORER",
            "ears",
            'TIMBRE_GPU_SCORER is "ears". It may be auto, wavlm-base-plus-sv, resemblyzer',
        ),
        (
            "TIMBRE_GPU_LANGUAGES",
            "en,pl",
            'TIMBRE_GPU_LANGUAGES holds "pl". It may hold de, en, es, fr, it, nl, pt',
        ),
        ("TIMBRE_GPU_CONFIG", "/nowhere.yaml", "TIMBRE_GPU_CONFIG names /nowhere.yaml, which does not exist"),
        ("TIMBRE_GPU_WAVLM", "/nowhere", "TIMBRE_GPU_WAVLM names /nowhere, which does not exist"),
    ],
)
def test_says_what_a_variable_may_be(name: str, value: str, sentence: str) -> None:
    with pytest.raises(WrongSetting) as caught:
        read_settings({name: value})
    assert str(caught.value) == sentence
