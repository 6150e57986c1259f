import json

import pytest

from geomap.cli import main
from geomap.event_evaluation import GoldItem, evaluate_events, read_gold_events, score_events
from geomap.layers import load_layers
from geomap.model import Document

TEXT = "A ferry sank off Cebu on Monday, killing nine people, police said. Fishermen protested in Manila."
SANK = {
    "layer": "accident", "also": (), "trigger": "sank", "place": "off Cebu", "lat": 10.32, "lon": 123.89,
    "tolerance_km": 50.0, "start": "2024-05-06", "killed": [9, 9], "injured": None, "status": "claimed",
    "attributed_to": "police", "main": True,
}  # fmt: skip
PROTEST = {
    "layer": "protest", "also": ("riot",), "trigger": "protested", "place": "Manila", "lat": 14.6, "lon": 120.98,
    "tolerance_km": 25.0, "start": None, "killed": None, "injured": None, "status": "reported",
    "attributed_to": None, "main": True,
}  # fmt: skip


def gold(*events, text=TEXT):
    return [GoldItem(Document("1", text), events)]


def answer(layer, trigger, place=None, **more):
    start = TEXT.index(trigger)
    where = {"text": "x", "lat": place[0], "lon": place[1]} if place else None
    return {
        "layer": layer, "trigger": {"start": start, "end": start + len(trigger), "text": trigger}, "place": where,
        "start": None, "status": "reported", "killed": None, "injured": None, "attributed_to": None, **more,
    }  # fmt: skip


def test_all_right_scores_one():
    right = {"start": "2024-05-06", "killed": [9, 9], "status": "claimed", "attributed_to": "the police"}
    answers = [answer("accident", "sank", (10.4, 123.9), **right), answer("riot", "protested", (14.6, 121.0))]
    scores = score_events(gold(SANK, PROTEST), {"1": answers})
    for name in ("detection.f1", "type.f1", "located.f1", "start.right", "killed.right", "attributed_to.right"):
        assert scores[name] == 1, name


def test_a_wrong_type_is_detected_only():
    scores = score_events(gold(SANK), {"1": [answer("protest", "sank", (10.4, 123.9))]})
    assert (scores["detection.f1"], scores["type.f1"], scores["located.f1"]) == (1, 0, 0)


def test_a_place_too_far_or_none_is_not_located():
    for place in ((40.0, -80.0), None):
        scores = score_events(gold(SANK), {"1": [answer("accident", "sank", place)]})
        assert (scores["type.f1"], scores["located.f1"]) == (1, 0)


def test_background_is_neither_right_nor_wrong():
    background = PROTEST | {"main": False}
    found = [answer("accident", "sank", (10.4, 123.9)), answer("protest", "protested", (14.6, 121.0))]
    assert score_events(gold(SANK, background), {"1": found})["type.f1"] == 1
    assert score_events(gold(SANK, background), {"1": found[:1]})["type.f1"] == 1
    assert score_events(gold(SANK), {"1": found})["type.precision"] == 0.5


def test_texts_without_an_event_should_be_left_empty():
    items = [*gold(), GoldItem(Document("2", TEXT), ())]
    scores = score_events(items, {"1": [answer("accident", "sank")], "2": []})
    assert (scores["left_empty.n"], scores["left_empty.share"]) == (2, 0.5)


def test_errors_are_sorted_by_kind_and_types_counted():
    found = evaluate_events(gold(SANK | {"layer": "sanctions"}, PROTEST | {"lat": 0.0, "lon": 0.0}), load_layers()[0])
    kinds = {e.name: e for e in found.errors}
    assert kinds["wrong type"].count == 1
    assert "sanctions, given accident" in kinds["wrong type"].examples[0]
    assert kinds["wrong place"].count + kinds["place missing"].count == 1
    assert found.confusion["sanctions"] == {"accident": 1}


def line(**more):
    return json.dumps({"id": "1", "text": TEXT, "events": [SANK | more]}) + "\n"


@pytest.mark.parametrize(
    "bad",
    [
        "{", "[]\n", '{"id": "1"}\n', line(trigger="flew"), line(status="perhaps"), line(lat=100.0), line(layer=3),
        json.dumps({"text": TEXT, "events": [3]}) + "\n", json.dumps({"text": TEXT, "published": "x", "events": []}),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_and_the_others_are_read(tmp_path, bad):
    path = tmp_path / "gold.jsonl"
    path.write_text(bad.rstrip("\n") + "\n" + json.dumps({"id": "2", "text": TEXT, "events": []}), encoding="utf-8")
    items, problems = read_gold_events(path)
    assert [i.document.id for i in items] == ["2"]
    assert [p.where for p in problems] == [f"{path}:1"]


def test_the_command_prints_scores_errors_and_types(tmp_path, capsys):
    path = tmp_path / "gold.jsonl"
    path.write_text(line(), encoding="utf-8")
    assert main(["evaluate", str(path), "--events", "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "type.f1" in out
    assert "false alarm" in out
    floors = tmp_path / "floors.json"
    floors.write_text('{"type.f1": 1.1}', encoding="utf-8")
    assert main(["evaluate", str(path), "--events", "--quiet", "--json", "--floors", str(floors)]) == 1
    assert json.loads(capsys.readouterr().out)["documents"] == 1
