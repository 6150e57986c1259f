import json
from datetime import date

import pytest

from geomap.cli import main
from geomap.errors import InputError
from geomap.explanation import explain, find_incident
from geomap.layers import load_layers
from geomap.merging import merge
from geomap.model import Document
from geomap.pipeline import events

LAYERS = load_layers()[0]
TEXT = (
    "A missile struck a depot in Aden, Yemen, on Monday, killing three people, the Saudi army said. "
    "Local officials denied the attack. Oman condemned the strike."
)


@pytest.fixture(scope="module")
def built():
    document = Document("d", TEXT, publisher="The Paper", published=date(2024, 5, 7))
    found = [e for _, own in events([document], LAYERS) for e in own]
    return document, merge(found, [document], LAYERS)


def test_an_incident_is_explained_by_its_sentences_scores_and_claims(built):
    document, incidents = built
    strike = next(i for i in incidents if i.layer == "missile_strike")
    sections = {s.title.split(":")[0]: "\n".join(s.lines) for s in explain(strike, [document], LAYERS)}
    assert strike.id in sections["incident"]
    assert "A [missile struck] a depot" in sections["sentences"]
    assert "The Paper" in sections["sentences"]
    assert "tagger: missile_strike" in sections["type"]
    assert "Aden" in sections["place"]
    assert "2024-05-06" in sections["dates"]
    assert "killed: 3" in sections["casualties"]
    assert "denies" in sections["status"]
    assert sections["merging"]


def test_every_incident_can_be_explained(built):
    document, incidents = built
    for incident in incidents:
        assert all(s.lines for s in explain(incident, [document], LAYERS))


def test_the_beginning_of_an_id_is_enough_if_it_is_one_incidents(built):
    _, incidents = built
    assert find_incident(incidents, incidents[0].id[:10]) is incidents[0]
    with pytest.raises(InputError, match="no incident"):
        find_incident(incidents, "zz")
    with pytest.raises(InputError, match="incidents begin so"):
        find_incident(incidents, "")


def test_the_command(built, tmp_path, capsys):
    path = tmp_path / "news.txt"
    path.write_text(TEXT, encoding="utf-8")
    main(["build", str(path), "--published", "2024-05-07", "-o", str(tmp_path / "out"), "--quiet"])
    features = json.loads((tmp_path / "out" / "incidents.geojson").read_text(encoding="utf-8"))["features"]
    key = next(f["properties"]["id"] for f in features if f["properties"]["layer"] == "missile_strike")
    assert main(["explain", key[:12], str(path), "--published", "2024-05-07", "--quiet"]) == 0
    assert "[missile struck]" in capsys.readouterr().out
    assert main(["explain", key, str(path), "--published", "2024-05-07", "--quiet", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["title"] == "incident"
    assert main(["explain", "zz", str(path), "--quiet"]) == 1
    assert "no incident" in capsys.readouterr().err
