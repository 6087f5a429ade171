"""Decoding, encoding, and finding speech."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest
from recordings import LANGUAGES, RATE, Recordings

from timbre_gpu.audio import Audio, UnreadableAudio, decode_ogg_opus, encode_ogg_opus, resampled, speech_seconds


def tone(seconds: float, rate: int, hertz: float = 220, level: float = 0.3) -> Audio:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


@pytest.mark.parametrize("length", [960, 24_000, 50_001, 77_777])
def test_encoded_audio_decodes_to_the_same_length(length: int) -> None:
    audio = tone(length / 24_000, 24_000)
    assert len(decode_ogg_opus(encode_ogg_opus(audio, 24_000), 24_000)) == length


def test_encoded_audio_sounds_the_same() -> None:
    audio = tone(1, 24_000)
    decoded = decode_ogg_opus(encode_ogg_opus(audio, 24_000), 24_000)
    middle = slice(6_000, 18_000)
    assert np.corrcoef(audio[middle], decoded[middle])[0, 1] > 0.99


def test_the_same_audio_gives_the_same_bytes(recordings: Recordings) -> None:
    audio = recordings.audio("it", 10, 3)
    assert encode_ogg_opus(audio, RATE) == encode_ogg_opus(audio, RATE)


def test_what_is_too_loud_is_clipped() -> None:
    decoded = decode_ogg_opus(encode_ogg_opus(tone(0.5, 24_000, level=9), 24_000), 24_000)
    assert np.abs(decoded).max() < 1.5


def test_decodes_to_another_rate(recordings: Recordings) -> None:
    assert len(decode_ogg_opus(recordings.sample("en", seconds=2), 24_000)) == 48_000


def wav(audio: Audio) -> bytes:
    file = io.BytesIO()
    with av.open(file, mode="w", format="wav") as container:
        stream = container.add_stream("pcm_s16le", rate=24_000, layout="mono")
        pcm = (audio * 32_767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(pcm[np.newaxis, :], format="s16", layout="mono")
        frame.sample_rate = 24_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return file.getvalue()


@pytest.mark.parametrize("case", ["nothing", "a WAV file", "its first bytes", "zeros", "a playlist"])
def test_refuses_what_is_not_ogg_opus(case: str) -> None:
    data = {
        "nothing": b"",
        "a WAV file": wav(tone(1, 24_000)),
        "its first bytes": encode_ogg_opus(tone(1, 24_000), 24_000)[:60],
        "zeros": bytes(10_000),
        "a playlist": b"#EXTM3U\nfile:///etc/passwd\n",
    }[case]
    with pytest.raises(UnreadableAudio):
        decode_ogg_opus(data, 24_000)


def test_resampling_keeps_the_tone() -> None:
    expected = tone(1, 16_000)
    converted = resampled(tone(1, 48_000), 48_000, 16_000)
    middle = slice(4_000, 12_000)
    assert np.abs(converted[middle] - expected[middle]).max() < 0.01
    assert resampled(expected, 16_000, 16_000) is expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_hears_speech(recordings: Recordings, language: str) -> None:
    assert speech_seconds(recordings.audio(language, 0, 15), RATE) > 9


def test_hears_none_in_silence_in_hiss_and_in_a_tone() -> None:
    hiss = np.random.default_rng(1).normal(0, 0.0005, RATE * 3).astype(np.float32)
    assert speech_seconds(np.zeros(RATE * 3, dtype=np.float32), RATE) == 0
    assert speech_seconds(hiss, RATE) == 0
    assert speech_seconds(tone(3, RATE), RATE) < 0.5
    assert speech_seconds(np.zeros(10, dtype=np.float32), RATE) == 0
