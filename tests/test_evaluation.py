import json
from pathlib import Path

import pytest

from geomap.cli import main
from geomap.errors import InputError
from geomap.evaluation import GoldDocument, GoldToponym, evaluate, read_floors, read_gold, score_places
from geomap.model import Document, Place, Span, Toponym

TEXT = "A ferry sank off Cebu on Monday; Manila sent divers."


def place(name, latitude, longitude):
    return Place(f"test:{name}", name, latitude, longitude, "city", "PH", None, 100_000)


def toponym(name, latitude=None, longitude=None, score=0.9, radius=5.0, text=TEXT, candidates=()):
    start = text.index(name)
    found = place(name, latitude, longitude) if latitude is not None else None
    own = (found, *candidates) if found else ()
    return Toponym(Span(start, start + len(name), name), "literal", None, found, None, "town", radius, score, own)


GOLD = [
    GoldDocument(
        Document("1", TEXT),
        (
            GoldToponym(TEXT.index("Cebu"), TEXT.index("Cebu") + 4, 10.32, 123.89),
            GoldToponym(TEXT.index("Manila"), TEXT.index("Manila") + 6, 14.6, 120.98),
        ),
    )
]


def line(text="Rain in Cebu.", toponyms=({"start": 8, "end": 12, "lat": 10.3, "lon": 123.9},), **more):
    return json.dumps({"id": "a", "text": text, "toponyms": list(toponyms), **more}) + "\n"


def test_all_right_scores_one():
    scores = score_places(GOLD, {"1": [toponym("Cebu", 10.32, 123.89), toponym("Manila", 14.6, 120.98)]})
    assert scores["recognition.exact.f1"] == scores["geoparsing.f1"] == 1
    assert scores["end_to_end.within_161_km"] == scores["sure.within_radius"] == 1
    assert scores["end_to_end.mean_km"] == 0


def test_what_is_not_found_is_half_the_world_away():
    scores = score_places(GOLD, {"1": [toponym("Cebu", 10.32, 123.89)]})
    assert scores["recognition.exact.precision"] == 1
    assert scores["recognition.exact.recall"] == 0.5
    assert scores["resolution.n"] == 1
    assert scores["end_to_end.n"] == 2
    assert scores["end_to_end.mean_km"] == pytest.approx(20_039 / 2, abs=0.1)
    assert scores["end_to_end.within_161_km"] == 0.5


def test_a_namesake_elsewhere_is_recognized_and_not_right():
    scores = score_places(GOLD, {"1": [toponym("Cebu", 40.0, -80.0), toponym("Manila", 14.6, 120.98)]})
    assert scores["recognition.exact.f1"] == 1
    assert scores["geoparsing.f1"] == 0.5
    assert scores["sure.within_radius"] == 0.5


def test_overlap_counts_for_overlap_only():
    scores = score_places(GOLD, {"1": [toponym("Cebu on", 10.32, 123.89)]})
    assert scores["recognition.exact.f1"] == 0
    assert scores["recognition.overlap.precision"] == 1
    assert scores["resolution.within_10_km"] == 1
    assert scores["geoparsing.f1"] == 0


def test_gold_without_a_position_counts_for_recognition_alone():
    gold = [GoldDocument(GOLD[0].document, (GoldToponym(TEXT.index("Cebu"), TEXT.index("Cebu") + 4, None, None),))]
    scores = score_places(gold, {"1": [toponym("Cebu", 0.0, 0.0)]})
    assert scores["recognition.exact.f1"] == 1
    assert scores["end_to_end.n"] == 0
    assert scores["geoparsing.f1"] == 0


def test_errors_are_told_by_kind(tmp_path):
    path = tmp_path / "gold.jsonl"
    text = "The flood reached Sylhet in Bangladesh. Nothing was heard of Xyrmia."
    marked = [
        {"start": text.index("Sylhet"), "end": text.index("Sylhet") + 6, "lat": -40.0, "lon": 10.0},
        {"start": text.index("Bangladesh"), "end": text.index("Bangladesh") + 10, "lat": 24.0, "lon": 90.0},
        {"start": text.index("heard"), "end": text.index("heard") + 5, "lat": None, "lon": None},
    ]
    path.write_text(line(text, marked), encoding="utf-8")
    gold, problems = read_gold(path)
    assert problems == []
    result = evaluate(gold)
    kinds = {e.name: e for e in result.errors}
    assert kinds["missed"].count == 1
    assert "[heard]" in kinds["missed"].examples[0]
    assert kinds["not in gazetteer"].count == 1
    assert "[Sylhet]" in kinds["not in gazetteer"].examples[0]
    assert kinds["inexact"].count == kinds["wrong namesake"].count == 0


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("{", "Expecting"),
        ("[]", "a line must be"),
        ('{"text": "x"}', "toponyms"),
        (line(toponyms=[{"start": 5, "end": 99}]), "outside the text"),
        (line(toponyms=[{"start": 8, "end": 12, "lat": 91, "lon": 0}]), "no position"),
        (line(toponyms=[{"start": 8, "end": 12, "lat": "x", "lon": 0}]), "x"),
        (line() + line(), "twice"),
    ],
)
def test_a_bad_line_is_reported_and_the_others_go_on(tmp_path, bad, says):
    path = tmp_path / "gold.jsonl"
    path.write_text(bad.rstrip("\n") + "\n" + line(id="good"), encoding="utf-8")
    gold, (problem,) = read_gold(path)
    assert "good" in {g.document.id for g in gold}
    assert says in str(problem)
    assert "gold.jsonl:" in str(problem)


def test_what_can_not_be_read_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.jsonl"):
        read_gold(tmp_path / "none.jsonl")
    for content in ("{", "[1]", '{"a": "b"}'):
        (tmp_path / "floors.json").write_text(content)
        with pytest.raises(InputError, match=r"floors\.json"):
            read_floors(tmp_path / "floors.json")


def test_the_command_prints_scores_and_holds_floors(tmp_path, capsys):
    corpus, floors = tmp_path / "gold.jsonl", tmp_path / "floors.json"
    corpus.write_text(line(), encoding="utf-8")
    floors.write_text('{"recognition.exact.f1": 0.5}')
    assert main(["evaluate", str(corpus), "--json", "--floors", str(floors)]) == 0
    scores = json.loads(capsys.readouterr().out)["scores"]
    assert scores["recognition.exact.f1"] == 1
    floors.write_text('{"recognition.exact.f1": 1.5, "no.such": 0}')
    assert main(["evaluate", str(corpus), "--floors", str(floors)]) == 1
    printed = capsys.readouterr()
    assert "recognition.exact.f1  " in printed.out
    assert "recognition.exact.f1 is 1.0, below its floor of 1.5" in printed.err
    assert "no.such" in printed.err
    corpus.write_text("\n", encoding="utf-8")
    assert main(["evaluate", str(corpus)]) == 1


def test_our_own_texts_are_gold():
    gold, problems = read_gold(Path(__file__).parents[1] / "benchmarks" / "texts" / "places.jsonl")
    assert problems == []
    assert len(gold) >= 40
    for item in gold:
        names = [item.document.text[t.start : t.end] for t in item.toponyms]
        assert all(n == n.strip(" ,;") and n for n in names), names
