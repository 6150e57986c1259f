"""Tell who is meant by a name in the news: a state, an army, an armed group, a news medium, a person.

In: a name as written ("the US", "Tehran", "Israel's military", "Iranian officials"). Out: an `Actor` with its usual
name, its country (ISO 3166-1 alpha-2) and its type. Organisations, groups, forces and news media come from the table
_data/actors.csv, which anyone may extend; countries, capitals and demonyms from the same table, from Unicode CLDR
(babel) and from countryinfo. Other names are read by their words: "Kurdish militants", "state television".
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from geomap.model import Actor

__all__ = ["clean", "describe", "is_outlet", "same_actor"]

Role = Literal["source", "target"]
_MAX_NAME = 200  # characters; the rest of a longer name is not read


@dataclass(frozen=True, slots=True)
class _Known:
    name: str
    type: str
    country: str | None


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Nouns that say what kind of actor a name stands for.
_WORDS: dict[str, frozenset[str]] = {
    "armed group": _set(
        "rebel rebels militant militants insurgent insurgents guerrilla guerrillas militia militias militiaman "
        "militiamen gunman gunmen jihadist jihadists jihadi jihadis islamist islamists separatist separatists "
        "terrorist terrorists extremist extremists gang gangs cartel cartels bandit bandits pirate pirates attacker "
        "attackers assailant assailants bomber bombers hijacker hijackers kidnappers mercenaries paramilitary "
        "paramilitaries mob fighter fighters brigades hacker hackers shooter"
    ),
    "military": _set(
        "military army armies navy troops soldier soldiers marines forces force serviceman servicemen airmen "
        "warplanes warplane jets drones aircraft artillery junta coalition peacekeeper peacekeepers commandos "
        "battalion brigade regiment airstrike airstrikes fleet"
    ),
    "police": _set(
        "police policeman policemen policewoman constable constables gendarmerie gendarmes gendarme sheriff "
        "detectives officer officers coastguard interpol"
    ),
    "media": _set(
        "media television tv newspaper newspapers broadcaster broadcasters radio newswire newswires agencies magazine "
        "press outlets outlet tabloid gazette tribune herald chronicle"
    ),
    "state": _set(
        "government governments ministry ministries minister ministers authorities authority president presidency "
        "parliament administration regime state court courts embassy consulate department council cabinet congress "
        "senate judiciary prosecutor prosecutors prosecution tribunal jury judge agency commission legislature "
        "lawmakers senators mayor governor kingdom monarchy king queen premier chancellor ambassador diplomats "
        "diplomat customs intelligence secretary"
    ),
    "party": _set(
        "party parties opposition democrats republicans conservatives socialists communists liberals greens movement"
    ),
    "civilians": _set(
        "civilian civilians people person man men woman women child children boy boys girl girls protester protesters "
        "protestor protestors demonstrators demonstrator resident residents villagers villager student students "
        "pupils workers worker farmers farmer migrant migrants refugee refugees settlers settler voters activists "
        "activist tourists tourist passengers passenger citizens citizen journalists journalist reporters reporter "
        "witnesses inmates inmate prisoners prisoner detainees hostages hostage crowd crowds family families "
        "supporters doctors nurses teachers miners fans driver drivers victims victim suspect suspects crew teenager "
        "teenagers nationals foreigners worshippers pilgrims locals community communities pensioner aid-workers"
    ),
    "organisation": _set(
        "company companies corporation bank university group institute foundation association federation union club "
        "inc ltd corp co motors industries holdings network organization organisation organizations organisations "
        "charity charities church hospital observatory center centre society committee firm airline airlines school "
        "college league alliance"
    ),
}  # fmt: skip
_CLASS_OF = {word: kind for kind, words in _WORDS.items() for word in words}
# Those who speak for another: what they are follows from the words before.
_SPEAKERS = _set(
    "official officials spokesman spokesmen spokeswoman spokesperson spokespersons leader leaders chief chiefs "
    "commander commanders source sources representative representatives general generals envoy envoys negotiators "
    "delegation leadership side executives members member positions investigators experts"
)
_RUN = re.compile(r"(?:-|\s)(?:run|led|backed|aligned|affiliated|linked|controlled|held|based)\b", re.IGNORECASE)

_RANK = (
    r"(?:(?:former|ex-?|then|acting|deputy|vice|late|outgoing|incoming|interim|caretaker|senior|top|assistant|chief|lead|"
    r"supreme|prime|foreign|defen[cs]e|interior|finance|justice|health|home|trade|energy|economy|opposition|political|"
    r"military|rebel|spiritual|religious|party|first|attorney|secretary|major|brigadier|lieutenant|army|police|navy)[\s-]+)*"
)
_TITLE = (
    r"(?:president|premier|minister|chancellor|secretary(?:[\s-]general|\s+of\s+\w+)?|general|admiral|colonel|captain|major|"
    r"lieutenant|sergeant|commander|chief|leader|governor|mayor|senator|congress(?:man|woman)|representative|ambassador|envoy|"
    r"spokes(?:man|woman|person)|official|lawmaker|deputy|politician|judge|prosecutor|lawyer|activist|journalist|"
    r"general\s+secretary|director(?:[\s-]general)?|chair(?:man|woman|person)?|commissioner|lady|"
    r"dictator|ayatollah|gen|lt|col|maj|capt|sgt|adm|brig|gov|sen|rep|mr|mrs|ms|dr|prof|sir|rev)\b\.?"
)
_PARTICLE = r"(?:bin|bint|ibn|al|el|von|van|der|den|de|da|do|dos|du|la|le|y|abu)"
_NAME_WORD = r"(?:[^\W\d_a-z][\w'’.-]*|al-[\w'’]+|el-[\w'’]+)"
_NAME = rf"{_NAME_WORD}(?:\s+(?:{_PARTICLE}\s+){{0,3}}{_NAME_WORD}){{0,5}}"
_TITLED = re.compile(rf"(?:(?P<of>.{{0,80}}?)\s+)?(?i:{_RANK}{_TITLE})\s+(?P<name>{_NAME})$")
_PERSON = re.compile(rf"{_NAME_WORD}(?:\s+(?:{_PARTICLE}\s+){{0,3}}{_NAME_WORD}){{1,5}}")
# Titles that are half of other names: "General Motors", "Justice Department".
_UNSURE_TITLE = re.compile(
    r"^(?:general|major|justice|chief|captain|home|first|representative|lead|deputy)\s", re.IGNORECASE
)
_MEDIUM = re.compile(
    r"(?:^|\s)(?:news|news\s+agency|press\s+agency|tv|times|post|gazette|tribune|herald|chronicle|journal|telegraph|"
    r"television|observer|mirror|mail|standard|examiner|bulletin|broadcasting(?:\s+(?:corporation|service|company))?)$"
    r"|^(?:radio|daily|channel)\s",
    re.IGNORECASE,
)
_SOCIAL = re.compile(r"\bsocial\s+(?:media|network)", re.IGNORECASE)
_TRAILER = re.compile(
    r"\s*(?:\([^()]{0,100}\)$|(?:[,;]|\s[–—])(?:\s+(?:[a-z0-9\"“].*|(?:A|An|The)\s.*))?$|\s(?:who|whose|which|that|told|said)\s.*$)",
    re.DOTALL,
)


def clean(name: str) -> str:
    """Give a name without article, title and trailing description: "President Ann Lee, who ..." is "Ann Lee".

    Gives an empty string where nothing is left. Characters beyond the first 200 are not read.
    """
    text = " ".join(name[:_MAX_NAME].split())
    before = None
    while text != before:
        before = text
        text = _TRAILER.sub("", text).strip(" \"'“”‘’,.;:()[]") if not text.endswith(".") else _strip_stop(text)
        text = re.sub(r"^(?:the|a|an|both|all|even)\s+", "", text, flags=re.IGNORECASE)
        text = re.sub(r"(?<=\w)['’]s$", "", text)
    titled = _TITLED.fullmatch(text) if _known(text) is None else None
    if titled and (" " in titled["name"] or not _UNSURE_TITLE.match(text)):
        return titled["name"]
    return text


def _strip_stop(text: str) -> str:
    """Take off a full stop that is no part of "U.S."."""
    return text if re.search(r"\b(?:\w\.){2,}$", text) else text[:-1]


def describe(name: str, role: Role) -> Actor:
    """Give what is known of an actor by its name alone; what is not known is None."""
    known = _describe(name[:_MAX_NAME])
    if known is None:
        return Actor(name, role)
    return Actor(name, role, canonical=known.name or None, country=known.country, type=known.type or None)


def same_actor(a: str, b: str) -> bool:
    """Tell whether two names stand for one actor: "Tehran" and "Iranian officials", "Trump" and "Donald Trump".

    A state and its army are two.
    """
    first, second = clean(a), clean(b)
    if not first or not second:
        return False
    if _key(first) == _key(second):
        return True
    one, other = _describe(a[:_MAX_NAME]), _describe(b[:_MAX_NAME])
    if one and other and one.name and _key(one.name) == _key(other.name):
        return True
    short, long = sorted((first, second), key=lambda n: len(n.split()))
    full = one if long == first else other
    surname = len(short.split()) == 1 and len(short) > 2 and full is not None and full.type == "person"
    return surname and _key(short) == _key(long.split()[-1])


def is_outlet(name: str) -> bool:
    """Tell whether a name is that of a news medium or of media at large ("Reuters", "state television")."""
    known = _describe(name[:_MAX_NAME])
    return known is not None and known.type == "media"


@lru_cache(maxsize=16384)
def _describe(name: str) -> _Known | None:
    """Give name, type ("" for unknown) and country of an actor."""
    written = " ".join(name.split()).strip(" \"'“”‘’,;:()[]")
    text = clean(name)
    known = _known(re.sub(r"(?<=\w)['’]s$", "", written)) or _known(text)
    if known is not None:
        return known
    titled = _TITLED.fullmatch(re.sub(r"^(?:[Tt]he|[Aa]n?)\s+", "", written))
    if titled and titled["name"] == text:
        return _Known(text, "person", _country_of(titled["of"] or ""))
    return _composed(text) if text else None


def _composed(text: str) -> _Known | None:
    """Read a name by its parts: whose ("Israel's", "of Venezuela", "Hamas") and what ("officials", "air force")."""
    words = text.split()
    lead = _lead(words)
    country = None
    kind = "" if _SOCIAL.search(text) else _kind(words)
    if lead is not None:
        owner, rest = lead
        country = owner.country
        what = _kind(rest)
        if owner.type == "country":
            return _of_country(owner, text, "media" if _is_medium(text) else what, rest)
        named = what == "state" and any(w[:1].isupper() for w in rest)  # "Westminster Magistrates' Court"
        acts = what in ("armed group", "military", "state", "police") or (rest and rest[-1].lower() in _SPEAKERS)
        if acts and not named and not _RUN.match(text[len(" ".join(words[: len(words) - len(rest)])) :]):
            return owner
    else:
        tail = re.search(r"\s(?:of|in)\s+(?:the\s+)?([^,]+)$", text)
        owner_country = _country(tail[1]) if tail else None
        if tail and owner_country is not None:
            before = text[: tail.start()].split()
            return _of_country(owner_country, text, _kind(before), before)
    if _is_medium(text):
        return _Known(text, "media", country)
    people = _known(words[-1])
    if people is not None and people.type == "civilians":  # "four Israelis"
        return _Known("", "civilians", people.country)
    if kind == "civilians" or (kind and text == text.lower()):
        return _Known("", kind, country)
    if kind:
        return _Known(text, kind, country)
    if _PERSON.fullmatch(text) and not text.isupper() and words[-1].lower() not in _SPEAKERS:
        return _Known(text, "person", country)
    if re.search(r"\d|&|\b(?:of|and|for)\b", text) and text != text.lower():
        return _Known(text, "organisation", country)
    return _Known("", "", country) if country else None


def _of_country(owner: _Known, text: str, kind: str, rest: Sequence[str]) -> _Known:
    """Give the actor that is a country's government, army, police, media, people ..."""
    if kind == "military":
        return _Known(_armies().get(owner.country or "", f"Armed forces of {owner.name}"), kind, owner.country)
    if kind == "police":
        return _Known(f"Police of {owner.name}", kind, owner.country)
    speaker = bool(rest) and rest[-1].lower() in _SPEAKERS
    if (speaker and not kind) or (kind == "state" and not any(w[:1].isupper() for w in rest)):
        return _Known(owner.name, "state", owner.country)
    if kind == "civilians":
        return _Known("", kind, owner.country)
    if not kind and rest and all(w[:1].isupper() for w in rest):
        kind = "person" if len(rest) > 1 else "organisation"
    return _Known(text if kind else "", kind, owner.country)


def _is_medium(text: str) -> bool:
    return bool(_MEDIUM.search(text)) and text != text.lower()


def _kind(words: Sequence[str]) -> str:
    """Give the type that the words of a name say, the last noun first; "" where none does."""
    low = [re.sub(r"['’]s$", "", w.lower().strip(".,")) for w in words]
    if "of" in low[1:3] and _CLASS_OF.get(low[-1]) == "civilians":
        return "civilians"  # "thousands of people"
    cut = next(
        (i for i, w in enumerate(low) if i and w in ("of", "in", "from", "at", "for", "with", "on", "near", "by")),
        len(low),
    )
    speaks = False
    for index in range(cut - 1, -1, -1):
        word = low[index].rpartition("-")[2]
        speaks = speaks or word in _SPEAKERS
        kind = _CLASS_OF.get(word, "")
        if not kind:
            continue
        if kind in ("military", "party", "organisation") and any(
            _CLASS_OF.get(w.rpartition("-")[2]) == "armed group" for w in low[:index]
        ):
            return "armed group"  # "rebel forces", "militant group"
        if word == "agency" and "news" in low[:index]:
            return "media"
        return kind
    return "state" if speaks and cut == len(low) and len(low) <= 2 and low[-1] in ("official", "officials") else ""


def _lead(words: Sequence[str]) -> tuple[_Known, list[str]] | None:
    """Give the known actor that a name begins with, and the words after it."""
    for length in range(min(6, len(words) - 1), 0, -1):
        start = " ".join(words[:length])
        start = re.sub(r"['’]s?$", "", start)
        known = _country(start) or _known(start)
        if known is not None and (known.type != "civilians" or length > 1):
            return known, list(words[length:])
    return None


def _country_of(text: str) -> str | None:
    words = text.split()
    found = _country(re.sub(r"['’]s$", "", text)) or _known(text)
    if found is None and len(words) > 1:
        lead = _lead(words)
        found = lead[0] if lead else None
    return found.country if found else None


def _known(text: str) -> _Known | None:
    """Give the entry of the table, or the state, people or capital, that a whole name stands for."""
    exact, table = _table()
    key = _key(text)
    found = exact.get(key.upper()) if text.isupper() or "." in text else None
    found = found or table.get(key)
    if found is not None and found.type != "country":
        return found
    country = _country(text)
    if country is not None:
        return _Known(country.name, "state", country.country)
    people = _countries().get(key[:-1]) if key.endswith("s") else None
    if people is not None and text[:1].isupper():
        return _Known(text, "civilians", people.country)
    return None


def _country(text: str) -> _Known | None:
    """Give the country with that name, demonym or capital."""
    if not text[:1].isupper():
        return None
    exact, _ = _table()
    key = _key(text)
    found = exact.get(key.upper()) if text.isupper() or "." in text else None
    return found if found is not None and found.type == "country" else _countries().get(key)


def _key(name: str) -> str:
    """Give the form under which names are compared: no accents, case, dots, hyphens and article."""
    plain = unicodedata.normalize("NFKD", name.replace("’", "'").replace("ı", "i").replace("–", "-"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    plain = " ".join(re.sub(r"[-/,]", " ", plain.replace(".", "")).split())
    return plain.removeprefix("the ")


@lru_cache(maxsize=1)
def _table() -> tuple[Mapping[str, _Known], Mapping[str, _Known]]:
    """Read _data/actors.csv: short acronyms, which must be written in capitals ("US", "WHO"), and all other names."""
    exact: dict[str, _Known] = {}
    table: dict[str, _Known] = {}
    text = (files("geomap") / "_data" / "actors.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        known = _Known(row["name"], row["type"], row["country"] or None)
        for alias in [row["name"], *filter(None, row["aliases"].split("|"))]:
            key = _key(alias)
            if key.isalpha() and len(key) <= 4 and alias.replace(".", "").isupper():
                exact.setdefault(key.upper(), known)
            else:
                table.setdefault(key, known)
    return exact, table


@lru_cache(maxsize=1)
def _armies() -> Mapping[str, str]:
    """Give the name of each country's armed forces that the table lists, the first one a country."""
    armies: dict[str, str] = {}
    for known in _table()[1].values():
        if (
            known.type == "military"
            and known.country
            and re.search(r"Forces|Army|Tatmadaw|FARDC|Bundeswehr", known.name)
        ):
            armies.setdefault(known.country, known.name)
    return armies


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, _Known]:
    """Give the country of each name, demonym and capital."""
    from babel import Locale  # 40 ms, with countryinfo 60 ms more; once a process
    from countryinfo import CountryInfo

    found = {key: known for key, known in _table()[1].items() if known.type == "country"}
    names = {known.country: known for known in _table()[1].values() if known.type == "country"}
    for code, name in sorted(Locale("en").territories.items()):
        if re.fullmatch("[A-Z]{2}", code) and code not in ("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"):
            plain = re.sub(r" \(.*| - .*", "", name).replace("&", "and")
            names.setdefault(code, _Known(plain, "country", code))
            found.setdefault(_key(plain), names[code])
    # The most populous comes first where several share a demonym: India before the British Indian Ocean Territory.
    entries = sorted(
        CountryInfo("France").all().values(), key=lambda e: (-(e.get("population") or 0), str(e.get("name")))
    )
    for entry in entries:
        known = names.get((entry.get("ISO") or {}).get("alpha2"))
        if known is None:
            continue
        written = [entry.get("name"), entry.get("capital"), *re.split(r"[,/]| and ", entry.get("demonym") or "")]
        written += [n for n in entry.get("altSpellings") or () if len(n) > 8 and n.isascii()]
        for name in written:
            if isinstance(name, str) and len(name.strip()) > 2:
                found.setdefault(_key(name.strip()), known)
    return found
