from __future__ import annotations

import csv
import subprocess
import sys
import time
from importlib.resources import files

import pytest

from geomap.actors import clean, describe, is_outlet, same_actor

TYPES = {
    "state",
    "international organisation",
    "armed group",
    "military",
    "police",
    "media",
    "civilians",
    "party",
    "person",
    "organisation",
}


@pytest.mark.parametrize(
    ("name", "canonical", "country", "kind"),
    [
        ("the US", "United States", "US", "state"),
        ("U.S. officials", "United States", "US", "state"),
        ("Washington", "United States", "US", "state"),
        ("Tehran", "Iran", "IR", "state"),
        ("Iranian officials", "Iran", "IR", "state"),
        ("Beijing's foreign ministry", "China", "CN", "state"),
        ("the government of Venezuela", "Venezuela", "VE", "state"),
        ("Ethiopian government", "Ethiopia", "ET", "state"),
        ("Sana'a", "Yemen", "YE", "state"),
        ("N’Djamena", "Chad", "TD", "state"),
        ("Côte d’Ivoire", "Ivory Coast", "CI", "state"),
        ("Türkiye", "Turkey", "TR", "state"),
        ("Danish prime minister", "Denmark", "DK", "state"),
        ("the Kremlin", "Kremlin", "RU", "state"),
        ("the Pentagon", "US Department of Defense", "US", "state"),
        ("Israeli Supreme Court", "Israeli Supreme Court", "IL", "state"),
        ("Israel's military", "Israel Defense Forces", "IL", "military"),
        ("Israel’s military", "Israel Defense Forces", "IL", "military"),
        ("Russian forces", "Armed Forces of the Russian Federation", "RU", "military"),
        ("Turkish Air Force", "Turkish Armed Forces", "TR", "military"),
        ("Kenyan troops", "Armed forces of Kenya", "KE", "military"),
        ("two soldiers", None, None, "military"),
        ("French police", "Police of France", "FR", "police"),
        ("riot police", None, None, "police"),
        ("IAEA", "International Atomic Energy Agency", None, "international organisation"),
        ("the International Atomic Energy Agency (IAEA)", "International Atomic Energy Agency", None,
         "international organisation"),
        ("UN officials", "United Nations", None, "international organisation"),
        ("Hamas", "Hamas", "PS", "armed group"),
        ("the Taliban", "Taliban", "AF", "armed group"),
        ("Houthi rebels", "Houthis", "YE", "armed group"),
        ("Islamic State fighters", "Islamic State", None, "armed group"),
        ("Kurdish militants", "Kurdish militants", None, "armed group"),
        ("rebel forces", None, None, "armed group"),
        ("CBS News", "CBS News", "US", "media"),
        ("Syrian media", "Syrian media", "SY", "media"),
        ("local media", None, None, "media"),
        ("Hossein Dalirian", "Hossein Dalirian", None, "person"),
        ("Mohammed bin Salman", "Mohammed bin Salman", None, "person"),
        ("Iranian President Masoud Pezeshkian", "Masoud Pezeshkian", "IR", "person"),
        ("Hezbollah commander Fuad Shukr", "Fuad Shukr", "LB", "person"),
        ("protesters", None, None, "civilians"),
        ("Thousands of people", None, None, "civilians"),
        ("four Israelis", None, "IL", "civilians"),
        ("General Motors", "General Motors", None, "organisation"),
        ("opposition", None, None, "party"),
    ],
)  # fmt: skip
def test_describe(name: str, canonical: str | None, country: str | None, kind: str) -> None:
    actor = describe(name, "source")
    assert (actor.name, actor.role) == (name, "source")
    assert (actor.canonical, actor.country, actor.type) == (canonical, country, kind)


@pytest.mark.parametrize("name", ["", "...", "us", "who", "it", "a missile", "\n"])
def test_words_that_name_nobody_stay_unknown(name: str) -> None:
    actor = describe(name, "target")
    assert (actor.canonical, actor.country, actor.type) == (None, None, None)


def test_short_names_must_be_in_capitals() -> None:
    assert describe("WHO", "source").canonical == "World Health Organization"
    assert describe("who", "source").canonical is None
    assert describe("U.N.", "source").canonical == "United Nations"


def test_backed_by_a_state_is_not_that_state() -> None:
    assert describe("Turkish-backed forces", "source").country is None
    assert describe("UN-backed forces", "source").canonical != "United Nations"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("the IAEA", "IAEA"),
        ("Hossein Dalirian, a spokesperson for the agency", "Hossein Dalirian"),
        ("Ann Lee, who spoke on Friday", "Ann Lee"),
        ("European Commission President Ursula von der Leyen", "Ursula von der Leyen"),
        ("former Prime Minister Ann Lee", "Ann Lee"),
        ("Gen. Omar Said", "Omar Said"),
        ("General Motors", "General Motors"),
        ("International Atomic Energy Agency (IAEA)", "International Atomic Energy Agency"),
        ('"Reuters"', "Reuters"),
        ("the U.S.", "U.S."),
        ("Israel’s", "Israel"),
        ("around 1,000 people", "around 1,000 people"),
        ("the", "the"),
        (" ,. ", ""),
        ("", ""),
    ],
)
def test_clean(name: str, expected: str) -> None:
    assert clean(name) == expected


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Tehran", "Iranian officials"),
        ("the US", "Washington"),
        ("IDF", "Israel's military"),
        ("Israeli forces", "Israeli Air Force"),
        ("Trump", "Donald Trump"),
        ("President Trump", "Donald Trump"),
        ("Dalirian", "Hossein Dalirian, a spokesman"),
        ("Hamas", "Hamas militants"),
        ("Ansar Allah", "the Houthis"),
        ("the IAEA", "International Atomic Energy Agency"),
        ("Al-Qaeda", "al Qaida"),
        ("police", "Police"),
    ],
)
def test_same_actor(a: str, b: str) -> None:
    assert same_actor(a, b)
    assert same_actor(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Iran", "Iraq"),
        ("Israel", "Israel's military"),
        ("Reuters", "CBS News"),
        ("French police", "Kenyan police"),
        ("protesters", "civilians"),
        ("North Korea", "South Korea"),
        ("Democratic Republic of the Congo", "Republic of the Congo"),
        ("Islamic State", "Islamic Jihad"),
        ("Ann Lee", "Bo Lee"),
        ("", ""),
        ("", "Iran"),
    ],
)
def test_not_the_same_actor(a: str, b: str) -> None:
    assert not same_actor(a, b)
    assert not same_actor(b, a)


@pytest.mark.parametrize(
    "name",
    [
        "CBS News",
        "Reuters",
        "SANA",
        "local media",
        "state television",
        "Iranian media",
        "the Kathmandu Post",
        "Radio Okapi",
        "Xinhua News Agency",
        "Syrian state media",
    ],
)
def test_outlets(name: str) -> None:
    assert is_outlet(name)


@pytest.mark.parametrize(
    "name",
    ["US officials", "social media", "two Reuters journalists", "the IAEA", "Ann Lee", "the press secretary", ""],
)
def test_no_outlets(name: str) -> None:
    assert not is_outlet(name)


def test_each_row_of_the_table_is_valid_and_found() -> None:
    import babel

    codes = set(babel.Locale("en").territories)
    rows = list(csv.DictReader((files("geomap") / "_data" / "actors.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) > 150
    assert all(r["type"] in TYPES | {"country"} for r in rows)
    assert all(not r["country"] or r["country"] in codes for r in rows)
    assert len({r["name"] for r in rows}) == len(rows)
    seen: dict[str, str] = {}
    for row in rows:
        for alias in [row["name"], *filter(None, row["aliases"].split("|"))]:
            assert seen.setdefault(alias, row["name"]) == row["name"], f"{alias!r} stands in two rows"
            actor = describe(alias, "source")
            assert actor.canonical == row["name"], alias
            assert actor.type == row["type"].replace("country", "state"), alias


def test_names_of_any_length_and_form_are_read_at_once() -> None:
    began = time.process_time()
    for piece in ("President ", "a ", "A, ", "(", "Al ", "X al al ", "A of ", "'s", "former "):
        describe(piece * 5000, "source")
        clean(piece * 5000)
    assert time.process_time() - began < 3


def test_importing_it_reads_no_tables() -> None:
    script = "import sys, geomap.actors; print(sorted({'babel', 'countryinfo', 'geopandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
