"""The action `embed`: an embedding for each sample, test samples by the embeddings, scores of samples and consents.

May run twice for one job, as RunPod may do: every object is uploaded whole, to the link of the input, and on a CPU both
runs make the same bytes.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from timbre_gpu.audio import Audio, UnreadableAudio, decode_ogg_opus, encode_ogg_opus, speech_seconds
from timbre_gpu.contract import (
    ConsentScore,
    Embedding,
    EmbedInput,
    EmbedMeasures,
    EmbedOutput,
    EmbedSeconds,
    FailedSample,
    InputConsent,
    InputSample,
    SampleScore,
    TestSample,
    TestSampleTarget,
)
from timbre_gpu.engine import MAX_PROMPT_SECONDS
from timbre_gpu.failures import JobFailure, SampleFailure
from timbre_gpu.run import Run
from timbre_gpu.transfer import Stored
from timbre_gpu.voiceprint import Voiceprint, centroid, lowest_part_scores, sample_scores, similarity

MIN_SPEECH_SECONDS = 0.5
"""A sample with less voice than that is silent, as far as cloning is concerned."""
_MIN_PART_SECONDS = 4.0
"""A shorter part of a sample says more about its words than about who speaks."""
_MIN_PART_SPEECH_SECONDS = 1.0
"""A part with less voice than that is not compared."""
_MISSING_SECONDS = 0.5
"""A sample that decodes to so much less than the input says has lost its end."""


@dataclass
class _Heard:
    """A sample that was embedded."""

    sample: InputSample
    path: Path
    seconds_used: float
    stored: Future[Stored]
    voiceprint: Voiceprint
    """Of the recording."""
    parts: list[Voiceprint]
    """Of its parts."""
    said: list[Voiceprint] = field(default_factory=list)
    test_samples: list[tuple[TestSampleTarget, float, Future[Stored]]] = field(default_factory=list)
    """With the duration of each."""

    def discard(self, _: Future[Stored]) -> None:
        """Removes the file, after its upload: with large models, those of a whole voice have gigabytes."""
        self.path.unlink(missing_ok=True)


def embed(job: EmbedInput, run: Run) -> EmbedOutput:
    """Makes and uploads everything except the output.

    Raises:
        JobFailure: with a sentence for the client.
        Cancelled: within one sentence after the cancellation.
    """
    failed: list[FailedSample] = []
    heard = _spoken(job, run, _heard(job, run, failed), failed)
    scores = _scored(run, heard)
    consents = _compared(job.consents, run, heard)
    failed.sort(key=lambda sample: sample.sample_index)
    return EmbedOutput(
        job=job.job,
        tts_type=job.tts_type,
        engine=run.engine,
        embeddings=tuple(_embedding(each) for each in heard),
        test_samples=tuple(test_sample for each in heard for test_sample in _test_samples(each)),
        sample_scores=scores,
        failed_samples=tuple(failed),
        consent_scores=tuple(consents),
        measures=EmbedMeasures(
            device=run.tts.device,
            seconds=EmbedSeconds(
                load=run.clock.of("load"),
                embedding=run.clock.of("embedding"),
                testing=run.clock.of("testing"),
                scoring=run.clock.of("scoring"),
            ),
            compared_with="others" if len(heard) > 1 else "itself",
        ),
    )


def seed_of(sha256: str, sentence_index: int) -> int:
    """Returns the seed of a test sample: the same for the same sample and sentence, different for all others."""
    return int.from_bytes(hashlib.sha256(f"{sha256}/{sentence_index}".encode()).digest()[:4], "big")


def _heard(job: EmbedInput, run: Run, failed: list[FailedSample]) -> list[_Heard]:
    """Embeds the samples. Adds those that fail to `failed`."""
    count = run.counter("embedding", len(job.samples))
    heard: list[_Heard] = []
    for sample in job.samples:
        run.go_on()
        try:
            heard.append(_hear(sample, run))
        except SampleFailure as failure:
            failed.append(_failure_of(sample, failure))
        count()
    _some_must_be_left(heard, failed)
    return heard


def _hear(sample: InputSample, run: Run) -> _Heard:
    with run.clock.measure("embedding"):
        what = f"Sample {sample.index}"
        data = run.transfer.recording(sample.url, sample.sha256, what)
        audio = speech_of(data, run.tts.rate, sample.duration, what)
        path = run.folder / f"{sample.index}.safetensors"
        run.tts.save(run.tts.hear(audio), path)
        stored = run.results.send(
            sample.embedding_url, "application/octet-stream", path, f"The embedding of sample {sample.index}"
        )
    with run.clock.measure("scoring"):
        voiceprint = run.scorer.voiceprint(audio, run.tts.rate)
        parts = [run.scorer.voiceprint(part, run.tts.rate) for part in parts_of(audio, run.tts.rate)]
    return _Heard(sample, path, round(len(audio) / run.tts.rate, 3), stored, voiceprint, parts)


def parts_of(audio: Audio, rate: int) -> list[Audio]:
    """Divides a sample into equal parts of 4 to 8 s and returns those in which somebody speaks.

    Returns:
        none if the sample is shorter than two parts.
    """
    count = int(len(audio) / rate / _MIN_PART_SECONDS)
    parts = np.array_split(audio, count) if count > 1 else []
    return [part for part in parts if speech_seconds(part, rate) >= _MIN_PART_SPEECH_SECONDS]


def speech_of(data: bytes, rate: int, duration: float, what: str) -> Audio:
    """Decodes a recording and checks that there is somebody to clone.

    Args:
        duration: what the input says, in seconds.
        what: names the recording in a failure, as the start of a sentence.

    Returns:
        mono at `rate` Hz, at most `MAX_PROMPT_SECONDS` long.

    Raises:
        SampleFailure: `damaged` or `no_speech`.
    """
    try:
        audio = decode_ogg_opus(data, rate)
    except UnreadableAudio as error:
        raise SampleFailure("damaged", f"{what} cannot be decoded as Ogg Opus") from error
    seconds = len(audio) / rate
    if seconds < duration - _MISSING_SECONDS:
        message = f"{what} holds {seconds:.1f} s of audio, not {duration:.1f} s"
        raise SampleFailure("damaged", message)
    used = audio[: int(MAX_PROMPT_SECONDS * rate)]
    if speech_seconds(used, rate) < MIN_SPEECH_SECONDS:
        raise SampleFailure("no_speech", f"Nobody speaks in {what[0].lower()}{what[1:]}")
    return used


def _spoken(job: EmbedInput, run: Run, heard: list[_Heard], failed: list[FailedSample]) -> list[_Heard]:
    """Speaks the test samples. Returns the samples whose embeddings could, and adds the others to `failed`."""
    count = run.counter("testing", len(job.results.test_samples))
    able: list[_Heard] = []
    for each in heard:
        targets = [target for target in job.results.test_samples if target.sample_index == each.sample.index]
        try:
            _speak(each, targets, job.test_sentences, run)
            able.append(each)
        except SampleFailure as failure:
            failed.append(_failure_of(each.sample, failure))
        for _ in targets:
            count()
        each.stored.add_done_callback(each.discard)
    _some_must_be_left(able, failed)
    return able


def _speak(each: _Heard, targets: list[TestSampleTarget], sentences: tuple[str, ...], run: Run) -> None:
    if not targets:
        return
    with run.clock.measure("testing"):
        state = run.tts.open(each.path)
    for target in targets:
        run.go_on()
        index, number = target.sample_index, target.sentence_index
        with run.clock.measure("testing"):
            seed = seed_of(each.sample.sha256, number)
            try:
                audio = run.tts.speak(state, sentences[number - 1], seed, run.cancelled)
            except JobFailure as failure:
                raise _of_sentence(failure, index, number) from failure
            preview = encode_ogg_opus(audio, run.tts.rate)
        stored = run.results.send(target.url, "audio/ogg", preview, f"Test sample {index}/{number}")
        each.test_samples.append((target, round(len(audio) / run.tts.rate, 3), stored))
        with run.clock.measure("scoring"):
            each.said.append(run.scorer.voiceprint(audio, run.tts.rate))


def _of_sentence(failure: JobFailure, index: int, number: int) -> JobFailure | SampleFailure:
    """Says which sample or which sentence a failure is about."""
    if failure.code == "cannot_speak":
        return SampleFailure("cannot_speak", f"The embedding of sample {index} cannot speak test sentence {number}")
    if failure.code == "nothing_to_speak":
        return JobFailure("nothing_to_speak", f"Test sentence {number} holds nothing that can be spoken")
    return failure


def _scored(run: Run, heard: list[_Heard]) -> tuple[SampleScore, ...]:
    run.go_on()
    count = run.counter("scoring", len(heard))
    with run.clock.measure("scoring"):
        said = {each.sample.index: each.said for each in heard}
        samples = {each.sample.index: each.voiceprint for each in heard}
        scores = sample_scores(said, samples)
        lowest = lowest_part_scores({each.sample.index: each.parts for each in heard}, samples)
    for _ in heard:
        count()
    return tuple(
        SampleScore(
            sample_index=index,
            score=round(score, 6),
            lowest_part_score=round(lowest[index], 6) if index in lowest else None,
        )
        for index, score in scores.items()
    )


def _compared(consents: tuple[InputConsent, ...], run: Run, heard: list[_Heard]) -> list[ConsentScore]:
    """Compares recorded consents with the middle of the samples. One that cannot be used gets no score."""
    middle = centroid([each.voiceprint for each in heard])
    scores: list[ConsentScore] = []
    for consent in consents:
        run.go_on()
        with run.clock.measure("scoring"):
            try:
                voiceprint = run.scorer.voiceprint(_consent_audio(consent, run), run.tts.rate)
            except SampleFailure:
                continue
            scores.append(ConsentScore(id=consent.id, score=round(similarity(voiceprint, middle), 6)))
    return scores


def _consent_audio(consent: InputConsent, run: Run) -> Audio:
    """Raises SampleFailure if nobody can be heard."""
    data = run.transfer.recording(consent.url, consent.sha256, "The recorded consent")
    return speech_of(data, run.tts.rate, consent.duration, "The recorded consent")


def _some_must_be_left(heard: list[_Heard], failed: list[FailedSample]) -> None:
    if not heard:
        raise JobFailure("all_samples_failed", f"No sample can be used. {failed[0].message}")


def _failure_of(sample: InputSample, failure: SampleFailure) -> FailedSample:
    return FailedSample(sample_index=sample.index, code=failure.code, message=str(failure))


def _embedding(each: _Heard) -> Embedding:
    stored = each.stored.result()
    return Embedding(
        sample_index=each.sample.index, bytes=stored.bytes, sha256=stored.sha256, seconds_used=each.seconds_used
    )


def _test_samples(each: _Heard) -> list[TestSample]:
    return [
        TestSample(
            sample_index=target.sample_index,
            sentence_index=target.sentence_index,
            duration=duration,
            bytes=stored.result().bytes,
            sha256=stored.result().sha256,
        )
        for target, duration, stored in each.test_samples
    ]
