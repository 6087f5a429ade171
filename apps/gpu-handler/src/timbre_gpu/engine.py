"""pocket-tts: embeddings from audio, and speech from embeddings.

An embedding is the state of the model's transformer after it heard a sample, as `export_model_state` writes it:
safetensors, for each layer `cache` `[2, 1, frames, heads, size]`, `offset` and `pad`. It works with the model that made
it and with no other.
"""

from __future__ import annotations

import importlib.metadata
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import safetensors
import torch
from pocket_tts import TTSModel, export_model_state
from pocket_tts.default_parameters import MAX_TOKEN_PER_CHUNK
from pocket_tts.models.text_chunking import split_into_best_sentences
from pocket_tts.modules.stateful_module import init_states

from timbre_gpu.audio import Audio
from timbre_gpu.failures import Cancelled, JobFailure
from timbre_gpu.settings import DeviceName
from timbre_gpu.weights import ModelFiles, fetch, revision_of

# It warns of pieces that are too long, which are cut afterwards.
logging.getLogger("pocket_tts.models.text_chunking").setLevel(logging.ERROR)

NAME = "pocket-tts"
VERSION = importlib.metadata.version("pocket-tts")

MAX_PROMPT_SECONDS = 30.0
"""pocket-tts itself cuts prompts there (`truncate` of `get_state_for_audio_prompt`); memory grows with the length."""

CANNOT_CLONE = (
    "The weights of pocket-tts on this machine cannot clone a voice. Accept their terms at "
    "https://huggingface.co/kyutai/pocket-tts and set HF_TOKEN, or use weights with voice cloning"
)

State = dict[str, dict[str, torch.Tensor]]


class _Tokenizer(Protocol):
    def encode(self, text: str) -> list[int]: ...


def choose_device(name: DeviceName) -> torch.device:
    """Returns the device to compute on.

    Raises:
        JobFailure: `no_gpu` if a GPU was asked for and torch sees none.
    """
    has_gpu = torch.cuda.is_available()
    if name == "cuda" and not has_gpu:
        raise JobFailure("no_gpu", "TIMBRE_GPU_DEVICE is cuda, but torch sees no NVIDIA GPU")
    return torch.device("cpu" if name == "cpu" or not has_gpu else "cuda:0")


@dataclass(frozen=True)
class PocketTts:
    """A loaded model. One thread at a time may use it."""

    model: TTSModel
    name: str
    revision: str

    @staticmethod
    def load(files: ModelFiles, device: torch.device) -> PocketTts:
        """Loads a model, and downloads it first if it is not on this machine.

        Raises:
            JobFailure: for each reason why its weights cannot be had, `cannot_clone` if they cannot clone a voice, and
                `no_memory`.
        """
        fetch(files)
        revision = "+".join(revision_of(source) for source in files.sources[:-1])
        try:
            with memory_failures():
                model = TTSModel.load_model(config=files.config)
                model.to(device)
        except safetensors.SafetensorError as error:
            message = f"The weights that {files.config.name} of pocket-tts names are damaged"
            raise JobFailure("no_weights", message) from error
        model.eval()
        # With 0 it decodes as many frames at once as wait, so that rounding would depend on how fast the machine is.
        model.max_decoder_frames_per_call = 1
        loaded = PocketTts(model, files.name, revision)
        loaded.must_clone()
        return loaded

    @property
    def rate(self) -> int:
        """Samples a second of what it hears and speaks."""
        return int(self.model.sample_rate)

    @property
    def device(self) -> str:
        """For example `cpu` or `cuda:0`."""
        return str(self.model.device)

    def must_clone(self) -> None:
        """Checks that two sounds give two embeddings.

        The library's flag alone is not enough: it stays true for a file without cloning that a configuration names.

        Raises:
            JobFailure: `cannot_clone`.
        """
        seconds = torch.arange(self.rate, dtype=torch.float32) / self.rate
        tone = 0.3 * torch.sin(2 * torch.pi * 180 * seconds)
        buzz = 0.3 * torch.sign(torch.sin(2 * torch.pi * 95 * seconds))
        states = [self.hear(sound.numpy()) for sound in (tone, buzz)] if self.model.has_voice_cloning else []
        if not states or not _differ(*states):
            raise JobFailure("cannot_clone", CANNOT_CLONE)

    def hear(self, audio: Audio) -> State:
        """Returns the state after hearing a voice.

        Args:
            audio: mono at `rate`, at most `MAX_PROMPT_SECONDS` long.

        Raises:
            JobFailure: `no_memory`.
        """
        with memory_failures():
            state: State = self.model.get_state_for_audio_prompt(torch.from_numpy(np.ascontiguousarray(audio))[None])
        return state

    def save(self, state: State, path: Path) -> None:
        """Writes a state as pocket-tts opens it. The name must end with `.safetensors`."""
        export_model_state(state, path)

    def open(self, path: Path) -> State:
        """Reads a state.

        Raises:
            JobFailure: `wrong_embedding` if the file is damaged, or another model made it.
        """
        try:
            state: State = self.model.get_state_for_audio_prompt(path)
        except (safetensors.SafetensorError, ValueError, KeyError) as error:
            raise JobFailure("wrong_embedding", "The embedding cannot be read") from error
        if _shape(state) != _shape(init_states(self.model.flow_lm, batch_size=1, sequence_length=1)):
            raise JobFailure("wrong_embedding", f"The embedding was made by another model than {self.name}")
        return state

    def speak(self, state: State, text: str, seed: int, cancelled: threading.Event) -> Audio:
        """Speaks a text. The same state, text and seed give the same audio on the same machine.

        Raises:
            Cancelled: within one frame (80 ms of audio) after the event was set.
            JobFailure: `nothing_to_speak`, `cannot_speak` or `no_memory`.
        """
        torch.manual_seed(seed)
        spoken: list[torch.Tensor] = []
        with memory_failures():
            for piece in self.pieces(text):
                spoken += self.model.generate_audio_stream(state, piece, stop=cancelled)
                if cancelled.is_set():
                    raise Cancelled
        audio: Audio = torch.cat(spoken).cpu().numpy() if spoken else np.zeros(0, dtype=np.float32)
        if audio.size == 0 or not np.isfinite(audio).all():
            raise JobFailure("cannot_speak", "The model could not speak the text")
        return audio

    def pieces(self, text: str) -> list[str]:
        """Cuts a text into pieces that the model speaks whole: it leaves out words of longer ones.

        pocket-tts cuts at the ends of sentences and at commas. What is still too long is cut between words.

        Raises:
            JobFailure: `nothing_to_speak` if nothing of the text is left that the model knows.
        """
        model = self.model
        tokenizer = model.flow_lm.conditioner.tokenizer
        try:
            chunks: list[str] = split_into_best_sentences(
                tokenizer,
                text,
                MAX_TOKEN_PER_CHUNK,
                model.pad_with_spaces_for_short_inputs,
                remove_semicolons=model.remove_semicolons,
                append_terminal_punctuation=model.append_terminal_punctuation,
                capitalize_first_letter=model.capitalize_first_letter,
                replace_characters=model.replace_characters,
            )
        except ValueError as error:
            raise JobFailure("nothing_to_speak", "The text holds nothing that can be spoken") from error
        return [piece for chunk in chunks for piece in cut_between_words(chunk, tokenizer, MAX_TOKEN_PER_CHUNK)]


def cut_between_words(text: str, tokenizer: _Tokenizer, max_tokens: int) -> list[str]:
    """Cuts a text into pieces of about equal length that have at most `max_tokens` tokens each.

    A single word that is longer remains whole.
    """
    tokens = len(tokenizer.encode(text))
    words = text.split()
    if tokens <= max_tokens or len(words) == 1:
        return [text]
    middle = len(words) // 2
    halves = (" ".join(words[:middle]), " ".join(words[middle:]))
    return [piece for half in halves for piece in cut_between_words(half, tokenizer, max_tokens)]


@contextmanager
def memory_failures() -> Iterator[None]:
    """Turns the ways in which torch runs out of memory into one sentence.

    On a CPU torch raises a plain RuntimeError; its allocator's name is the only mark (c10/core/CPUAllocator.cpp).

    Raises:
        JobFailure: `no_memory`.
    """
    try:
        yield
    except torch.cuda.OutOfMemoryError as error:
        message = "The GPU has too little memory. Use one with more, or shorter samples"
        raise JobFailure("no_memory", message) from error
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "DefaultCPUAllocator" not in str(error):
            raise
        message = "The handler has too little memory. Give it more, or use shorter samples"
        raise JobFailure("no_memory", message) from error


def _shape(state: State) -> dict[str, tuple[int, ...]]:
    """Names and sizes of a state, without the number of frames, which differs from voice to voice."""
    return {
        f"{module}/{name}": (*tensor.shape[:2], *tensor.shape[3:])
        for module, tensors in state.items()
        for name, tensor in tensors.items()
    }


def _differ(one: State, other: State) -> bool:
    """Whether two states hold different numbers. Those that are no numbers differ from nothing."""
    return any(
        not torch.equal(torch.nan_to_num(tensor), torch.nan_to_num(other[module][name]))
        for module, tensors in one.items()
        for name, tensor in tensors.items()
        if name == "cache"
    )
