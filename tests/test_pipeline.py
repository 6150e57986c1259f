"""What a build of the demonstration promises, on our own retelling of one real day."""

from datetime import date
from pathlib import Path

import pytest
from shapely.geometry import Point

import geomap
from geomap import pipeline
from geomap.errors import EmptyError
from geomap.layers import load_layers
from geomap.merging import merge
from geomap.model import Count, Document
from geomap.pipeline import build

SEEDS = Path(__file__).parents[1] / "seeds"


@pytest.fixture(scope="module")
def isfahan():
    return build([SEEDS / "2024-04-19-isfahan.md"]).incidents


def near(incident, latitude, longitude, degrees=0.25):
    return (
        incident.latitude is not None
        and abs(incident.latitude - latitude) < degrees
        and abs(incident.longitude - longitude) < degrees
    )


def names(incident, *stances):
    return " | ".join(c.name for c in incident.claims if c.stance in stances)


def test_the_strike_on_isfahan_is_one_disputed_incident(isfahan):
    strikes = [
        i for i in isfahan if i.layer in ("missile_strike", "air_strike", "drone_strike") and near(i, 32.65, 51.67)
    ]
    assert len(strikes) == 1
    (strike,) = strikes
    assert strike.layer == "missile_strike"
    assert strike.place.country == "IR"
    assert strike.start == date(2024, 4, 19)
    assert strike.status == "disputed"
    assert any(a.country == "IL" for a in strike.actors if a.role == "source")
    assert "CBS" in names(strike, "asserts", "confirms") or "US officials" in names(strike, "asserts", "confirms")
    denying = names(strike, "denies")
    assert "Dalirian" in denying
    assert "Iranian officials" in denying
    declining = names(strike, "declines to comment")
    assert "Pentagon" in declining
    assert "Israel" in declining


def test_three_drones_were_intercepted(isfahan):
    (found,) = [i for i in isfahan if i.layer == "interception"]
    assert found.place is None or found.place.country == "IR"
    assert "Iranian" in names(found, "asserts", "confirms")


def test_southern_syria_is_an_area(isfahan):
    (found,) = [i for i in isfahan if i.place and i.place.country == "SY" and i.main]
    assert found.footprint.intersects(Point(36.1, 32.62)), "it holds Daraa"
    assert not found.footprint.intersects(Point(37.16, 36.2)), "it does not hold Aleppo"
    assert found.precision in ("region", "admin")
    assert "SANA" in names(found, "asserts", "confirms") or "Syria" in names(found, "asserts", "confirms")


def test_the_g7_meets_on_capri(isfahan):
    (found,) = [i for i in isfahan if i.layer == "diplomatic_meeting" and i.place is not None]
    assert near(found, 40.55, 14.24)
    assert found.status == "planned"


def test_reactions_are_kept_without_a_place(isfahan):
    reactions = [i for i in isfahan if i.layer in ("condemnation", "appeal")]
    actors = " ".join(a.name for i in reactions for a in i.actors if a.role == "source")
    assert "Oman" in actors
    assert "France" in actors
    assert "Leyen" in actors
    assert all(i.latitude is None for i in reactions)


def test_background_is_kept_as_background(isfahan):
    attack = [i for i in isfahan if i.start == date(2024, 4, 13)]
    assert len(attack) == 1
    assert attack[0].place is None or attack[0].place.country == "IL"
    (consulate,) = [i for i in isfahan if i.killed == Count(13, 13)]
    assert consulate.place is not None
    assert consulate.place.country == "SY"
    assert not consulate.main


def test_no_incident_lands_on_a_seat_of_government(isfahan):
    for latitude, longitude in ((35.69, 51.39), (38.9, -77.04), (48.2, 16.37), (50.85, 4.35), (41.9, 12.5)):
        assert not any(near(i, latitude, longitude) for i in isfahan)
    assert not any(i.place and i.place.country == "US" for i in isfahan)


def test_the_same_build_gives_the_same_incidents():
    assert build([SEEDS]).incidents == build([SEEDS]).incidents


def test_processes_change_nothing():
    assert build([SEEDS], jobs=2).incidents == build([SEEDS]).incidents


def test_a_bad_document_does_not_stop_the_others(tmp_path):
    (tmp_path / "bad.txt").write_bytes(b"\x00\x01\x02" * 100)
    (tmp_path / "good.txt").write_text("A car bomb exploded in Mogadishu, Somalia, killing four people.")
    result = build([tmp_path], published=date(2024, 5, 1))
    assert [i.layer for i in result] == ["bombing"]
    assert any("bad.txt" in str(p) for p in result.problems)


def test_nothing_to_read(tmp_path):
    with pytest.raises(EmptyError, match="no document"):
        build([tmp_path])


def test_since_and_until(tmp_path):
    (tmp_path / "a.md").write_text("---\npublished: 2024-05-01\n---\nA car bomb exploded in Mogadishu, Somalia.")
    assert len(build([tmp_path], since=date(2024, 5, 1), until=date(2024, 5, 1))) == 1
    assert len(build([tmp_path], since=date(2024, 5, 2))) == 0
    assert len(build([tmp_path], until=date(2024, 4, 30))) == 0


def test_exported_names_exist():
    for name in geomap.__all__:
        assert getattr(geomap, name) is not None
    assert set(dir(geomap)) == set(geomap.__all__)


REPORTS = {
    "a": (
        date(2024, 9, 17),
        "A bus carrying miners plunged into a ravine near Ayacucho in southern Peru on Monday evening, killing at "
        "least 19 people, police said. Twenty-four others were taken to hospital. The driver had lost control in the "
        "rain, according to the road safety office.",
    ),
    "b": (
        date(2024, 9, 18),
        "The death toll from a bus crash in Peru has risen to 23, officials in Ayacucho said on Wednesday. The coach "
        "left the road on September 16 and fell about 150 metres. Thirty people were hurt.",
    ),
    "c": (
        date(2024, 5, 3),
        "A Russian missile struck an apartment block in Kharkiv on Friday, killing two people, the mayor said.",
    ),
    "d": (
        date(2024, 5, 5),
        "A Russian missile hit a warehouse in Kharkiv on Sunday. Five were wounded, the regional governor said.",
    ),
}


def incidents_of(*names):
    documents = [Document(n, REPORTS[n][1], publisher=f"Paper {n}", published=REPORTS[n][0]) for n in names]
    layers = load_layers()[0]
    found = [e for document in documents for e in pipeline._mentions(document, layers)]
    return merge(found, documents, layers)


def test_two_reports_in_other_words_and_numbers_are_one_incident():
    (crash,) = [i for i in incidents_of("a", "b") if i.layer == "accident"]
    assert crash.publishers == ("Paper a", "Paper b")
    assert crash.start == date(2024, 9, 16)
    assert crash.killed.low == 23


def test_strikes_on_one_city_on_two_days_are_two_incidents():
    strikes = [i for i in incidents_of("c", "d") if i.layer == "missile_strike"]
    assert [i.start for i in strikes] == [date(2024, 5, 3), date(2024, 5, 5)]
    assert all(len(i.sources) == 1 for i in strikes)
