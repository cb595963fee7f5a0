"""Videos: sampled frames are seen as pictures; a video is never clean."""

import struct
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from detectors.files.interface import Found, Limits, Outcome, Unreadable
from detectors.files.media.atoms import texts
from detectors.files.media.video import frames
from detectors.interface import Kind
from tests.conftest import SHARED
from tests.detectors.files.desk import look_into
from tests.detectors.files.packing import NOTE, unzipped, zipped

SIZE = (640, 360)
RATE = 10
NHS = "NHS number 999 000 0018"


def screen(*lines: str) -> Image.Image:
    picture = Image.new("RGB", SIZE, "white")
    font = ImageFont.load_default(28)
    for number, line in enumerate(lines):
        ImageDraw.Draw(picture).text((20, 20 + 50 * number), line, "black", font)
    return picture


def astronaut() -> Image.Image:
    with Image.open(SHARED / "eval/files/face_astronaut.png") as picture:
        return picture.convert("RGB").crop((0, 0, 512, 288)).resize(SIZE)


def video(folder: Path, seconds: Sequence[Image.Image], kind: str = "mp4", code: str = "mp4v") -> bytes:
    """Each picture is shown for a second."""
    path = folder / f"x.{kind}"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*code), RATE, SIZE)
    assert writer.isOpened()
    for picture in seconds:
        for _ in range(RATE):
            writer.write(cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR))
    writer.release()
    return path.read_bytes()


@pytest.mark.parametrize(("kind", "code"), [("mp4", "mp4v"), ("avi", "MJPG"), ("webm", "VP80")])
def test_what_a_frame_shows_is_told_with_its_second(tmp_path: Path, kind: str, code: str) -> None:
    data = video(
        tmp_path, [screen("Rota for May"), screen("Rota for May"), screen("Rota for May", NHS)], kind, code
    )
    result = look_into(data, f"x.{kind}")
    assert result.outcome is Outcome.QUARANTINED
    assert Found(Kind.NHS_NUMBER, "second 2") in result.found
    assert "identifies a person" in result.reason


def test_a_face_is_told(tmp_path: Path) -> None:
    result = look_into(video(tmp_path, [screen("Rota"), astronaut()]), "x.mp4")
    assert result.outcome is Outcome.QUARANTINED
    assert Found("FACE", "second 1") in result.found


def test_a_video_in_which_nothing_was_seen_is_not_clean(tmp_path: Path) -> None:
    result = look_into(video(tmp_path, [screen("The store room is open")]), "x.mp4")
    assert (result.outcome, result.found) == (Outcome.QUARANTINED, ())
    assert "sound" in result.reason


def test_a_video_is_taken_out_of_an_archive(tmp_path: Path) -> None:
    data = zipped({"x.mp4": video(tmp_path, [screen(NHS)]), "note.txt": NOTE})
    result = look_into(data, "x.zip")
    assert list(unzipped(result.data)) == ["note.txt"]


def test_frames_are_sampled_and_those_alike_left_out(tmp_path: Path) -> None:
    still = video(tmp_path, [screen("Rota")] * 5)
    assert [frame.at for frame in frames(still, Limits())] == [0]
    line = video(tmp_path, [screen("Rota"), screen("Rota", NHS), screen("Rota", NHS)])
    assert [frame.at for frame in frames(line, Limits())] == [0, 1]


def test_no_more_frames_than_the_limit(tmp_path: Path) -> None:
    data = video(tmp_path, [Image.new("RGB", SIZE, (40 * n, 0, 0)) for n in range(6)])
    assert len(list(frames(data, Limits(frames=3)))) == 3


def test_frames_that_are_too_large_are_refused(tmp_path: Path) -> None:
    result = look_into(video(tmp_path, [screen("Rota")]), "x.mp4", pixels=1000)
    assert (result.outcome, result.stops) == (Outcome.QUARANTINED, True)


def test_a_damaged_video_quarantines(tmp_path: Path) -> None:
    data = video(tmp_path, [screen("Rota")])
    assert look_into(data[: len(data) // 2], "x.mp4").outcome is Outcome.QUARANTINED
    with pytest.raises(Unreadable):
        list(frames(b"\0\0\0\x18ftypmp42" + bytes(500), Limits()))


def box(kind: bytes, contents: bytes) -> bytes:
    return struct.pack(">L4s", 8 + len(contents), kind) + contents


def test_the_description_of_a_video_is_read(tmp_path: Path) -> None:
    title = f"Margaret Whitlock, {NHS}".encode()
    described = box(b"moov", box(b"udta", box(b"\xa9nam", struct.pack(">2H", len(title), 0) + title)))
    assert f"Margaret Whitlock, {NHS}" in texts(described)
    result = look_into(video(tmp_path, [screen("Rota")]) + described, "x.mp4")
    assert Found(Kind.NHS_NUMBER, "the video's description") in result.found


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 7, box(b"moov", b"\0" * 100), struct.pack(">L4s", 1, b"moov"), struct.pack(">L4s", 4, b"udta"),
     struct.pack(">L4sQ", 1, b"moov", 3), box(b"moov", struct.pack(">L4s", 0xFFFFFFFF, b"udta"))],
)  # fmt: skip
def test_damaged_boxes_hold_nothing(data: bytes) -> None:
    assert texts(data) == []
