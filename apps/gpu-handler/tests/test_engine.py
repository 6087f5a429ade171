"""pocket-tts itself, with random weights."""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import random_weights
import safetensors.torch
import torch
import yaml
from pocket_tts.default_parameters import MAX_TOKEN_PER_CHUNK
from recordings import Recordings

from timbre_gpu.audio import Audio
from timbre_gpu.engine import CANNOT_CLONE, PocketTts, State, choose_device, memory_failures
from timbre_gpu.failures import Cancelled, JobFailure
from timbre_gpu.weights import model_files

CPU = torch.device("cpu")
LONG = (
    "When the wind came down from the hills the fishermen of the village pulled their boats far up the beach and "
    "walked home along the narrow path between the gardens without saying a word to each other until the church bell "
    "rang; nobody, not even the youngest of them, had seen such a sky before."
)


@pytest.fixture(scope="module")
def audio(recordings: Recordings) -> Audio:
    """Three seconds of the English recording at the model's rate."""
    return recordings.audio("en", 3, 3)[::2].copy()


@pytest.fixture(scope="module")
def state(tts: PocketTts, audio: Audio) -> State:
    """Of the English recording."""
    return tts.hear(audio)


def test_a_saved_state_is_the_same_when_it_is_opened(tts: PocketTts, state: State, tmp_path: Path) -> None:
    path = tmp_path / "voice.safetensors"
    tts.save(state, path)
    opened = tts.open(path)
    for module, tensors in state.items():
        for name, tensor in tensors.items():
            assert torch.equal(torch.nan_to_num(opened[module][name]), torch.nan_to_num(tensor))


def test_a_seed_decides_what_is_said(tts: PocketTts, state: State, cancelled: threading.Event) -> None:
    one, again, other = (tts.speak(state, "Good morning to you all.", seed, cancelled) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_speaking_does_not_change_the_state(tts: PocketTts, audio: Audio, cancelled: threading.Event) -> None:
    state = tts.hear(audio)
    tts.speak(state, "One sentence.", 1, cancelled)
    assert all(torch.equal(tensors["offset"], tts.hear(audio)[module]["offset"]) for module, tensors in state.items())


def test_pieces_of_a_long_text_are_short_enough_and_lose_no_word(tts: PocketTts) -> None:
    pieces = tts.pieces(LONG)
    encode = tts.model.flow_lm.conditioner.tokenizer.encode
    assert max(len(encode(piece)) for piece in pieces) <= MAX_TOKEN_PER_CHUNK
    assert " ".join(pieces).split() == LONG.split()


def test_a_short_text_is_one_piece(tts: PocketTts) -> None:
    assert tts.pieces("Good morning.") == ["Good morning."]


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_says_that_nothing_can_be_spoken(tts: PocketTts, state: State, cancelled: threading.Event, text: str) -> None:
    with pytest.raises(JobFailure) as caught:
        tts.speak(state, text, 1, cancelled)
    assert (caught.value.code, str(caught.value)) == (
        "nothing_to_speak",
        "The text holds nothing that can be spoken",
    )


def test_a_cancellation_ends_a_sentence(tts: PocketTts, state: State, cancelled: threading.Event) -> None:
    spoken: list[torch.Tensor] = []
    for chunk in tts.model.generate_audio_stream(state, LONG, stop=cancelled):
        spoken.append(chunk)
        cancelled.set()
    whole = tts.speak(state, LONG, 1, threading.Event())
    assert sum(map(len, spoken)) < len(whole)
    with pytest.raises(Cancelled):
        tts.speak(state, LONG, 1, cancelled)


def test_refuses_an_embedding_of_another_model(tts: PocketTts, audio: Audio, tmp_path: Path) -> None:
    config = random_weights.write(tmp_path / "deeper", layers=3)
    deeper = PocketTts.load(model_files(config), CPU)
    deeper.save(deeper.hear(audio), tmp_path / "deeper.safetensors")
    with pytest.raises(JobFailure) as caught:
        tts.open(tmp_path / "deeper.safetensors")
    assert (caught.value.code, str(caught.value)) == (
        "wrong_embedding",
        "The embedding was made by another model than random",
    )


@pytest.mark.parametrize("damage", ["cut", "zeros", "empty"])
def test_refuses_a_damaged_embedding(tts: PocketTts, state: State, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "voice.safetensors"
    tts.save(state, path)
    data = path.read_bytes()
    path.write_bytes({"cut": data[: len(data) // 2], "zeros": bytes(len(data)), "empty": b""}[damage])
    with pytest.raises(JobFailure) as caught:
        tts.open(path)
    assert (caught.value.code, str(caught.value)) == ("wrong_embedding", "The embedding cannot be read")


def refusal(config: Path) -> JobFailure:
    with pytest.raises(JobFailure) as caught:
        PocketTts.load(model_files(config), CPU)
    return caught.value


def test_never_speaks_with_weights_that_do_not_hear(tmp_path: Path) -> None:
    config = random_weights.write(tmp_path)
    weights = tmp_path / "model.safetensors"
    tensors = safetensors.torch.load_file(weights)
    tensors["flow_lm.speaker_proj_weight"].zero_()
    safetensors.torch.save_file(tensors, weights)
    failure = refusal(config)
    assert (failure.code, str(failure)) == ("cannot_clone", CANNOT_CLONE)


def test_never_speaks_if_the_library_says_that_it_cannot_clone(tmp_path: Path) -> None:
    config = random_weights.write(tmp_path)
    parts = yaml.safe_load(config.read_text())
    parts["weights_path_without_voice_cloning"] = parts["weights_path"]
    parts["weights_path"] = "http://127.0.0.1:9/model.safetensors"
    config.write_text(yaml.safe_dump(parts))
    failure = refusal(config)
    assert (failure.code, str(failure)) == ("cannot_clone", CANNOT_CLONE)


def test_says_that_weights_are_damaged(tmp_path: Path) -> None:
    config = random_weights.write(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(bytes(1000))
    failure = refusal(config)
    expected = "The weights that random.yaml of pocket-tts names are damaged"
    assert (failure.code, str(failure)) == ("no_weights", expected)


def test_refuses_a_configuration_without_weights(tmp_path: Path) -> None:
    config = random_weights.write(tmp_path)
    parts = yaml.safe_load(config.read_text())
    del parts["weights_path"]
    config.write_text(yaml.safe_dump(parts))
    failure = refusal(config)
    assert (failure.code, str(failure)) == (
        "no_weights",
        "The configuration random.yaml of pocket-tts names no weights",
    )


def test_names_a_file_that_is_missing_without_its_folder(tmp_path: Path) -> None:
    config = random_weights.write(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    failure = refusal(config)
    assert (failure.code, str(failure)) == (
        "no_weights",
        "A file that random.yaml names is missing: model.safetensors",
    )


def test_says_that_there_is_no_gpu() -> None:
    if torch.cuda.is_available():
        assert choose_device("auto").type == "cuda"
        return
    assert choose_device("auto").type == "cpu"
    with pytest.raises(JobFailure, match="torch sees no NVIDIA GPU"):
        choose_device("cuda")


@contextmanager
def address_space(more_bytes: int) -> Iterator[None]:
    """Lets this process have only so much more memory than it has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more_bytes, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="limits memory as Linux does")
def test_says_that_memory_is_short(tts: PocketTts) -> None:
    hours = np.zeros(24_000 * 3600 * 3, dtype=np.float32)
    with address_space(200 << 20), pytest.raises(JobFailure) as caught:
        tts.hear(hours)
    assert (caught.value.code, str(caught.value)) == (
        "no_memory",
        "The handler has too little memory. Give it more, or use shorter samples",
    )


def test_other_failures_are_not_taken_for_a_lack_of_memory() -> None:
    with pytest.raises(RuntimeError, match="shapes"), memory_failures():
        raise RuntimeError("shapes do not match")
    with pytest.raises(JobFailure, match="The GPU has too little memory"), memory_failures():
        raise torch.cuda.OutOfMemoryError("CUDA out of memory")
