from __future__ import annotations

import time

import pytest

from geomap.casualties import Casualty, find_casualties
from geomap.model import Count


def counts(text: str) -> list[tuple[str, int, int | None]]:
    return sorted((c.kind, c.count.low, c.count.high) for c in find_casualties(text))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("A blast hit the market, killing 13 people.", 13, 13),
        ("At least 12 were killed.", 12, None),
        ("The fire claimed 40 lives.", 40, 40),
        ("The crossing cost at least 12 lives.", 12, None),
        ("Between 10 and 15 people died.", 10, 15),
        ("Some 20 people lost their lives.", 20, 20),
        ("Nearly 300 died in the flood.", 300, 300),
        ("The quake left 7 dead.", 7, 7),
        ("Police announced the murder of two officers.", 2, 2),
        ("The storm resulted in the deaths of nine inmates.", 9, 9),
        ("The death toll rose to 1,200.", 1200, 1200),
        ("The death toll from the quake rises from 900 to at least 1,117.", 1117, None),
        ("The death toll surpasses 200.", 200, None),
        ("The number of deaths caused by the leak has risen to 27.", 27, 27),
        ("Up to 130 fighters have been killed.", 0, 130),
        ("Sixty miners were feared dead.", 0, 60),
        ("Two soldiers and a civilian were killed.", 3, 3),
        ("Twenty-one gunmen, four guards, and a civilian are killed in the raid.", 26, 26),
        ("Three marchers in Suez and one officer in Cairo are killed.", 4, 4),
        ("The raid killed 13 people in Uzbekistan and one person in Tajikistan.", 14, 14),
        ("The crash killed its crew of two Russians and three Serbs.", 5, 5),
        ("He killed himself and five others.", 6, 6),
        ("Troops killed 31-year-old Pavel Orlov at the gate.", 1, 1),
        ("The vice minister, Ana Ruiz, was kidnapped and beaten to death.", 1, 1),
        ("Omar Saleh, the party's treasurer and first speaker, was killed.", 1, 1),
        ("Marta Lind, 34, of Leeds, was killed.", 1, 1),
        ("On Monday, 12, including two children, were killed.", 12, 12),
        ("Gunmen killed the 24-year-old driver.", 1, 1),
        ("The 24-year-old driver was killed.", 1, 1),
        ("Omar Saleh, the party's treasurer, has died.", 1, 1),
        ("A helicopter carrying five officers crashed near Cusco, killing all on board.", 5, 5),
        ("Shells hit a hall, killing ten dancers and Georgian singer Nino Lomidze.", 11, 11),
        ("Two people were burned alive in the riot.", 2, 2),
        ("The bodies of a man and a woman were found on a beach.", 2, 2),
        ("It killed her husband and two children.", 3, 3),
        ("A reporter is killed, along with eight others, by a mortar.", 9, 9),
        ("The strike killed 14 civilians, 12 children and 2 women.", 14, 14),
        ("Two people, a rebel and a soldier, are killed.", 2, 2),
        ("At least one person, a Spanish nurse, was killed.", 1, None),
        ("Gunmen kill four police officers and four soldiers in two towns.", 8, 8),
        ("Three guards and three drivers were killed.", 6, 6),
        ("Hundreds are feared dead after the ferry sank.", 200, None),
        ("Guards killed multiple rebels near the dam.", 2, None),
        ("The death toll from the floods reaches 1,500 by some counts.", 1500, 1500),
        ("Digging goes on, with the death toll more than 2,200 and rising.", 2200, None),
        ("Shells left 22 villagers (20 men and two boys) dead.", 22, 22),
        ("The wreck was found, with all 14 on board confirmed dead.", 14, 14),
        ("The raid left seven rebels and one guard dead.", 8, 8),
        ("A convoy was ambushed, though there were no reported deaths.", 0, 0),
        ("Six people, four of them children, died.", 6, 6),
        ("Three people, including two hospital workers, are killed.", 3, 3),
        ("Ten soldiers from a breakaway faction are killed.", 10, 10),
        ("A strike kills a family of eight.", 8, 8),
        ("One of the three gunmen was killed.", 1, 1),
        ("A man was shot dead.", 1, 1),
        ("A 34-year-old man was killed.", 1, 1),
        ("The pilot was killed.", 1, 1),
        ("The gunman then takes his own life.", 1, 1),
        ("Maria Lopez was murdered in 2012.", 1, 1),
        ("A raid killed General Omar Said.", 1, 1),
        ("Police shot dead two men.", 2, 2),
        ("He was stabbed to death.", 1, 1),
        ("Gunmen shot and killed a judge.", 1, 1),
        ("A man fatally shoots two of his relatives.", 2, 2),
        ("Five bodies were found.", 5, 5),
        ("520 men and boys killed in the massacre were buried.", 520, 520),
        ("Seven smugglers are gunned down by the patrol.", 7, 7),
        ("The region reports its first death.", 1, 1),
        ("The attack killed no one.", 0, 0),
    ],
)
def test_killed(text: str, low: int, high: int | None) -> None:
    assert counts(text) == [("killed", low, high)]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Dozens of people were injured.", 24, None),
        ("A bomb injures four.", 4, 4),
        ("More than 270 people are hospitalised.", 270, None),
        ("12 people suffered minor injuries.", 12, 12),
        ("The crash caused minor injuries to five fans.", 5, 5),
        ("Three others seriously wounded in the raid.", 3, 3),
        ("No one was injured.", 0, 0),
        ("The number of injured officers rises to 568.", 568, 568),
    ],
)
def test_injured(text: str, low: int, high: int | None) -> None:
    assert counts(text) == [("injured", low, high)]


@pytest.mark.parametrize(
    ("text", "killed", "injured"),
    [
        ("13 dead and 20 wounded", (13, 13), (20, 20)),
        ("Blast kills at least 29 and injures 40", (29, None), (40, 40)),
        ("Ten people are killed and two others are injured.", (10, 10), (2, 2)),
        ("Five people are killed and thirty eight injured.", (5, 5), (38, 38)),
        ("A driver dies and 3 passengers are hurt.", (1, 1), (3, 3)),
        ("A pile-up leaves at least 17 people dead and 37 others injured.", (17, None), (37, 37)),
        ("It ended with one person killed and another 14 injured.", (1, 1), (14, 14)),
        ("Mines exploded, killing one man and injuring another.", (1, 1), (1, 1)),
        ("The riot ended with the deaths of nine inmates and seven others being injured.", (9, 9), (7, 7)),
        ("250 killed, 500 hurt in quake", (250, 250), (500, 500)),
        ("There were no casualties.", (0, 0), (0, 0)),
        ("Nobody was hurt.", (0, 0), (0, 0)),
        ("12 people were killed or wounded.", (0, 12), (0, 12)),
    ],
)
def test_killed_and_injured(text: str, killed: tuple[int, int | None], injured: tuple[int, int | None]) -> None:
    assert counts(text) == [("injured", *injured), ("killed", *killed)]


@pytest.mark.parametrize(
    "text",
    [
        "The Senate killed the bill.",
        "Heavy rain, said Tom Hill, has killed off the crops.",
        "A plane with two engines crashed, killing all on board.",
        "The 2004 tsunami killed the trade.",
        "It killed 3% of the trees and 20 cows.",
        "The law was killed.",
        "In 2010 killed time; 12 km away, the dead end.",
        "They want to kill 40 people, and it could kill 30,000.",
        "A court hands out a death sentence in two cases.",
        "The life of two villages went on.",
        "The blast destroyed 12 houses.",
        "One in every 500 trees died.",
        "",
    ],
)
def test_no_casualties_are_read_into_other_words(text: str) -> None:
    assert find_casualties(text) == []


def test_offsets_cover_the_phrase_in_the_order_of_the_text() -> None:
    text = "Rescuers came late.\n\nThe quake killed at least 12 people. Later, 40 others were injured in the town."
    found = find_casualties(text)
    assert [text[c.start : c.end] for c in found] == ["killed at least 12 people", "40 others were injured"]
    assert found[0] == Casualty("killed", Count(12, None), text.index("killed"), text.index(". Later"))


@pytest.mark.parametrize(
    "piece",
    ["killed ", "killed and ", "two men and ", "one hundred and ", "including 3 men, ", "no ", "death toll of ", "A "],
)
def test_hostile_text_takes_time_in_proportion(piece: str) -> None:
    began = time.process_time()
    find_casualties(piece * (60_000 // len(piece)) + "were killed")
    assert time.process_time() - began < 5
