"""How many were arrested, displaced or are missing, and how many weapons were fired or intercepted."""

import pytest

from geomap.affected import find_affected


def found(text):
    return [(a.kind, a.count.low, a.count.high) for a in find_affected(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Police arrested 12 people after the march.", [("arrested", 12, 12)]),
        ("At least 47 people, including three children, were detained in Oruro.", [("arrested", 47, None)]),
        ("Three men and a woman were arrested over the blast.", [("arrested", 4, 4)]),
        ("The arrest of nine fishermen was condemned.", [("arrested", 9, 9)]),
        ("Officers made 23 arrests overnight.", [("arrested", 23, 23)]),
        ("No arrests were made.", [("arrested", 0, 0)]),
        ("Some 600 marchers were taken into custody.", [("arrested", 600, 600)]),
        ("Soldiers rounded up 40 men in the village.", [("arrested", 40, 40)]),
        ("Police detained the mayor of Izmir and 50 others.", [("arrested", 51, 51)]),
        ("She was arrested at the airport.", [("arrested", 1, 1)]),
        ("The police will arrest 20 more.", []),
    ],
)
def test_arrested(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Floods have displaced more than 12,000 people in Sindh.", [("displaced", 12_000, None)]),
        ("More than 90,000 people were forced from their homes.", [("displaced", 90_000, None)]),
        ("About 5,000 residents were evacuated from the slopes.", [("displaced", 5_000, 5_000)]),
        ("Tens of thousands of people have fled the city.", [("displaced", 20_000, None)]),
        ("The fire left 400 people homeless.", [("displaced", 400, 400)]),
        ("Two gunmen fled on a motorcycle.", []),
        ("The ministry plans to evacuate 2,000 people.", []),
    ],
)
def test_displaced(text, expected):
    assert found(text) == expected


def test_families_are_more_than_one_person_each():
    assert found("The storm forced some 3,000 families to flee their homes.") == [("displaced", 3_000, None)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Twelve sailors are missing after the ferry sank.", [("missing", 12, 12)]),
        ("The ferry sank, leaving 5 dead and 12 missing.", [("missing", 12, 12)]),
        ("About 100 people remain unaccounted for.", [("missing", 100, 100)]),
        ("Nobody is missing.", [("missing", 0, 0)]),
        ("Two missing climbers were found alive.", []),
        ("The report has three missing pages.", []),
    ],
)
def test_missing(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The army fired about 200 ballistic missiles and 36 drones, and the other side intercepted 180 of them.",
            [("fired", 236, 236), ("intercepted", 180, 180)],
        ),
        ("Air defences shot down 24 of 30 drones and five cruise missiles.", [("intercepted", 29, 29)]),
        (
            "They launched 12 drones toward the port, 11 of which were shot down.",
            [("fired", 12, 12), ("intercepted", 11, 11)],
        ),
        ("A barrage of 60 rockets was fired from the hills.", [("fired", 60, 60)]),
        ("At least 15 drones were intercepted.", [("intercepted", 15, None)]),
        ("The navy bought 40 missiles.", []),
        ("Five missile sites were hit.", []),
        ("He fired 30 workers and launched two shops.", []),
    ],
)
def test_weapons(text, expected):
    assert found(text) == expected


def test_offsets_are_those_of_the_whole_text():
    text = "It rained. Police arrested 12 people. Nobody slept."
    (only,) = find_affected(text)
    assert text[only.start : only.end] == "arrested 12 people"


@pytest.mark.parametrize(
    "text", ["", "arrested", "missing " * 2_000, "12 " * 500 + "drones", "were " * 300 + "displaced"]
)
def test_odd_texts_do_no_harm(text):
    find_affected(text)
