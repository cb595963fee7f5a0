"""The bench runs and prints its rows."""

import pytest

from bot.evaluation import bench


def test_a_measurement_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["accept", "--seconds", "0.2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert lines[0].startswith("accept at 100/s, p50")
    assert lines[1].endswith("wanted <50")


def test_a_name_that_is_none_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench.main(["nonsense"])
    assert "no such measurement: nonsense" in capsys.readouterr().err
