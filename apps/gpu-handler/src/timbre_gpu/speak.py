"""The action `speak`: one text with one embedding."""

from __future__ import annotations

from timbre_gpu.audio import encode_ogg_opus
from timbre_gpu.contract import SpeakInput, SpeakMeasures, SpeakOutput, SpeakSeconds, Speech
from timbre_gpu.run import Run


def speak(job: SpeakInput, run: Run) -> SpeakOutput:
    """Speaks the text and uploads it, everything except the output. May run twice.

    Raises:
        JobFailure: with a sentence for the client.
        Cancelled: within one frame after the cancellation.
    """
    count = run.counter("testing", 1)
    with run.clock.measure("testing"):
        path = run.folder / "voice.safetensors"
        path.write_bytes(run.transfer.embedding(job.embedding.url, job.embedding.sha256, job.embedding.bytes))
        audio = run.tts.speak(run.tts.open(path), job.text, job.seed, run.cancelled)
        speech = encode_ogg_opus(audio, run.tts.rate)
    stored = run.results.send(job.results.speech, "audio/ogg", speech, "The speech").result()
    count()
    return SpeakOutput(
        job=job.job,
        tts_type=job.tts_type,
        engine=run.engine,
        speech=Speech(duration=round(len(audio) / run.tts.rate, 3), bytes=stored.bytes, sha256=stored.sha256),
        measures=SpeakMeasures(
            device=run.tts.device, seconds=SpeakSeconds(load=run.clock.of("load"), testing=run.clock.of("testing"))
        ),
    )
