"""Audio in memory: decoding samples, encoding previews, and how much of a sample is speech.

PyAV brings FFmpeg's libraries in its wheels, so the machine needs no ffmpeg. Audio is mono float32, shape `[samples]`,
full scale at 1.
"""

from __future__ import annotations

import io
import math
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
import webrtcvad
from av.audio.resampler import AudioResampler
from scipy.signal import resample_poly

Audio = npt.NDArray[np.float32]

PREVIEW_BITS_PER_SECOND = 64_000
"""Opus is transparent for speech at 64 kbit/s and one channel (RFC 7587, section 3.1.1, recommends 24-40 kbit/s)."""

_VAD_RATE = 16_000
_VAD_FRAME = 480  # 30 ms, the longest frame of WebRTC's detector
_VAD_MODE = 1  # of 0-3: 3 misses soft voices
_FULL_SCALE = 32_767
_SILENCE_DBFS = -60.0
"""Frames below it are silence, whatever the detector says: dither of a 12-bit recording lies lower."""


class UnreadableAudio(Exception):
    """The bytes cannot be decoded as Ogg Opus."""


def decode_ogg_opus(data: bytes, rate: int) -> Audio:
    """Decodes an Ogg Opus file to mono at `rate` Hz.

    Only this container and this codec are opened, whatever the bytes look like.

    Raises:
        UnreadableAudio: if it is damaged, empty, or another format.
    """
    try:
        with av.open(io.BytesIO(data), mode="r", format="ogg") as container:
            if len(container.streams.audio) != 1 or container.streams.audio[0].codec_context.name not in _DECODERS:
                raise UnreadableAudio("not one Opus stream")
            resampler = AudioResampler(format="flt", layout="mono", rate=rate)
            blocks = [
                block.to_ndarray()[0]
                for frame in [*container.decode(audio=0), None]
                for block in resampler.resample(frame)
            ]
    except (av.FFmpegError, ValueError) as error:
        raise UnreadableAudio(str(error)) from error
    if sum(len(block) for block in blocks) == 0:
        raise UnreadableAudio("no audio")
    return np.concatenate(blocks)


_DECODERS = ("opus", "libopus")


def encode_ogg_opus(audio: Audio, rate: int) -> bytes:
    """Encodes mono audio as Ogg Opus. The same audio always gives the same bytes, and decodes to the same length.

    Args:
        audio: what is louder than full scale is clipped.
        rate: one that Opus has: 8, 12, 16, 24 or 48 kHz.
    """
    file = io.BytesIO()
    # Without bitexact, FFmpeg gives every stream a random serial number.
    with av.open(file, mode="w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=rate, layout="mono")
        stream.bit_rate = PREVIEW_BITS_PER_SECOND
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        frame = av.AudioFrame.from_ndarray(np.clip(audio, -1, 1)[np.newaxis, :], format="flt", layout="mono")
        frame.sample_rate = rate
        frame.time_base = Fraction(1, rate)
        frame.pts = 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return file.getvalue()


def resampled(audio: Audio, rate: int, to_rate: int) -> Audio:
    """Returns the audio at another rate in Hz."""
    if rate == to_rate:
        return audio
    shared = math.gcd(rate, to_rate)
    converted: Audio = resample_poly(audio, to_rate // shared, rate // shared).astype(np.float32)
    return converted


def speech_seconds(audio: Audio, rate: int) -> float:
    """Returns how much of the audio is a voice, in seconds, by WebRTC's detector in frames of 30 ms."""
    heard = resampled(audio, rate, _VAD_RATE)
    frames = heard[: len(heard) // _VAD_FRAME * _VAD_FRAME].reshape(-1, _VAD_FRAME)
    levels = 20 * np.log10(np.sqrt(np.mean(np.square(frames), axis=1)) + 1e-10)
    detector = webrtcvad.Vad(_VAD_MODE)
    pcm = np.round(np.clip(frames, -1, 1) * _FULL_SCALE).astype("<i2")
    voiced = sum(
        1
        for frame, level in zip(pcm, levels, strict=True)
        if level > _SILENCE_DBFS and detector.is_speech(frame.tobytes(), _VAD_RATE)
    )
    return voiced * _VAD_FRAME / _VAD_RATE
