"""Recordings are never clean; what is heard in them is told where speech recognition is installed."""

import io
import wave

import numpy as np
import pytest

from detectors.files.interface import Desk, Found, Outcome, Result
from detectors.files.media import speech
from detectors.files.media.speech import Said, can_hear, hear
from detectors.files.media.voice import judged
from detectors.interface import Kind
from tests.detectors.files.desk import look_into, looker
from tests.detectors.files.packing import NOTE, unzipped, zipped

RATE = 16_000


def recording(seconds: float = 1, rate: int = RATE) -> bytes:
    """A tone in a WAVE file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((tone(seconds, rate) * 20_000).astype("<i2").tobytes())
    return out.getvalue()


def tone(seconds: float, rate: int) -> np.ndarray:
    return np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)


def heard(*said: str) -> Result:
    def inside(part: object) -> Result:
        raise AssertionError

    lines = [Said(25 * n, text) for n, text in enumerate(said)]
    return judged(lines, "audio/wav", Desk(looker(), inside))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(recording(), id="wav"),
        pytest.param(b"#!AMR\n" + bytes(range(256)) * 4, id="amr"),
        pytest.param(b"OggS\0\2" + bytes(22) + b"\x01\x13OpusHead" + bytes(200), id="opus"),
        pytest.param(b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42" + bytes(200), id="m4a"),
    ],
)
def test_a_recording_is_quarantined_and_the_reason_said(data: bytes) -> None:
    result = look_into(data, "x")
    assert result.outcome is Outcome.QUARANTINED
    assert result.reason


def test_without_recognition_the_reason_says_so() -> None:
    result = look_into(recording(), "x.wav")
    assert result.type == "audio/wav"
    assert result.reason.startswith(
        "Nobody can tell what is said" if not can_hear() else "Nothing that identifies"
    )


def test_a_recording_is_taken_out_of_an_archive() -> None:
    result = look_into(zipped({"x.wav": recording(), "note.txt": NOTE}), "x.zip")
    assert list(unzipped(result.data)) == ["note.txt"]


@pytest.mark.parametrize(
    "said",
    [
        "Her NHS number is nine nine nine, zero zero zero, zero zero one eight.",
        "Her NHS number is 999 000 0018.",
        "Her NHS number is triple nine, triple oh, double oh one eight.",
    ],
)
def test_25_a_spoken_nhs_number_is_found(said: str) -> None:
    result = heard("Good morning.", said)
    assert result.outcome is Outcome.QUARANTINED
    assert Found(Kind.NHS_NUMBER, "second 25") in result.found
    assert "identifies a person" in result.reason


@pytest.mark.parametrize(
    "said", ["For NHS number is 999, 0-0-0-0-0-1-8.", "date of birth third on May", "077, 900, 123 4"]
)
def test_25_one_that_was_heard_wrongly_is_told_too(said: str) -> None:
    result = heard(said)
    assert Found("VOICE", "second 0") in result.found


def test_what_identifies_nobody_is_still_not_clean() -> None:
    result = heard("The pharmacy order for paracetamol is ready for collection.")
    assert (result.outcome, result.found) == (Outcome.QUARANTINED, ())
    assert "for certain" in result.reason


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_a_tone_stays_the_same_at_the_rate_of_the_model(rate: int) -> None:
    resampled = speech._resampled(tone(1, rate), rate)
    assert len(resampled) == RATE
    assert np.abs(resampled - tone(1, RATE)).max() < 0.01


def test_a_tone_stands_in_its_band_of_the_spectrogram() -> None:
    spectrogram = speech._spectrogram(tone(30, RATE))
    assert spectrogram.shape == (80, 3000)
    assert spectrogram.dtype == np.float32
    assert int(spectrogram[:, 1500].argmax()) == 11  # 427 to 467 Hz


needs_recognition = pytest.mark.skipif(not can_hear(), reason='the "voice" extra is not installed')


@needs_recognition
def test_recordings_are_heard_window_by_window() -> None:
    assert [said.at for said in hear(recording(40), 60)] == [0, 25]
    assert [said.at for said in hear(recording(60), 0)] == [0]


@needs_recognition
def test_what_cannot_be_decoded_is_said() -> None:
    with pytest.raises(ValueError, match="can be decoded"):
        list(hear(b"#!AMR\n" + bytes(100), 60))
