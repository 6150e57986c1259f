"""Incidents and layers made by hand, for the tests of the stages that show and export them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from geomap.model import Actor, Claim, Count, Event, Incident, Layer, Place, Source, Span


@pytest.fixture
def strike_layer() -> Layer:
    return Layer(
        id="air_strike",
        title="Air strike",
        group="Armed conflict",
        color="#cc3311",
        icon="A",
        definition="bombs or missiles from an aircraft",
        triggers=("air strike",),
        near_misses=(),
        example="Jets bombed the bridge at Arkala.",
        counter="The pilots went on strike.",
        plover=("ASSAULT:aerial",),
        acled=("Explosions/Remote violence > Air/drone strike",),
        cameo=("195",),
    )


@pytest.fixture
def make_incident() -> Callable[..., Incident]:
    """Give a function that makes an incident; keywords replace its fields."""
    quote = "Jets bombed the bridge at Arkala on Monday, killing at least 12, the mayor said; the army denied it."

    def make(number: str = "00000000000000a1", **fields: object) -> Incident:
        claims = (
            Claim(Span(70, 79, "the mayor"), "mayor", "asserts", quote, "d1"),
            Claim(Span(86, 94, "the army"), "army", "denies", quote, "d1"),
            Claim(Span(0, 9, "The mayor"), "mayor", "confirms", "The mayor confirmed it.", "d2"),
        )
        events = tuple(
            Event(
                id=f"{number}-{document}",
                document=document,
                layer="air_strike",
                trigger=Span(5, 11, "bombed"),
                sentence=Span(0, len(quote), quote),
                toponym=None,
                start=date(2025, 3, 3),
                end=date(2025, 3, 3),
                date_precision="day",
                actors=(),
                weapon=None,
                killed=None,
                injured=None,
                status="disputed",
                claims=(),
                main=True,
                score=0.9,
            )
            for document in ("d1", "d1", "d2")
        )
        incident = Incident(
            id=number,
            layer="air_strike",
            title="Air strike at Arkala",
            place=Place("geonames:1", "Arkala", 33.51234567, 36.2987654321, "city", "SY", "Rural Damascus", 12000),
            place_as_written="Arkala",
            latitude=33.51234567,
            longitude=36.2987654321,
            footprint=None,
            precision="town",
            radius_km=4.0,
            start=date(2025, 3, 3),
            end=date(2025, 3, 3),
            date_precision="day",
            actors=(Actor("the air force", "source", "Air Force", "SY", "state"), Actor("villagers", "target")),
            weapon="bombs",
            killed=Count(12, None),
            injured=Count(0, 0),
            status="disputed",
            claims=claims,
            events=events,
            sources=(
                Source("Arkala Post", "https://example.org/1", "Bridge bombed", date(2025, 3, 4)),
                Source("Daily Wire", None, None, None),
            ),
            main=True,
            score=0.87654321,
        )
        return replace(incident, **fields)  # type: ignore[arg-type]

    return make


@pytest.fixture
def unlocated() -> dict[str, object]:
    """Fields of an incident for which no text names a place."""
    return dict.fromkeys(
        ("place", "place_as_written", "latitude", "longitude", "footprint", "precision", "radius_km"), None
    )
