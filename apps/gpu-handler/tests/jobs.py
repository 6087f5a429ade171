"""Inputs of jobs whose objects lie in a storage."""

from __future__ import annotations

from typing import Any

from storage import Storage

SENTENCES = ("The ship sails at noon.", "Who left the window open?")


def embed_input(
    storage: Storage, samples: dict[int, bytes], sentences: tuple[str, ...] = SENTENCES, **changes: object
) -> dict[str, Any]:
    """Every sample speaks every sentence. Objects: `sample-1`, `embedding-1`, `test-1-1`, `output`.

    Args:
        storage: gets the samples.
        samples: Ogg Opus by index.
        sentences: the test sentences.
        changes: fields of the input to replace.
    """
    parts = []
    for index, data in samples.items():
        url, sha256 = storage.add(f"sample-{index}", data)
        place = storage.url(f"embedding-{index}")
        parts.append({"index": index, "duration": 1.0, "sha256": sha256, "url": url, "embedding_url": place})
    targets = [
        {"sample_index": index, "sentence_index": number, "url": storage.url(f"test-{index}-{number}")}
        for index in samples
        for number in range(1, len(sentences) + 1)
    ]
    return {
        "version": 2,
        "action": "embed",
        "job": "6e5c8b9e-0000-4000-8000-000000000001",
        "generation": 1,
        "tts_type": "kyutai",
        "language": "en",
        "voice": {"partner": "my-partner", "name": "speaker-1"},
        "samples": parts,
        "test_sentences": list(sentences),
        "results": {"test_samples": targets, "output": storage.url("output")},
        **changes,
    }


def speak_input(storage: Storage, embedding: bytes, text: str, seed: int = 7, **changes: object) -> dict[str, Any]:
    """Objects: `embedding`, `speech`, `output`."""
    url, sha256 = storage.add("embedding", embedding)
    return {
        "version": 2,
        "action": "speak",
        "job": "6e5c8b9e-0000-4000-8000-000000000002",
        "generation": 1,
        "tts_type": "kyutai",
        "language": "en",
        "voice": {"partner": "my-partner", "name": "speaker-1"},
        "embedding": {"url": url, "sha256": sha256, "bytes": len(embedding)},
        "text": text,
        "seed": seed,
        "results": {"speech": storage.url("speech"), "output": storage.url("output")},
        **changes,
    }
