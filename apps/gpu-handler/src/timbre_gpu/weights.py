"""Kyutai's weights: whether they are there, and why not.

pocket-tts replaces weights that it cannot get by weights that cannot clone a voice, and says so in a flag only. So the
weights are fetched here first, where each reason has its sentence.
"""

from __future__ import annotations

import errno
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from httpx2 import HTTPError
from huggingface_hub import get_hf_file_metadata, get_token, hf_hub_download, hf_hub_url
from huggingface_hub.errors import GatedRepoError, LocalEntryNotFoundError, RepositoryNotFoundError
from pocket_tts.utils.config import CONFIGS_DIR, load_config

from timbre_gpu.failures import JobFailure
from timbre_gpu.languages import model_for
from timbre_gpu.settings import Settings

log = logging.getLogger(__name__)

GATED = "kyutai/pocket-tts"
"""The repository that asks for consent. Its tokenizers lie in one that does not."""
TERMS = f"https://huggingface.co/{GATED}"

NO_TOKEN = (
    f"The weights of pocket-tts are not on this machine. Accept their terms at {TERMS}, create a token at "
    "https://huggingface.co/settings/tokens, and set HF_TOKEN to it"
)


@dataclass(frozen=True)
class HubFile:
    """A file at Hugging Face, as `hf://owner/name/path@revision` names it."""

    repository: str
    path: str
    revision: str | None

    @staticmethod
    def parse(source: str) -> HubFile | None:
        """Returns None for what is no `hf://` source."""
        if not source.startswith("hf://"):
            return None
        place, _, revision = source.removeprefix("hf://").partition("@")
        owner, name, path = place.split("/", 2)
        return HubFile(f"{owner}/{name}", path, revision or None)

    def cached(self) -> Path | None:
        """Returns the file if it is on this machine."""
        try:
            return Path(hf_hub_download(self.repository, self.path, revision=self.revision, local_files_only=True))
        except (LocalEntryNotFoundError, FileNotFoundError):
            return None

    def download(self, announce: Callable[[HubFile], None]) -> None:
        """Downloads the file.

        Raises:
            OSError: of many kinds, for what Hugging Face answers and what the disk does.
            HTTPError: if the connection breaks.
        """
        announce(self)
        hf_hub_download(self.repository, self.path, revision=self.revision)

    def size(self) -> int | None:
        """Asks Hugging Face for the size in bytes. Returns None if it does not say."""
        try:
            return get_hf_file_metadata(hf_hub_url(self.repository, self.path, revision=self.revision)).size
        except (OSError, HTTPError):  # the download that follows fails with the reason
            return None


@dataclass(frozen=True)
class ModelFiles:
    """What a model of pocket-tts consists of."""

    name: str
    """The name of its configuration file, without the ending."""
    config: Path
    sources: tuple[str, ...]
    """The weights, then the tokenizer: paths or `hf://` sources."""


def model_files(config: Path) -> ModelFiles:
    """Reads a configuration of pocket-tts.

    Raises:
        JobFailure: `no_weights` if it names none. pocket-tts would speak with weights that were never set.
    """
    parts = load_config(config)
    weights = [parts.weights_path] if parts.weights_path else [parts.flow_lm.weights_path, parts.mimi.weights_path]
    named = [source for source in weights if source]
    if not named:
        raise JobFailure("no_weights", f"The configuration {config.name} of pocket-tts names no weights")
    return ModelFiles(config.stem, config, (*named, parts.flow_lm.lookup_table.tokenizer_path))


def config_of(model: str) -> Path:
    """Returns pocket-tts's own configuration of a model, for example `french_24l`."""
    path: Path = CONFIGS_DIR / f"{model}.yaml"
    return path


def files_for(language: str, settings: Settings) -> ModelFiles:
    """Returns what the model of a language consists of.

    Raises:
        JobFailure: `unknown_language`, `no_weights`.
    """
    name = model_for(language, settings.model_size)
    return model_files(settings.config or config_of(name))


def log_download(file: HubFile) -> None:
    """Announces a download to the log."""
    log.info("downloading %s of %s", file.path, file.repository)


def fetch(files: ModelFiles, announce: Callable[[HubFile], None] = log_download) -> None:
    """Makes sure that the files are on this machine. Downloads what is missing.

    Args:
        files: of one model.
        announce: called before each download.

    Raises:
        JobFailure: `no_token`, `terms_not_accepted`, `hub_unreachable` or `no_weights`.
    """
    for source in files.sources:
        file = HubFile.parse(source)
        if file is not None:
            if not file.cached():
                _download(file, announce)
        elif not _is_web(source) and not Path(source).is_file():
            raise JobFailure("no_weights", f"A file that {files.config.name} names is missing: {Path(source).name}")


def _is_web(source: str) -> bool:
    """pocket-tts downloads such a file itself, once."""
    return source.startswith(("http://", "https://"))


def _download(file: HubFile, announce: Callable[[HubFile], None]) -> None:
    has_token = get_token() is not None
    if file.repository == GATED and not has_token:
        raise JobFailure("no_token", NO_TOKEN)
    try:
        file.download(announce)
    except (GatedRepoError, RepositoryNotFoundError) as error:
        if not has_token:
            raise JobFailure("no_token", NO_TOKEN) from error
        message = f"Hugging Face refuses HF_TOKEN for {file.repository}. Accept the terms at {TERMS} with its account"
        raise JobFailure("terms_not_accepted", message) from error
    except (OSError, HTTPError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise JobFailure("disk_full", f"The disk of the handler is full: {file.path} does not fit") from error
        message = f"The weights of pocket-tts are not on this machine, and {file.repository} could not be downloaded"
        raise JobFailure("hub_unreachable", f"{message} from Hugging Face") from error


def revision_of(source: str) -> str:
    """Returns what tells two versions of a file apart.

    That is the revision at Hugging Face, or the start of a hash: of a local file, or of an address in the web.
    """
    file = HubFile.parse(source)
    if file is not None:
        return file.revision or "main"
    if _is_web(source):
        return f"url-{hashlib.sha256(source.encode()).hexdigest()[:16]}"
    with Path(source).open("rb") as content:
        return f"sha256-{hashlib.file_digest(content, 'sha256').hexdigest()[:16]}"
