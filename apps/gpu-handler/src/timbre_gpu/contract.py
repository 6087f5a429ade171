"""Input and output of the handler: version 2 of docs/gpu-contract.md.

Unknown fields of an input are ignored, so that a newer API may add some. Durations are in seconds, sizes in bytes,
hashes are SHA-256 in lower-case hexadecimal.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from timbre_gpu.failures import JobFailure


def _lower(text: str) -> str:
    return text.lower()


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$"), AfterValidator(_lower)]
Url = Annotated[str, Field(pattern=r"^https?://", max_length=8192)]
"""A signed link. It lets its holder read or write one object, so it appears in no message."""
Index = Annotated[int, Field(ge=1)]
Language = Annotated[str, Field(min_length=2, max_length=35)]
"""BCP-47, for example `fr` or `pt-BR`."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class InputSample(_Part):
    """A sample to embed: Ogg Opus, 48 kHz, mono."""

    index: Index
    duration: Annotated[float, Field(gt=0)]
    sha256: Sha256
    url: Url
    """Signed GET."""
    embedding_url: Url
    """Signed PUT, application/octet-stream."""


class InputConsent(_Part):
    """A recorded consent to compare with the samples: Ogg Opus, 48 kHz, mono."""

    id: Annotated[str, Field(min_length=1, max_length=100)]
    duration: Annotated[float, Field(gt=0)]
    sha256: Sha256
    url: Url
    """Signed GET."""


class TestSampleTarget(_Part):
    """Which sample speaks which sentence, and where the audio goes."""

    __test__ = False  # not a test of pytest, whatever its name says

    sample_index: Index
    sentence_index: Index
    """The first sentence is 1."""
    url: Url
    """Signed PUT, audio/ogg."""


class EmbedTargets(_Part):
    """Where the results of an embedding go, besides the embeddings."""

    test_samples: tuple[TestSampleTarget, ...]
    output: Url
    """Signed PUT, application/json: the handler's output, written last."""


class _Job(_Part):
    version: Literal[2]
    job: Annotated[str, Field(min_length=1, max_length=100)]
    generation: Annotated[int, Field(ge=0)] = 1
    tts_type: Annotated[str, Field(min_length=1, max_length=100)]
    language: Language


class EmbedInput(_Job):
    """Embed each sample, speak the test samples, score the samples."""

    action: Literal["embed"]
    samples: Annotated[tuple[InputSample, ...], Field(min_length=1)]
    consents: tuple[InputConsent, ...] = ()
    test_sentences: tuple[Annotated[str, Field(min_length=1, max_length=1000)], ...]
    results: EmbedTargets

    @model_validator(mode="after")
    def _targets_are_known(self) -> Self:
        indexes = {sample.index for sample in self.samples}
        if len(indexes) < len(self.samples):
            raise ValueError("samples must not hold an index twice")
        pairs = [(target.sample_index, target.sentence_index) for target in self.results.test_samples]
        if len(set(pairs)) < len(pairs):
            raise ValueError("results.test_samples must not hold the same sample and sentence twice")
        for sample_index, sentence_index in pairs:
            if sample_index not in indexes:
                raise ValueError(f"results.test_samples names sample {sample_index}, which is not in samples")
            if sentence_index > len(self.test_sentences):
                raise ValueError(f"results.test_samples names sentence {sentence_index}, which does not exist")
        return self


class EmbeddingSource(_Part):
    """An embedding that this handler made earlier."""

    url: Url
    """Signed GET."""
    sha256: Sha256
    bytes: Annotated[int, Field(gt=0, le=1 << 30)]


class SpeakTargets(_Part):
    """Where the spoken text goes."""

    speech: Url
    """Signed PUT, audio/ogg."""
    output: Url
    """Signed PUT, application/json: the handler's output, written last."""


class SpeakInput(_Job):
    """Speak a text with one embedding."""

    action: Literal["speak"]
    embedding: EmbeddingSource
    text: Annotated[str, Field(min_length=1, max_length=500)]
    seed: Annotated[int, Field(ge=0, lt=1 << 32)]
    """The same seed, text and embedding give the same audio on the same machine."""
    results: SpeakTargets


Input = Annotated[EmbedInput | SpeakInput, Field(discriminator="action")]
_input: TypeAdapter[EmbedInput | SpeakInput] = TypeAdapter(Input)


def parse_input(value: object) -> EmbedInput | SpeakInput:
    """Checks the `input` of a job.

    Raises:
        JobFailure: `old_contract`, or `invalid_input` with a sentence that names the first wrong field and never its
            value, which may be a signed link.
    """
    if isinstance(value, dict) and value.get("version") == 1:
        message = "This GPU handler needs version 2 of the contract: set RUNPOD_CONTRACT to 2, or leave it out"
        raise JobFailure("old_contract", message)
    try:
        return _input.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        # The discriminator puts the action's name in front of the field's place.
        place = [str(step) for step in first["loc"] if step not in ("embed", "speak")]
        name = ".".join(["input", *place])
        raise JobFailure("invalid_input", f"{name} is wrong: {first['msg']}") from None


class Engine(_Part):
    """What made the results. An embedding works only with the same `model` and `revision`."""

    name: str
    version: str
    model: str
    revision: str
    scorer: str
    """Its name and revision. Scores of two scorers cannot be compared."""


class Embedding(_Part):
    """An embedding as it was uploaded."""

    sample_index: Index
    bytes: int
    sha256: str
    seconds_used: float
    """How much of the sample the model heard."""


class TestSample(_Part):
    """A test sample as it was uploaded."""

    __test__ = False

    sample_index: Index
    sentence_index: Index
    duration: float
    bytes: int
    sha256: str


class SampleScore(_Part):
    """How much a sample's embedding sounds like the voice: -1 to 1, higher is better."""

    sample_index: Index
    score: float
    lowest_part_score: float | None = None
    """How much the part of the sample's recording that is least similar to the voice sounds like it: -1 to 1."""


class FailedSample(_Part):
    """A sample without results, and why."""

    sample_index: Index
    code: str
    message: str


class ConsentScore(_Part):
    """How much a recorded consent sounds like the samples: -1 to 1, higher is more alike."""

    id: str
    score: float


class EmbedSeconds(_Part):
    """Seconds that each part of an embedding took. `load` is 0 if the model was loaded already."""

    load: float
    embedding: float
    testing: float
    scoring: float


class EmbedMeasures(_Part):
    """For operators. Timbre keeps these figures and decides nothing by them."""

    device: str
    seconds: EmbedSeconds
    compared_with: Literal["others", "itself"]
    """What the scores compare with. `itself`: there was only one sample."""


class EmbedOutput(_Part):
    """The result of `embed`."""

    version: Literal[2] = 2
    job: str
    tts_type: str
    engine: Engine
    embeddings: tuple[Embedding, ...]
    test_samples: tuple[TestSample, ...]
    sample_scores: tuple[SampleScore, ...]
    failed_samples: tuple[FailedSample, ...]
    consent_scores: tuple[ConsentScore, ...] = ()
    """Without recordings that could not be used: the embedding does not depend on them."""
    measures: EmbedMeasures


class Speech(_Part):
    """A spoken text as it was uploaded."""

    duration: float
    bytes: int
    sha256: str


class SpeakSeconds(_Part):
    """Seconds that each part of speaking took. `load` is 0 if the model was loaded already."""

    load: float
    testing: float


class SpeakMeasures(_Part):
    """For operators."""

    device: str
    seconds: SpeakSeconds


class SpeakOutput(_Part):
    """The result of `speak`."""

    version: Literal[2] = 2
    job: str
    tts_type: str
    engine: Engine
    speech: Speech
    measures: SpeakMeasures


Stage = Literal["embedding", "testing", "scoring"]
"""`speak` is all `testing`."""


class Progress(_Part):
    """What RunPod's /status shows as `output` while the handler runs."""

    stage: Stage
    done: int
    of: int
