"""presidio-image-redactor as it comes, with Presidio's UK recognisers and Tesseract, which must be on the machine.

Run by its path in `.venv-peers`: a JSON list of [picture, ours, theirs] on standard input; it writes `theirs`,
and says for each how long that took and what Tesseract reads in both copies.
"""

import json
import sys
import time
from typing import Any

import pytesseract
from PIL import Image
from presidio_image_redactor import ImageAnalyzerEngine, ImageRedactorEngine

from bot.evaluation.peers.presidio import analyser


def redact(engine: Any, picture: str, ours: str, theirs: str) -> dict[str, Any]:
    image = Image.open(picture).convert("RGB")
    began = time.perf_counter()
    engine.redact(image, fill=(0, 0, 0)).save(theirs)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "ours": _read(ours), "theirs": _read(theirs)}


def _read(path: str) -> str:
    return str(pytesseract.image_to_string(Image.open(path)))


if __name__ == "__main__":
    engine, asked = ImageRedactorEngine(ImageAnalyzerEngine(analyzer_engine=analyser())), json.load(sys.stdin)
    redact(engine, *asked[0])
    json.dump([redact(engine, *each) for each in asked], sys.stdout)
