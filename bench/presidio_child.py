"""Presidio's analyzer, a child of `bench/redaction.py` in an environment that has it.

First it prints what it is. Then each line on standard input is a JSON list `[names, texts]`, and each line on standard
output `[processor seconds so far, spans]`, spans of every text as `[[[start, end], …], …]`. Presidio's default spaCy
model comes from no package registry, so the English one that is installed is used, as its documents say for another.
"""

from __future__ import annotations

import json
import pkgutil
import sys
import time
from importlib import metadata

from presidio_analyzer import AnalyzerEngine, PatternRecognizer
from presidio_analyzer.nlp_engine import NlpEngineProvider


def main() -> None:
    """Answer lines until there are no more."""
    model = min((m.name for m in pkgutil.iter_modules() if m.name.startswith("en_core_web_")), default="")
    if not model:
        sys.exit("Install a spaCy model: en_core_web_lg, _md or _sm.")
    given = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": model}]}
    engine = AnalyzerEngine(
        nlp_engine=NlpEngineProvider(nlp_configuration=given).create_engine(), supported_languages=["en"]
    )
    print(f"presidio-analyzer {metadata.version('presidio-analyzer')}, {model}", flush=True)
    for line in sys.stdin:
        names, texts = json.loads(line)
        more = [PatternRecognizer(supported_entity="PROTECTED", deny_list=names)] if names else None
        rows = [engine.analyze(text, language="en", ad_hoc_recognizers=more) for text in texts]
        spans = [[[r.start, r.end] for r in row] for row in rows]
        print(json.dumps([time.process_time(), spans]), flush=True)


if __name__ == "__main__":
    main()
