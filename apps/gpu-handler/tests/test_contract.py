"""The models of the input."""

from __future__ import annotations

from typing import Any

import pytest
from jobs import embed_input, speak_input
from storage import Storage

from timbre_gpu.contract import EmbedInput, SpeakInput, parse_input
from timbre_gpu.failures import JobFailure


@pytest.fixture
def value(storage: Storage) -> dict[str, Any]:
    """An input of `embed` with two samples and two sentences."""
    return embed_input(storage, {1: b"one", 3: b"three"})


def refusal(value: object) -> str:
    with pytest.raises(JobFailure) as caught:
        parse_input(value)
    assert caught.value.code == "invalid_input"
    return str(caught.value)


def test_reads_both_actions(storage: Storage, value: dict[str, Any]) -> None:
    embed = parse_input({**value, "field_of_a_newer_api": 1})
    assert isinstance(embed, EmbedInput)
    assert [sample.index for sample in embed.samples] == [1, 3]
    speak = parse_input(speak_input(storage, b"voice", "Hello."))
    assert isinstance(speak, SpeakInput)
    assert speak.seed == 7


def test_lowers_the_case_of_a_hash(value: dict[str, Any]) -> None:
    value["samples"][0]["sha256"] = "AB" * 32
    parsed = parse_input(value)
    assert isinstance(parsed, EmbedInput)
    assert parsed.samples[0].sha256 == "ab" * 32


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"version": 3}, "input.version is wrong: Input should be 2"),
        ({"action": "train"}, "input is wrong: Input tag 'train'"),
        ({"samples": []}, "input.samples is wrong"),
        ({"language": ""}, "input.language is wrong"),
        ({"test_sentences": [""]}, "input.test_sentences.0 is wrong"),
        ({"test_sentences": ["One."]}, "results.test_samples names sentence 2, which does not exist"),
        ({"results": {"test_samples": []}}, "input.results.output is wrong: Field required"),
    ],
)
def test_names_the_first_wrong_field(value: dict[str, Any], change: dict[str, Any], sentence: str) -> None:
    assert sentence in refusal({**value, **change})


def test_says_how_an_older_contract_is_replaced(value: dict[str, Any]) -> None:
    with pytest.raises(JobFailure) as caught:
        parse_input({**value, "version": 1})
    assert (caught.value.code, str(caught.value)) == (
        "old_contract",
        "This GPU handler needs version 2 of the contract: set RUNPOD_CONTRACT to 2, or leave it out",
    )


def test_refuses_what_is_no_object() -> None:
    assert refusal(None).startswith("input is wrong")
    assert refusal([1]).startswith("input is wrong")


def test_refuses_an_index_twice(value: dict[str, Any]) -> None:
    value["samples"][1]["index"] = 1
    assert "samples must not hold an index twice" in refusal(value)


def test_refuses_a_test_sample_of_an_unknown_sample(value: dict[str, Any]) -> None:
    value["results"]["test_samples"][0]["sample_index"] = 2
    assert "results.test_samples names sample 2, which is not in samples" in refusal(value)


def test_refuses_a_test_sample_twice(value: dict[str, Any]) -> None:
    value["results"]["test_samples"][1] = value["results"]["test_samples"][0]
    assert "the same sample and sentence twice" in refusal(value)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://storage/secret", "secret", ""])
def test_refuses_links_that_are_not_http_and_does_not_repeat_them(value: dict[str, Any], url: str) -> None:
    value["samples"][0]["url"] = url
    sentence = refusal(value)
    assert sentence.startswith("input.samples.0.url is wrong")
    assert not url or url not in sentence
