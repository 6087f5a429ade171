"""A model of pocket-tts with random weights, for tests: a configuration, a tokenizer and the weights themselves.

The real library loads it like Kyutai's models. What it says is noise, but everything else is as it is with real
weights: files, shapes, seeds, limits and failures. It is small, so that it is fast.

    python tests/random_weights.py FOLDER [--full]

writes `random.yaml`, `tokenizer.json` and `model.safetensors`; `TIMBRE_GPU_CONFIG=FOLDER/random.yaml` then makes the
handler use them for every language. The same weights are made every time. `--full` makes them as large as Kyutai's
small English model, to measure times and memory.
"""

from __future__ import annotations

import copy
import string
import sys
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
import yaml
from pocket_tts import TTSModel
from pocket_tts.models.tts_model import build_mimi
from pocket_tts.utils.config import CONFIGS_DIR, Config
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

CHARACTERS = string.ascii_letters + string.digits + " .,!?'-:;▁àâäçèéêëîïñôöùûüßáíóúãõ¡¿"
END_LOGIT = -0.1
"""Random weights give end-of-speech logits around 0, so that some texts end early and others at the limit."""


def write(folder: Path, layers: int | None = 2, seed: int = 0) -> Path:
    """Writes the files. Returns the path of the configuration.

    Args:
        layers: those of the transformer; None for everything as in Kyutai's model. Files of models with other numbers
            do not fit each other.
        seed: models with different seeds are different voices.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    parts = configuration()
    if layers is not None:
        _shrink(parts, layers)
    parts["flow_lm"]["lookup_table"]["tokenizer_path"] = str(_tokenizer(folder, parts))
    weights = folder / "model.safetensors"
    safetensors.torch.save_file(_weights(parts, seed), weights)
    parts["weights_path"] = str(weights)
    config = folder / "random.yaml"
    config.write_text(yaml.safe_dump(parts))
    return config


def configuration() -> dict[str, Any]:
    """Returns Kyutai's English configuration without the places of its weights."""
    parts: dict[str, Any] = yaml.safe_load((CONFIGS_DIR / "english.yaml").read_text())
    for place in ("weights_path", "weights_path_without_voice_cloning"):
        parts.pop(place)
    parts["default_eos_threshold"] = END_LOGIT
    return parts


def _shrink(parts: dict[str, Any], layers: int) -> None:
    flow = parts["flow_lm"]
    flow["flow"].update(depth=2, dim=64)
    flow["transformer"].update(d_model=128, num_heads=2, num_layers=layers)
    flow["lookup_table"]["dim"] = 128
    mimi = parts["mimi"]
    mimi["seanet"].update(n_filters=8, dimension=64)
    mimi["transformer"].update(d_model=64, num_heads=2, dim_feedforward=128, input_dimension=64, output_dimensions=[64])
    mimi["quantizer"]["output_dimension"] = 64
    mimi["outer_dim"] = 64


def _weights(parts: dict[str, Any], seed: int) -> dict[str, torch.Tensor]:
    config = Config(**copy.deepcopy(parts))
    torch.manual_seed(seed)
    model = TTSModel._from_pydantic_config(config, 0.3, 1, None, config.default_eos_threshold, None)
    width = config.mimi.inner_dim or config.mimi.seanet.dimension
    model.flow_lm.speaker_proj_weight = torch.nn.Parameter(torch.empty(config.flow_lm.transformer.d_model, width))
    model.mimi = build_mimi(config.mimi)
    generator = torch.Generator().manual_seed(seed)
    state: dict[str, torch.Tensor] = model.state_dict()
    return {name: _tensor(tensor, generator) for name, tensor in sorted(state.items())}


def _tensor(tensor: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Keeps what the library sets; draws what it leaves open, or sets to zero for training."""
    if tensor.dim() < 2 and tensor.is_floating_point() and torch.isfinite(tensor).all() and tensor.any():
        return tensor.contiguous()
    if not tensor.is_floating_point():
        return tensor.contiguous()
    fan_in = max(1, tensor[0].numel()) if tensor.dim() > 1 else 1
    scale = 0.02 if tensor.dim() < 2 else fan_in**-0.5
    return torch.randn(tensor.shape, generator=generator) * scale


def _tokenizer(folder: Path, parts: dict[str, Any]) -> Path:
    """A token for each character, filled up to the number that the model has."""
    known = [("<unk>", 0.0), *((character, -5.0) for character in dict.fromkeys(CHARACTERS))]
    size = parts["flow_lm"]["lookup_table"]["n_bins"]
    known += [(f"<x{number}>", -20.0) for number in range(size - len(known))]
    tokenizer = Tokenizer(models.Unigram(known, unk_id=0))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    path = folder / "tokenizer.json"
    tokenizer.save(str(path))
    return path


if __name__ == "__main__":
    print(write(Path(sys.argv[1]), layers=None if "--full" in sys.argv else 2))  # noqa: T201
