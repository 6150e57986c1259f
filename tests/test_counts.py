from __future__ import annotations

import pytest

from geomap.counts import parse_count
from geomap.model import Count


@pytest.mark.parametrize(
    ("phrase", "low", "high"),
    [
        ("13 people", 13, 13),
        ("at least 12", 12, None),
        ("more than 50", 50, None),
        ("over 2,000", 2000, None),
        ("no fewer than ten", 10, None),
        ("20 or more", 20, None),
        ("up to 130", 0, 130),
        ("as many as 30", 0, 30),
        ("nearly 300", 300, 300),
        ("about a dozen", 12, 12),
        ("around two dozen soldiers", 24, 24),
        ("half a dozen", 6, 6),
        ("dozens", 24, None),
        ("scores of people", 40, None),
        ("hundreds", 200, None),
        ("several hundred", 200, None),
        ("thousands", 2000, None),
        ("tens of thousands", 20_000, None),
        ("several", 3, None),
        ("a couple of", 2, 2),
        ("both", 2, 2),
        ("between 10 and 15", 10, 15),
        ("10 to 15", 10, 15),
        ("twenty-one gunmen", 21, 21),
        ("thirty eight", 38, 38),
        ("two hundred and five", 205, 205),
        ("four thousand three hundred", 4300, 4300),
        ("1.2 million", 1_200_000, 1_200_000),
        ("another 14", 14, 14),
        ("at least another 14", 14, None),
        ("a civilian", 1, 1),
        ("the other two", 2, 2),
    ],
)
def test_parse_count(phrase: str, low: int, high: int | None) -> None:
    assert parse_count(phrase) == Count(low, high)


@pytest.mark.parametrize("phrase", ["", "people", "$30", "3.5", "!!", "9" * 200])
def test_parse_count_finds_none(phrase: str) -> None:
    assert parse_count(phrase) is None
