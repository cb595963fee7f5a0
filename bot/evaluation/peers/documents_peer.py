"""kreuzberg reads a document, Presidio says what it would hide of the text. Neither writes a redacted file.

Run by its path in `.venv-peers`: a JSON list of [path, media type] on standard input, a JSON list of answers out.
"""

import json
import sys
import time
from typing import Any

import kreuzberg

from bot.evaluation.peers.presidio import analyser


def answer(engine: Any, path: str, media_type: str) -> dict[str, Any]:
    """The text with everything that would be hidden taken out, and how long that took."""
    began = time.perf_counter()
    try:
        result = kreuzberg.extract_file_sync(path, media_type)
        text = "\n".join([result.content, json.dumps(result.metadata, default=str, ensure_ascii=False)])
    except Exception as error:  # noqa: BLE001 - what it cannot read, it does not find
        sys.stderr.write(f"{path}: {type(error).__name__}\n")
        text = ""
    found = engine.analyze(text=text, language="en") if text else []
    return {
        "hidden": [text[f.start : f.end] for f in found],
        "read": text,
        "seconds": time.perf_counter() - began,
    }


if __name__ == "__main__":
    engine, files = analyser(), json.load(sys.stdin)
    engine.analyze(text="Patient Margaret Thistlewood", language="en")
    json.dump([answer(engine, *file) for file in files], sys.stdout)
