"""Kyutai's weights, or the sentence why they are not there. A server on this machine takes the place of the hub."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import pytest
import random_weights
import yaml

from timbre_gpu.fetch_command import arrived_bytes, fetch_weights
from timbre_gpu.settings import read_settings
from timbre_gpu.wavlm import find_wavlm, wavlm_revision
from timbre_gpu.weights import NO_TOKEN, TERMS, HubFile, config_of, model_files, revision_of

REVISION = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """Answers as Hugging Face does for files of public and gated repositories."""

    files: dict[str, bytes] = field(default_factory=dict)
    accepted: str | None = None
    """The token whose account accepted the terms of kyutai/pocket-tts."""
    requests: int = 0
    """For files. huggingface_hub asks for other things too."""

    def __enter__(self) -> Self:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self) -> None:
                self._answer(with_body=False)

            def do_GET(self) -> None:
                self._answer(with_body=True)

            def _answer(self, *, with_body: bool) -> None:
                name = self.path.split("?")[0].removeprefix("/").split("/resolve/")[0]
                path = self.path.split("/resolve/")[-1].split("/", 1)[-1]
                hub.requests += "/resolve/" in self.path
                token = self.headers.get("authorization", "").removeprefix("Bearer ")
                gated = name == "kyutai/pocket-tts" and (hub.accepted is None or token != hub.accepted)
                body = b"" if gated else hub.files.get(path, b"")
                self.send_response((403 if token else 401) if gated else (200 if path in hub.files else 404))
                if gated:
                    self.send_header("X-Error-Code", "GatedRepo")
                self.send_header("X-Repo-Commit", REVISION)
                self.send_header("ETag", f'"{len(body)}"')
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if with_body:
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as server:
        yield server


@pytest.fixture
def gated(tmp_path: Path, hub: Hub) -> Path:
    """A configuration whose weights lie in the gated repository of the hub."""
    config = random_weights.write(tmp_path / "weights")
    hub.files["model.safetensors"] = (tmp_path / "weights" / "model.safetensors").read_bytes()
    parts = yaml.safe_load(config.read_text())
    parts["weights_path"] = f"hf://kyutai/pocket-tts/model.safetensors@{REVISION}"
    parts["weights_path_without_voice_cloning"] = str(tmp_path / "weights" / "model.safetensors")
    config.write_text(yaml.safe_dump(parts))
    return config


@pytest.fixture
def fetch(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, list[str]]]:
    """Runs the command `fetch` against the hub of this test. Returns the exit code and what it printed."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
    template = f"{hub.url}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)

    def run(config: Path, token: str | None, scorer: str = "resemblyzer") -> tuple[int, list[str]]:
        for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        if token:
            monkeypatch.setenv("HF_TOKEN", token)
        settings = read_settings({"TIMBRE_GPU_CONFIG": str(config), "TIMBRE_GPU_SCORER": scorer})
        code = fetch_weights(settings)
        printed = capsys.readouterr()
        # Bars of progress are on stderr too.
        return code, [*printed.out.splitlines(), *printed.err.splitlines()[-1:]] if code else printed.out.splitlines()

    return run


Fetching = Callable[..., tuple[int, list[str]]]


def test_says_how_to_get_a_token_if_there_is_none(gated: Path, fetch: Fetching, hub: Hub) -> None:
    assert fetch(gated, None) == (1, [NO_TOKEN])
    assert hub.requests == 0


def test_says_that_the_terms_are_not_accepted(gated: Path, fetch: Fetching) -> None:
    code, lines = fetch(gated, "hf_other")
    expected = f"Hugging Face refuses HF_TOKEN for kyutai/pocket-tts. Accept the terms at {TERMS} with its account"
    assert (code, lines[-1]) == (1, expected)


def test_downloads_once_and_says_how_large_it_is(gated: Path, fetch: Fetching, hub: Hub) -> None:
    hub.accepted = "hf_accepted"
    there = ["The model random is on this machine", "Scores come from resemblyzer"]
    downloading = "Downloading model.safetensors of kyutai/pocket-tts (5 MB)"
    assert fetch(gated, "hf_accepted") == (0, [downloading, *there])
    # Now neither the hub nor the token is needed.
    before = hub.requests
    assert fetch(gated, None) == (0, there)
    assert hub.requests == before


def test_says_that_hugging_face_cannot_be_reached(
    gated: Path, fetch: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    expected = (
        "The weights of pocket-tts are not on this machine, and kyutai/pocket-tts could not be downloaded from "
        "Hugging Face"
    )
    code, lines = fetch(gated, "hf_accepted")
    assert (code, lines[-1]) == (1, expected)


def test_downloads_the_scorer_and_says_which_one_it_is(config: Path, fetch: Fetching, hub: Hub) -> None:
    here = "The model random is on this machine"
    because = "Scores come from resemblyzer, because Hugging Face cannot be asked for wavlm-base-plus-sv"
    code, lines = fetch(config, None, "auto")
    assert (code, lines[0], lines[-1]) == (0, here, because)
    code, lines = fetch(config, None, "wavlm-base-plus-sv")
    assert (code, lines[-1]) == (1, "The weights of the scorer wavlm-base-plus-sv could not be loaded")
    hub.files = {name: bytes(2_000_000) for name in ("config.json", "preprocessor_config.json", "pytorch_model.bin")}
    code, lines = fetch(config, None, "auto")
    assert (code, lines[-1]) == (0, "Scores come from wavlm-base-plus-sv")
    assert "Downloading pytorch_model.bin of microsoft/wavlm-base-plus-sv (2 MB)" in lines
    folder = find_wavlm(lambda _: None)
    assert folder is not None
    assert wavlm_revision(folder) == REVISION


def test_names_the_sources_of_each_model_of_kyutai() -> None:
    files = model_files(config_of("french_24l"))
    weights, tokenizer = (HubFile.parse(source) for source in files.sources)
    assert weights is not None
    assert tokenizer is not None
    assert (files.name, weights.repository, tokenizer.repository) == (
        "french_24l",
        "kyutai/pocket-tts",
        "kyutai/pocket-tts-without-voice-cloning",
    )
    assert revision_of(files.sources[0]) == weights.revision
    assert weights.revision is not None
    assert len(weights.revision) == 40


def test_a_source_without_a_revision_is_the_main_branch() -> None:
    assert HubFile.parse("/a/path") is None
    assert HubFile.parse("hf://owner/name/folder/file.json") == HubFile("owner/name", "folder/file.json", None)
    assert revision_of("hf://owner/name/file") == "main"


def test_a_local_file_has_its_hash_as_revision(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("1")
    other.write_text(json.dumps([2]))
    assert revision_of(str(one)) == "sha256-6b86b273ff34fce1"
    assert revision_of(str(other)) != revision_of(str(one))


def test_counts_what_has_arrived_of_downloads(tmp_path: Path) -> None:
    assert arrived_bytes(tmp_path / "nowhere") == 0
    blobs = tmp_path / "models--kyutai--pocket-tts" / "blobs"
    blobs.mkdir(parents=True)
    (blobs / "complete").write_bytes(bytes(1000))
    (blobs / "one.incomplete").write_bytes(bytes(30))
    (blobs / "two.incomplete").write_bytes(bytes(4))
    assert arrived_bytes(tmp_path) == 34
