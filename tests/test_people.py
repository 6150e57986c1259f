from __future__ import annotations

import pytest

from geomap.counts import Words
from geomap.model import Count
from geomap.people import group_at, listed_from, named_at
from geomap.text import tokenize


def words(text: str) -> Words:
    return Words(tokenize(text))


@pytest.mark.parametrize(
    ("text", "count", "people"),
    [
        ("at least two of the soldiers were", Count(2, None), "at least two of the soldiers"),
        ("520 men and boys killed", Count(520, 520), "520 men and boys"),
        ("a family of eight", Count(8, 8), "a family of eight"),
        ("three others injured", Count(3, 3), "three others"),
    ],
)
def test_counted_people_end_before_the_verb(text: str, count: Count, people: str) -> None:
    group = group_at(words(text), 0)
    assert group is not None
    assert group.count == count
    assert " ".join(words(text).low[: group.end]) == people


@pytest.mark.parametrize(
    "text", ["12 houses", "3 % of them", "34-year-old", "a bus", "two buses", "nine churches", "the soldiers", ""]
)
def test_what_counts_no_people_is_no_group(text: str) -> None:
    assert group_at(words(text), 0) is None


@pytest.mark.parametrize("text", ["Anna Lind", "her husband", "the pilot", "himself", "General Omar Farah", "Escobar"])
def test_a_person_is_named_or_described(text: str) -> None:
    group = named_at(words(text), 0)
    assert group is not None
    assert (group.count, group.end) == (Count(1, 1), len(text.split()))


@pytest.mark.parametrize("text", ["Russians", "Hezbollah fighters", "the rebel stronghold", "the bill", "quickly"])
def test_a_people_or_a_thing_is_no_person(text: str) -> None:
    assert named_at(words(text), 0) is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("three soldiers, a guard and her husband", Count(5, 5)),
        ("three marchers in Suez and one officer", Count(4, 4)),
        ("14 civilians, 12 children and 2 women", Count(14, 14)),
        ("at least two men as well as a guard", Count(3, None)),
        ("ten people and two were injured", Count(10, 10)),
    ],
)
def test_a_list_of_people_is_added_up_once(text: str, count: Count) -> None:
    group = listed_from(words(text), 0)
    assert group is not None
    assert group.count == count
