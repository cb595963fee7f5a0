"""What the repository holds: only invented people, in ranges that are never issued."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BINARY = {".png", ".heic", ".onnx", ".lock", ".ico"}
MACHINE_MADE = {"constraints.txt", "constraints-dev.txt", "tokenizer.json"}

NUMBER = re.compile(r"(?<![\w.])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w.])")
ISSUED = range(400_000_000, 500_000_000), range(600_000_000, 800_000_000)
"""The first nine digits of NHS numbers in use (NHS Data Dictionary); 999 is for tests."""

MOBILE = re.compile(r"(?<![\w.])(?:\+44[ ]?7|0044[ ]?7|07)\d{3}[ -]?\d{3}[ -]?\d{3}(?![\w.])")
EMAIL = re.compile(r"[\w.+-]+@((?:[\w-]+\.)+[a-z]{2,}\d?)", re.IGNORECASE)
NEVER_ISSUED = {"QQ", "BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}  # HMRC, NIM39110
NINO = re.compile(r"\b([A-CEGHJ-PR-TW-Z]{2}) ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b")


def texts() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True,
        check=True,
    )  # fmt: skip
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.suffix not in BINARY and path.name not in MACHINE_MADE and path.is_file():
            yield name, path.read_text("utf-8", errors="replace")


def passes(digits: str) -> bool:
    check = 11 - sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
    return (0 if check == 11 else check) == int(digits[9])


def test_no_nhs_number_that_could_be_somebodys() -> None:
    found = [
        (name, m.group())
        for name, text in texts()
        for m in NUMBER.finditer(text)
        if passes(digits := re.sub(r"\D", "", m.group())) and any(int(digits[:9]) in r for r in ISSUED)
    ]
    assert found == []


def test_no_mobile_phone_that_could_be_somebodys() -> None:
    drama = ("7700900", "07700900")  # Ofcom's range for drama
    numbers = [
        (n, re.sub(r"^(?:\+?44|0044)", "", re.sub(r"[ -]", "", m.group())))
        for n, t in texts()
        for m in MOBILE.finditer(t)
    ]
    assert [(name, number) for name, number in numbers if not number.startswith(drama)] == []


def test_no_address_that_could_be_somebodys() -> None:
    kept = re.compile(
        r"(?:\.example|^example\.(?:com|org|net)|\.invalid|\.test|thread\.tacv2|unq\.gbl\.spaces|odata\.\w+)$",
        re.IGNORECASE,
    )
    found = [
        (name, m.group()) for name, text in texts() for m in EMAIL.finditer(text) if not kept.search(m[1])
    ]
    assert found == []


def test_no_national_insurance_number_that_could_be_somebodys() -> None:
    assert [(n, m.group()) for n, t in texts() for m in NINO.finditer(t) if m[1] not in NEVER_ISSUED] == []
