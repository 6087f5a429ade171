"""Speaks with embeddings as somebody does who downloaded them: by pocket-tts alone.

    python tests/speak_embeddings.py < request.json

The request is `{"config": PATH, "embeddings": [EMBEDDING]}`, an embedding `{"file": PATH, "sample": PATH, "spoken":
[{"text": TEXT, "sentence_index": 1, "file": PATH}]}`: its file, the sample that it was made of, and the stored test
samples. Prints for each test sample `{"spoken_seconds": N, "stored_seconds": N}`: what pocket-tts says now, and what
was stored.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import torch
from pocket_tts import TTSModel

from timbre_gpu.audio import decode_ogg_opus
from timbre_gpu.embed import seed_of
from timbre_gpu.engine import PocketTts


def lengths(request: dict[str, Any]) -> list[dict[str, float]]:
    """Returns the lengths in seconds, in the order of the request."""
    model = TTSModel.load_model(config=request["config"])
    found = []
    for embedding in request["embeddings"]:
        state = model.get_state_for_audio_prompt(Path(embedding["file"]))
        sha256 = hashlib.sha256(Path(embedding["sample"]).read_bytes()).hexdigest()
        for spoken in embedding["spoken"]:
            torch.manual_seed(seed_of(sha256, spoken["sentence_index"]))
            # Texts that are too long for the model are cut as the handler cuts them; the library would skip words.
            pieces = PocketTts(model, "", "").pieces(spoken["text"])
            audio = torch.cat([model.generate_audio(state, piece) for piece in pieces])
            stored = decode_ogg_opus(Path(spoken["file"]).read_bytes(), model.sample_rate)
            found.append(
                {
                    "spoken_seconds": len(audio) / model.sample_rate,
                    "stored_seconds": len(stored) / model.sample_rate,
                }
            )
    return found


if __name__ == "__main__":
    json.dump(lengths(json.load(sys.stdin)), sys.stdout)
