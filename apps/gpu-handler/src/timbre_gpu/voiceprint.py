"""How alike two voices sound, and the score of a sample that follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Voiceprint = npt.NDArray[np.float32]
"""Shape `[numbers]`, of length 1; all zeros if there was no voice. The angle between two tells how alike they are."""


def unit(vector: npt.NDArray[np.floating]) -> Voiceprint:
    """Returns the vector with length 1, or zeros if it has none."""
    length = float(np.linalg.norm(vector))
    scaled = vector / length if np.isfinite(length) and length > 0 else np.zeros_like(vector)
    return scaled.astype(np.float32)


def centroid(voiceprints: Sequence[Voiceprint]) -> Voiceprint:
    """Returns the middle of some voices."""
    return unit(np.mean(np.stack(voiceprints), axis=0))


def similarity(one: Voiceprint, other: Voiceprint) -> float:
    """Returns the cosine of the angle between two voices, from -1 to 1."""
    return float(np.clip(np.dot(one, other), -1, 1))


def sample_scores(said: Mapping[int, Sequence[Voiceprint]], samples: Mapping[int, Voiceprint]) -> dict[int, float]:
    """Scores samples by how much what their embeddings say sounds like the rest of the voice.

    The score of a sample is the mean, over its sentences, of the similarity to the centroid of the voice's other
    samples. A voice of one sample is compared with itself.

    Args:
        said: the voiceprints of the sentences that each sample's embedding spoke. A sample without any gets no score.
        samples: the voiceprint of each sample's recording.
    """
    scores: dict[int, float] = {}
    for index, sentences in said.items():
        if sentences:
            middle = centroid(_others(samples, index) or [samples[index]])
            scores[index] = float(np.mean([similarity(sentence, middle) for sentence in sentences]))
    return scores


def lowest_part_scores(
    parts: Mapping[int, Sequence[Voiceprint]], samples: Mapping[int, Voiceprint]
) -> dict[int, float]:
    """Scores samples by their part that sounds least like the rest of the voice: a second speaker says it.

    Args:
        parts: the voiceprints of parts of each sample's recording. A sample without any gets no score.
        samples: the voiceprint of each sample's recording. A single one has nothing to be compared with.
    """
    scores: dict[int, float] = {}
    for index, own in parts.items():
        others = _others(samples, index)
        if own and others:
            middle = centroid(others)
            scores[index] = min(similarity(part, middle) for part in own)
    return scores


def _others(samples: Mapping[int, Voiceprint], index: int) -> list[Voiceprint]:
    return [voiceprint for other, voiceprint in samples.items() if other != index]
