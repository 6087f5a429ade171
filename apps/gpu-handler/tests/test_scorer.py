"""Real scorers on real speech. Random weights say only noise, so recordings take the place of what embeddings say."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import torch
from recordings import LANGUAGES, RATE, Recordings
from transformers import WavLMConfig, WavLMForXVector

from timbre_gpu.audio import Audio
from timbre_gpu.embed import parts_of
from timbre_gpu.failures import JobFailure
from timbre_gpu.scorer import Resemblyzer, Scorer, WavLm, load_scorer
from timbre_gpu.voiceprint import Voiceprint, lowest_part_scores, sample_scores, similarity

CPU = torch.device("cpu")
STRETCHES = (0.0, 25.0, 50.0)
SECONDS = 12.0
SPEAKERS = {"en": "Allison", "es": "Allison", "fr": "June", "it": "Carlo", "ru": "Maxim"}
STRANGERS = [(own, other) for own, other in permutations(LANGUAGES, 2) if SPEAKERS[own] != SPEAKERS[other]]

Heard = Callable[[str, int], Voiceprint]


@pytest.fixture(scope="module")
def heard(scorer: Scorer, recordings: Recordings) -> Heard:
    """Returns the voiceprint of a stretch of a recording."""

    @cache
    def voiceprint(language: str, stretch: int) -> Voiceprint:
        return scorer.voiceprint(recordings.audio(language, STRETCHES[stretch], SECONDS), RATE)

    return voiceprint


def lowest(samples: dict[int, Voiceprint]) -> int:
    """Scores a voice whose embeddings say what their samples say. Returns the sample with the lowest score."""
    scores = sample_scores({index: [voiceprint] for index, voiceprint in samples.items()}, samples)
    return min(scores, key=lambda index: scores[index])


@pytest.mark.parametrize("stretch", range(len(STRETCHES)))
@pytest.mark.parametrize(("own", "other"), STRANGERS)
def test_a_sample_of_another_speaker_scores_lowest(heard: Heard, own: str, other: str, stretch: int) -> None:
    samples = {index: heard(own, index) for index in range(len(STRETCHES))}
    assert lowest({**samples, 9: heard(other, stretch)}) == 9


def test_another_speaker_scores_far_below_the_median(scorer: Scorer, recordings: Recordings) -> None:
    """The gap of 0.15 is that of libs/embeddings/src/other-speakers.ts."""
    voices = {
        language: [scorer.voiceprint(recordings.audio(language, 12.0 * at, SECONDS), RATE) for at in range(4)]
        for language in LANGUAGES
    }
    found: list[bool] = []
    for own, other in STRANGERS:
        samples = dict(enumerate([*voices[own], voices[other][0]]))
        scores = sample_scores({index: [voiceprint] for index, voiceprint in samples.items()}, samples)
        gaps = np.median(list(scores.values())) - np.array([scores[index] for index in samples])
        assert gaps[:4].max() < 0.15
        found.append(bool(gaps[4] > 0.15))
    assert np.mean(found) >= 0.9


@pytest.mark.parametrize("seconds", [8.0, 15.0])
def test_a_second_speaker_within_a_sample_has_the_lowest_part(
    scorer: Scorer, recordings: Recordings, seconds: float
) -> None:
    """The gap of 0.11 is that of libs/embeddings/src/other-speakers.ts."""
    voices = {
        language: [recordings.audio(language, seconds * at, seconds) for at in range(5)] for language in LANGUAGES
    }

    def heard_parts(audio: Audio) -> list[Voiceprint]:
        return [scorer.voiceprint(part, RATE) for part in parts_of(audio, RATE)]

    parts = {language: [heard_parts(audio) for audio in voices[language]] for language in LANGUAGES}
    wholes = {language: [scorer.voiceprint(audio, RATE) for audio in voices[language]] for language in LANGUAGES}
    found: list[bool] = []
    for own, other in STRANGERS:
        mixed = voices[own][4].copy()
        mixed[len(mixed) // 2 :] = voices[other][0][len(mixed) // 2 :]
        samples = dict(enumerate([*wholes[own][:4], scorer.voiceprint(mixed, RATE)]))
        scores = lowest_part_scores(dict(enumerate([*parts[own][:4], heard_parts(mixed)])), samples)
        gaps = np.median(list(scores.values())) - np.array([scores[index] for index in samples])
        assert gaps[:4].max() < 0.11
        found.append(bool(gaps[4] > 0.11))
    assert np.mean(found) >= 0.95


def test_two_languages_of_one_speaker_are_more_alike_than_two_speakers(heard: Heard) -> None:
    same = [similarity(heard("en", one), heard("es", two)) for one in range(3) for two in range(3)]
    other = [similarity(heard("en", one), heard("fr", two)) for one in range(3) for two in range(3)]
    assert min(same) > max(other)


def test_figures_lie_where_they_were_measured(heard: Heard) -> None:
    for language in LANGUAGES:
        assert similarity(heard(language, 0), heard(language, 1)) > 0.88
    for own, other in STRANGERS:
        assert similarity(heard(own, 0), heard(other, 0)) < 0.88


def test_silence_and_short_audio_have_voiceprints(scorer: Scorer, recordings: Recordings) -> None:
    assert not scorer.voiceprint(np.zeros(RATE, dtype=np.float32), RATE).any()
    assert not scorer.voiceprint(np.zeros(0, dtype=np.float32), RATE).any()
    short = scorer.voiceprint(recordings.audio("en", 1, 0.4), RATE)
    assert np.linalg.norm(short) == pytest.approx(1)


def test_the_same_audio_gives_the_same_voiceprint(scorer: Scorer, recordings: Recordings) -> None:
    audio = recordings.audio("ru", 5, 4)
    assert (scorer.voiceprint(audio, RATE) == scorer.voiceprint(audio, RATE)).all()


@pytest.fixture(scope="module")
def wavlm_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """WavLM with an x-vector head, small and with random weights, as transformers stores it."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("wavlm")
    config = WavLMConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        conv_dim=(32,) * 7,
        tdnn_dim=(32,) * 5,
        xvector_output_dim=16,
    )
    WavLMForXVector(config).save_pretrained(folder)
    extractor = {"feature_extractor_type": "Wav2Vec2FeatureExtractor", "feature_size": 1, "sampling_rate": 16_000}
    (folder / "preprocessor_config.json").write_text(json.dumps({**extractor, "do_normalize": True}))
    return folder


def test_wavlm_makes_voiceprints(wavlm_folder: Path, recordings: Recordings) -> None:
    scorer = load_scorer("wavlm-base-plus-sv", wavlm_folder, CPU)
    assert isinstance(scorer, WavLm)
    assert scorer.name.startswith("wavlm-base-plus-sv@sha256-")
    one, again, other = (scorer.voiceprint(recordings.audio(name, 0, 3), RATE) for name in ("en", "en", "fr"))
    assert one.shape == (16,)
    assert np.linalg.norm(one) == pytest.approx(1)
    assert similarity(one, again) == pytest.approx(1)
    assert similarity(one, other) < 0.99999
    assert not scorer.voiceprint(np.zeros(RATE, dtype=np.float32), RATE).any()


def test_auto_is_wavlm_if_a_folder_has_it(wavlm_folder: Path) -> None:
    assert isinstance(load_scorer("auto", wavlm_folder, CPU), WavLm)


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hugging Face is out of reach, and nothing of it is on this machine."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


@pytest.mark.usefixtures("no_hub")
def test_auto_is_resemblyzer_without_hugging_face() -> None:
    assert isinstance(load_scorer("auto", None, CPU), Resemblyzer)


@pytest.mark.usefixtures("no_hub")
def test_says_that_the_named_scorer_cannot_be_loaded(tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        with pytest.raises(JobFailure) as caught:
            load_scorer("wavlm-base-plus-sv", folder, CPU)
        assert caught.value.code == "no_scorer"
        assert str(caught.value) == "The weights of the scorer wavlm-base-plus-sv could not be loaded"
