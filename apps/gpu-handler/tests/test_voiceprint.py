"""The arithmetic of scores."""

from __future__ import annotations

import numpy as np
import pytest

from timbre_gpu.voiceprint import Voiceprint, centroid, lowest_part_scores, sample_scores, similarity, unit


def voice(*numbers: float) -> Voiceprint:
    return unit(np.array(numbers))


def test_a_voiceprint_has_length_1() -> None:
    assert np.linalg.norm(voice(3, 4)) == pytest.approx(1)
    assert not unit(np.zeros(4)).any()
    assert not unit(np.full(4, np.nan)).any()


def test_similarity_is_the_cosine() -> None:
    assert similarity(voice(1, 0), voice(1, 1)) == pytest.approx(np.sqrt(0.5))
    assert similarity(voice(1, 0), voice(-1, 0)) == -1
    assert similarity(voice(1, 0), unit(np.zeros(2))) == 0


def test_the_centroid_lies_between() -> None:
    assert centroid([voice(1, 0), voice(0, 1)]) == pytest.approx(voice(1, 1))


def test_a_score_compares_with_the_other_samples() -> None:
    samples = {1: voice(1, 0), 2: voice(1, 0), 3: voice(0, 1)}
    said = {1: [voice(1, 0)], 2: [voice(1, 0)], 3: [voice(0, 1)]}
    scores = sample_scores(said, samples)
    assert scores[1] == pytest.approx(similarity(voice(1, 0), voice(1, 1)))
    assert scores[3] == 0
    assert min(scores, key=lambda index: scores[index]) == 3


def test_a_score_is_the_mean_over_the_sentences() -> None:
    samples = {1: voice(1, 0), 2: voice(1, 0)}
    assert sample_scores({1: [voice(1, 0), voice(0, 1)]}, samples) == {1: 0.5}


def test_a_single_sample_is_compared_with_itself() -> None:
    assert sample_scores({7: [voice(1, 1)]}, {7: voice(1, 1)})[7] == pytest.approx(1)


def test_a_sample_that_said_nothing_has_no_score() -> None:
    assert sample_scores({1: [], 2: [voice(1, 0)]}, {1: voice(1, 0), 2: voice(1, 0)}) == {2: 1}


def test_the_lowest_part_is_the_one_least_like_the_other_samples() -> None:
    samples = {1: voice(1, 1), 2: voice(1, 0), 3: voice(1, 0)}
    parts = {1: [voice(1, 0), voice(0, 1)], 2: [voice(1, 0)], 3: []}
    scores = lowest_part_scores(parts, samples)
    assert scores[1] == pytest.approx(0)
    assert scores[2] == pytest.approx(similarity(voice(1, 0), centroid([voice(1, 1), voice(1, 0)])))
    assert 3 not in scores


def test_a_single_sample_has_no_lowest_part() -> None:
    assert lowest_part_scores({1: [voice(1, 0), voice(0, 1)]}, {1: voice(1, 1)}) == {}
