"""What is read around a place name, and what is not."""

from __future__ import annotations

import pytest

from geomap.relations import find_relation, find_unnamed, partner


def _read(marked: str, *, demonym: bool = False):
    """Read the relation of the name in {braces}; other names stand in <angle brackets>."""
    text, spans, start = "", [], -1
    for char in marked:
        if char in "{<":
            start = len(text)
        elif char in "}>":
            spans.append((char == "}", start, len(text)))
        else:
            text += char
    name = next((s, e) for own, s, e in spans if own)
    others = [(s, e) for own, s, e in spans if not own]
    relation = find_relation(text, *name, others=others, demonym=demonym)
    other = partner(text, *name, others)
    return relation, (text[slice(*other)] if other else None), text


@pytest.mark.parametrize(
    ("text", "direction", "span"),
    [
        ("Fighting in southern {Syria} went on.", "south", "southern Syria"),
        ("A quake shook south-eastern {Turkey}.", "southeast", "south-eastern Turkey"),
        ("Raids in northern and eastern {Syria} followed.", "north", "northern and eastern Syria"),
        ("A convoy crossed central {Iran}.", "central", "central Iran"),
        ("They fled the south of {Syria}.", "south", "the south of Syria"),
        ("In the far north of {Mali}, rebels", "north", "the far north of Mali"),
        ("{Syria}'s south is calm.", "south", "Syria's south"),
        ("{Syria}’s southern region is calm.", "south", "Syria’s southern region"),
        ("{Kenya}'s far north-east, where", "northeast", "Kenya's far north-east"),
        ("Villages in southern parts of {Lebanon} burned.", "south", "southern parts of Lebanon"),
        ("Tanks on the northern outskirts of {Homs}.", "north", "the northern outskirts of Homs"),
        ("A blast in the centre of {Kabul} hurt ten.", "central", "the centre of Kabul"),
        ("In north {Gaza}, shelling resumed.", "north", "north Gaza"),
        ("In northern {Syria} Monday, jets", "north", "northern Syria"),
        ("In southern {South Korea}, rain fell.", "south", "southern South Korea"),
        ("In northern {Virginia}, police", "north", "northern Virginia"),
    ],
)
def test_a_part_of_a_place(text, direction, span):
    relation, _, _ = _read(text)
    assert relation is not None
    assert (relation.type, relation.direction, relation.span.text) == ("direction", direction, span)
    assert relation.distance_km is None


@pytest.mark.parametrize(
    ("text", "direction", "km", "span"),
    [
        ("Fell 20 km (12 miles) north of {Isfahan}.", "north", 20.0, "20 km (12 miles) north of Isfahan"),
        ("Hit some 300 kilometres north-east of {Tehran}", "northeast", 300.0, None),
        ("A depot ten miles south of {Homs} burned", "south", 16.093, "ten miles south of Homs"),
        ("twenty-five kilometres from the town of {Saraqib}", None, 25.0, None),
        ("a mile north of {Homs}", "north", 1.609, None),
        ("half a mile from {Homs}", None, 0.805, None),
        ("about a hundred kilometres south of {Mosul}", "south", 100.0, None),
        ("ninety-nine km south of {Mosul}", "south", 99.0, None),
        ("1,200 km east of {Moscow}", "east", 1200.0, None),
        ("2.5 km east of {Bakhmut}", "east", 2.5, None),
        ("20-25 km west of the <Syrian> capital, {Damascus}", "west", 22.5, None),
        ("50 nautical miles southwest of {Hodeidah}", "southwest", 92.6, None),
        ("500 metres from {Raqqa}", None, 0.5, None),
        ("15km from {Goma}", None, 15.0, "15km from Goma"),
        ("a few kilometres east of {Kupiansk}", "east", None, "a few kilometres east of Kupiansk"),
        ("an area south of {Damascus}", "south", None, "south of Damascus"),
        ("10 km to the south of {Damascus}", "south", 10.0, "10 km to the south of Damascus"),
        ("just to the south of {Damascus}", "south", None, None),
        ("north of {Israel}", "north", None, "north of Israel"),
        ("north of the rebel-held town of {Saraqib}", "north", None, "north of the rebel-held town of Saraqib"),
    ],
)
def test_a_distance_or_bearing_from_a_place(text, direction, km, span):
    relation, _, whole = _read(text)
    assert relation is not None
    assert (relation.type, relation.direction) == ("offset", direction)
    assert relation.distance_km == (pytest.approx(km, abs=0.001) if km else None)
    assert whole[relation.span.start : relation.span.end] == relation.span.text
    assert span is None or relation.span.text == span


@pytest.mark.parametrize(
    ("text", "km"),
    [
        ("A ship was seized near {Eyl}.", None),
        ("Clashes outside {Homs} continued.", None),
        ("on the outskirts of {Homs}", None),
        ("close to {Aleppo}", None),
        ("in the vicinity of {Aleppo}", None),
        ("in and around {Aleppo}", None),
        ("near the <Syrian> city of {Homs}", None),
        ("within 5 km of {Donetsk}", 5.0),
        ("less than 10 miles from {Kharkiv}", 16.093),
        ("near South {Korea}", None),
    ],
)
def test_nearness(text, km):
    relation, _, _ = _read(text)
    assert relation is not None
    assert (relation.type, relation.direction) == ("near", None)
    assert relation.distance_km == (pytest.approx(km, abs=0.001) if km else None)


@pytest.mark.parametrize(
    ("text", "direction", "km", "span"),
    [
        ("A tanker off the coast of {Yemen} was hit", None, None, "off the coast of Yemen"),
        ("A tanker off {Yemen} was hit", None, None, "off Yemen"),
        ("A tanker off {Yemen}'s coast was hit", None, None, "off Yemen's coast"),
        ("A tanker off the {Yemeni} coast was hit", None, None, "off the Yemeni coast"),
        ("pirates from the coast of {Somalia}", None, None, None),
        ("off the southern coast of {Yemen}", "south", None, None),
        ("ships off southern {Yemen}", "south", None, None),
        ("the {US} East Coast", "east", None, "the US East Coast"),
        ("60 nautical miles off {Hodeidah}", None, 111.12, "60 nautical miles off Hodeidah"),
        ("30 miles off the coast of {Libya}", None, 48.28, None),
        ("off the <Yemeni> port city of {Hodeidah}", None, None, None),
    ],
)
def test_the_sea_off_a_coast(text, direction, km, span):
    relation, _, _ = _read(text)
    assert relation is not None
    assert (relation.type, relation.direction) == ("coast", direction)
    assert relation.distance_km == (pytest.approx(km, abs=0.01) if km else None)
    assert span is None or relation.span.text == span


@pytest.mark.parametrize(
    ("text", "partner", "span"),
    [
        ("on the border between {Iran} and <Iraq>,", "Iraq", "the border between Iran and Iraq"),
        ("on the border between <Iran> and {Iraq},", "Iran", "the border between Iran and Iraq"),
        ("on the {Syria}-<Turkey> border.", "Turkey", "the Syria-Turkey border"),
        ("on the <Syria>-{Turkey} border.", "Syria", "the Syria-Turkey border"),
        ("on the {Syrian}–<Turkish> border.", "Turkish", "the Syrian–Turkish border"),
        ("at the {U.S.}-<Mexico> border", "Mexico", "the U.S.-Mexico border"),
        ("{Iran}'s border with <Iraq> was closed", "Iraq", "Iran's border with Iraq"),
        ("<Iran>'s border with {Iraq} was closed", "Iran", "Iran's border with Iraq"),
        ("along the {Lebanese} border", None, "the Lebanese border"),
        ("near the {Polish} border.", None, "the Polish border"),
        ("near the border with {Turkey}", None, "the border with Turkey"),
        ("the border of {Iran} and <Iraq>", "Iraq", "the border of Iran and Iraq"),
    ],
)
def test_borders_and_their_other_side(text, partner, span):
    relation, other, _ = _read(text)
    assert relation is not None
    assert (relation.type, relation.other, relation.span.text, other) == ("border", None, span, partner)


@pytest.mark.parametrize(
    ("text", "partner", "span"),
    [
        ("on the road between {Kano} and <Kaduna>.", "Kaduna", "the road between Kano and Kaduna"),
        ("halfway between <Kano> and {Kaduna}", "Kano", None),
        ("on the {Kano}-<Kaduna> highway", "Kaduna", "Kano-Kaduna highway"),
        ("on the road from {Kano} to <Kaduna>", "Kaduna", None),
        ("an area between {Sloviansk} and <Bakhmut>", "Bakhmut", None),
    ],
)
def test_what_lies_between_two_towns(text, partner, span):
    relation, other, _ = _read(text)
    assert relation is not None
    assert (relation.type, other) == ("between", partner)
    assert span is None or relation.span.text == span


@pytest.mark.parametrize("text", ["talks between {Iran} and <Oman>", "the match between {Leeds} and <Hull>"])
def test_what_two_have_with_each_other_lies_not_between_them(text):
    assert _read(text)[0] is None


def test_a_side_of_a_border_and_a_distance_from_it():
    southern, _, _ = _read("{Lebanon}'s southern border was quiet")
    away, _, _ = _read("a base 20 km from the {Lebanese} border")
    assert southern is not None
    assert southern.direction == "south"
    assert away is not None
    assert (away.type, away.distance_km, away.span.text) == ("border", 20.0, "20 km from the Lebanese border")


@pytest.mark.parametrize(
    "text",
    [
        "He lives in South {Korea}.",
        "in North {Macedonia}",
        "in Northern {Ireland}",
        "the West {Bank}",
        "East {Timor} voted",
        "in West {Virginia}",
        "Western {Australia} burned",
        "the Eastern {Cape}",
        "the Central {African Republic}",
        "Southern {Syria} TV reported",
        "the {US}-led coalition",
        "north of the border, {Syria} said",
        "the southern <Syrian> province of {Daraa}",
        "in <Syria>'s northwestern {Idlib} province",
        "in southern {Helmand} province",
        "the northern region of {Tigray}",
        "20 km west of the {Syrian} capital <Damascus>",
        "near the {Syrian} city of <Homs>",
        "supplies cut off {Gaza}",
        "{Polish} border guards said",
        "the border town of {Rafah}",
        "the {Yemeni} coast guard",
        "talks in {Geneva} ended",
        "80 per cent of {Syria}",
    ],
)
def test_no_relation(text):
    relation, partner, _ = _read(text)
    assert relation is None
    assert partner is None


def test_an_adjective_of_a_people_needs_a_word_for_a_place():
    province, _, _ = _read("the southern {Syrian} province of <Daraa>", demonym=True)
    fighters, _, _ = _read("southern {Syrian} fighters met", demonym=True)
    assert province is not None
    assert (province.type, province.direction, province.span.text) == ("direction", "south", "southern Syrian")
    assert fighters is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Fighting in the southern region went on.", [("south", "the southern region")]),
        ("It hit the country's south.", [("south", "the country's south")]),
        ("Rain fell in the south of the country.", [("south", "the south of the country")]),
        ("Southern areas lost power.", [("south", "Southern areas")]),
        (
            "In northern and eastern parts of the country, snow",
            [("north", "northern and eastern parts of the country")],
        ),
        ("Clashes broke out in the north, he said.", [("north", "the north")]),
        (
            "In the north of the country and in western provinces",
            [("north", "the north of the country"), ("west", "western provinces")],
        ),
        ("the southern region of Daraa", []),
        ("the country's southern Daraa province", []),
        ("the eastern city of Goma", []),
        ("Mali's northern regions", []),
        ("Western states condemned it.", []),
        ("in the West", []),
        ("the central bank", []),
    ],
)
def test_parts_of_a_country_that_is_not_named(text, found):
    relations = find_unnamed(text)
    assert [(r.direction, r.span.text) for r in relations] == found
    assert all(text[r.span.start : r.span.end] == r.span.text and r.type == "direction" for r in relations)


@pytest.mark.parametrize("noise", ["the ", "north ", "1 to ", "a-", "northern and ", "border ", " "])
def test_hostile_text_takes_no_time(noise):
    import time

    text = noise * 20_000
    start = time.perf_counter()
    find_relation(text + "Syria", len(text), len(text) + 5)
    find_unnamed(text)
    assert time.perf_counter() - start < 5
