"""Turn the time expressions of English news into calendar dates.

In: an expression ("early on Friday morning") or a text, and the day on which it was published. Out: `DateRange`s, first
and last day inclusive, with the precision that the words have. Dates are those of the place of publication: time zones
are not known from a text. Without a day of publication only expressions that carry their own year resolve.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from geomap.counts import ORDINALS, TENS, UNITS
from geomap.model import DatePrecision

__all__ = ["DateRange", "find_dates", "resolve_date"]

_MAX_EXPRESSION = 200  # characters; a time expression is shorter


@dataclass(frozen=True, slots=True)
class DateRange:
    """A stretch of days."""

    start: date  #: first day
    end: date  #: last day, inclusive
    precision: DatePrecision  #: the unit in which the words speak; never "published"


@dataclass(frozen=True, slots=True)
class _Context:
    """What an expression is relative to."""

    published: date | None
    future: bool
    year: int | None = None  # the year that the other end of a range gives

    def today(self) -> date:
        """Give the day of publication, or raise `_UnresolvedError` where there is none."""
        if self.published is None:
            raise _UnresolvedError
        return self.published


class _UnresolvedError(Exception):
    """The expression needs what the context does not give; callers turn it into None."""


_MONTH_KEYS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_KEYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBERS = {"a": 1, "an": 1, **UNITS, **TENS, **ORDINALS, "a couple of": 2, "couple of": 2}
_HOLIDAYS = {
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
    "new year's eve": (12, 31),
    "new year's day": (1, 1),
}
# Units between now and what such a word points at.
_STEPS = {"last": -1, "past": -1, "previous": -1, "this": 0, "the": 0, "next": 1, "coming": 1, "following": 1}
# "a few weeks ago" and the like: from two to six units.
_VAGUE = frozenset({"a few", "few", "several", "some"})

_DAYS = {"day": 1, "night": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12, "decade": 120}

# Names that are words too must be capitalised: "they may", "to march", "the sun sat".
_MONTH = (
    r"(?:january|february|april|june|july|august|september|october|november|december"
    r"|(?-i:March|MARCH|May|MAY)|(?-i:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_WEEKDAY = (
    r"(?:(?<!black )(?<!good )(?<!palm )(?<!holy )(?<!bloody )(?<!super )(?<!easter )(?<!cyber )(?<!ash )"
    r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|(?-i:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b\.?)"
    r"(?!\s+(?-i:Times|Mirror|Telegraph|Mail|Herald|Express|Post|Mosque|Agreement|School)\b))"
)
_DAY = r"(?:(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?)(?![\d%:]|[.,]\d)"
_YEAR = r"(?:1[5-9]\d\d|20\d\d)(?![\d%]|[.,]\d)"
_WHICH_YEAR = rf"(?:,?\s+(?:of\s+)?(?:{_YEAR}|(?:last|this|next)\s+year\b))"
_UNIT = r"(?:minute|hour|day|night|week|month|year|decade)s?"
_NUMBER = "|".join(sorted({"a", "an", *UNITS, *TENS}, reverse=True))
_COUNT = rf"(?:a\s+couple\s+of|a\s+few|several|some|\d{{1,3}}|{_NUMBER})"
_PART = r"(?:morning|afternoon|evening|night|noon|midday|midnight)"
_ORDINAL = "(?:" + "|".join(ORDINALS) + ")"
_HOLIDAY = r"christmas(?:\s+(?:eve|day))?|new\s+year['’]s\s+(?:eve|day)"

_DAY_MONTH = rf"(?:{_DAY}|{_ORDINAL})(?:\s+of)?\s+{_MONTH}{_WHICH_YEAR}?"
_MONTH_DAY = rf"{_MONTH}\s+{_DAY}{_WHICH_YEAR}?"
_MONTH_YEAR = rf"{_MONTH}{_WHICH_YEAR}"
_NUMERIC = rf"{_YEAR}-[01]\d-[0-3]\d|[0-3]?\d/[0-3]?\d/{_YEAR}"
_THIRD_WORDS = r"(?:early(?:\s+in)?|mid|late(?:\s+in)?|(?:the\s+)?(?:start|beginning|end|middle)\s+of)"
_THIRD = _THIRD_WORDS + r"(?:\s+|-)"

Handler = Callable[[re.Match[str], _Context], DateRange]


def resolve_date(expression: str, published: date | None, *, future: bool = False) -> DateRange | None:
    """Give the days that a time expression names, or None where it names none or its anchor is not known.

    A weekday is the latest one up to and including `published` (with `future`: the first from it on), "last" is
    strictly before and "next" strictly after. A day and month without a year are the nearest to `published`, with
    `future` the next. Characters beyond the first 200 are not read.
    """
    words = " ".join(expression[:_MAX_EXPRESSION].split()).strip(" ,.;:()'\"")
    if _UNANCHORED.search(words):
        return None
    words = re.sub(r"['’]s$", "", words)
    context = _Context(published, future)
    return _whole(words, context, [*_RANGES, *_POINTS, *_BARE]) or next(
        (found for _, _, found in find_dates(words, published, future=future)), None
    )


def find_dates(text: str, published: date | None, *, future: bool = False) -> list[tuple[int, int, DateRange]]:
    """Give the time expressions of a text that resolve, in order: start and end (characters, exclusive) and days.

    A month or year by itself counts only where the words around it show that it is a time ("in March", "since 2019").
    """
    context = _Context(published, future)
    found = []
    for match in _SCANNER.finditer(text):
        if re.search(r"anniversary of (?:the )?$", text[max(0, match.start() - 20) : match.start()]):
            continue
        rule = _BY_NAME[match.lastgroup or ""]
        inner = rule.pattern.fullmatch(match.group())
        days = _apply(rule, inner, context) if inner else None
        if days is not None:
            found.append((match.start(), match.end(), days))
    return found


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    pattern: re.Pattern[str]
    handler: Handler


def _apply(rule: _Rule, match: re.Match[str], context: _Context) -> DateRange | None:
    try:
        return rule.handler(match, context)
    except (_UnresolvedError, ValueError, OverflowError):  # 31 June, or a day before the year 1
        return None


def _whole(words: str, context: _Context, rules: list[_Rule]) -> DateRange | None:
    """Give what the first rule says that takes all words and resolves."""
    for rule in rules:
        match = rule.pattern.fullmatch(words)
        days = _apply(rule, match, context) if match else None
        if days is not None:
            return days
    return None


# Calendar arithmetic


def _day(day: date) -> DateRange:
    return DateRange(day, day, "day")


def _week(day: date) -> DateRange:
    monday = day - timedelta(days=day.weekday())
    return DateRange(monday, monday + timedelta(days=6), "week")


def _month(year: int, month: int) -> DateRange:
    return DateRange(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), "month")


def _year(year: int) -> DateRange:
    return DateRange(date(year, 1, 1), date(year, 12, 31), "year")


def _shifted(day: date, unit: str, count: int) -> date:
    """Give the day so many units later, in a month with fewer days its last; earlier where `count` is negative."""
    if unit in _DAYS:
        return day + timedelta(days=count * _DAYS[unit])
    months = day.year * 12 + day.month - 1 + count * _MONTHS[unit]
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _units_later(day: date, unit: str, count: int) -> DateRange:
    """Give the whole day, week, month or year in which the day so many units later lies."""
    later = _shifted(day, unit, count)
    if unit in ("month", "week"):
        return _month(later.year, later.month) if unit == "month" else _week(later)
    return _day(later) if unit in _DAYS else _year(later.year)


def _number(words: str) -> int:
    words = " ".join(words.lower().split())
    digits = re.match(r"\d+", words)
    return int(digits.group()) if digits else _NUMBERS[words]


def _month_number(words: str) -> int:
    return _MONTH_KEYS.index(words.lower()[:3]) + 1


def _which_year(words: str | None, context: _Context) -> int | None:
    """Give the year of a date: as written, "last year", or that of the range's other end."""
    if not words:
        return context.year
    digits = re.search(r"\d{4}", words)
    if digits:
        return int(digits.group())
    return context.today().year + _STEPS[re.sub(r"^[,\s]+(?:of\s+)?", "", words.lower()).split()[0]]


def _month_day(month: int, day: int, year: int | None, context: _Context, weekday: str | None = None) -> date:
    """Give a day and month its year: the one written, else the nearest; a weekday beside it settles a close call."""
    if year is not None:
        return date(year, month, day)
    today = context.today()
    candidates = []
    for other in range(today.year - 4, today.year + 5):  # nine years hold a 29 February
        try:
            candidates.append(date(other, month, day))
        except ValueError:
            continue
    if context.future:
        candidates = [d for d in candidates if d >= today]
    if weekday:
        wanted = _DAY_KEYS.index(weekday.lower()[:3])
        candidates = [d for d in candidates if d.weekday() == wanted and abs((d - today).days) < 400] or candidates
    return min(candidates, key=lambda d: (abs((d - today).days), d))


def _nearest_month(month: int, context: _Context) -> DateRange:
    """Give the month of that number: up to six months back, otherwise the next."""
    today = context.today()
    back = (today.month - month) % 12
    return _units_later(today, "month", (month - today.month) % 12 if context.future or back > 6 else -back)


# Handlers, one a rule


def _iso(match: re.Match[str], _: _Context) -> DateRange:
    words = match.group()
    if "-" in words:
        return _day(date.fromisoformat(words))
    first, second, year = (int(part) for part in words.split("/"))
    if first <= 12 and second <= 12 and first != second:  # 3/4/2024 is March or April
        raise _UnresolvedError
    return _day(date(year, second, first) if second <= 12 else date(year, first, second))


def _calendar_day(match: re.Match[str], context: _Context) -> DateRange:
    groups = match.groupdict()
    year = _which_year(groups["year"], context)
    return _day(_month_day(_month_number(groups["month"]), _number(groups["day"]), year, context, groups["weekday"]))


def _month_of_year(match: re.Match[str], context: _Context) -> DateRange:
    year, month = _which_year(match["year"], context), _month_number(match["month"])
    days = _month(year, month) if year else _nearest_month(month, context)
    return _third(days, match["third"])


def _year_alone(match: re.Match[str], _: _Context) -> DateRange:
    return _third(_year(int(match["year"])), match["third"])


def _third(days: DateRange, words: str | None) -> DateRange:
    """Cut a month or a year to its first, middle or last third: ten days, four months."""
    if not words:
        return days
    words = words.lower()
    part = 0 if re.search("early|start|beginning", words) else 1 if "mid" in words else 2
    if days.precision == "month":
        first = days.start + timedelta(days=10 * part)
        return replace(days, start=first, end=days.end if part == 2 else first + timedelta(days=9))
    year = days.start.year
    return DateRange(date(year, 4 * part + 1, 1), _month(year, 4 * part + 4).end, "year")


def _decade(match: re.Match[str], _: _Context) -> DateRange:
    first = int(match["decade"])
    return DateRange(date(first, 1, 1), date(first + 9, 12, 31), "year")


def _holiday(match: re.Match[str], context: _Context) -> DateRange:
    month, day = _HOLIDAYS[" ".join(match["holiday"].lower().replace("’", "'").split())]
    return _day(_month_day(month, day, _which_year(match["year"], context), context))


def _weekday(match: re.Match[str], context: _Context) -> DateRange:
    today = context.today()
    wanted = _DAY_KEYS.index(match["weekday"].lower()[:3])
    which, week = (match["which"] or "").lower(), (match["week"] or "").lower()
    if week:
        return _day(today + timedelta(days=wanted - today.weekday() + 7 * _STEPS[week]))
    back, ahead = (today.weekday() - wanted) % 7, (wanted - today.weekday()) % 7
    step = _STEPS[which.split()[0]] if which else None
    if step:
        return _day(today + timedelta(days=ahead or 7) if step > 0 else today - timedelta(days=back or 7))
    return _day(today + timedelta(days=ahead) if step == 0 or context.future else today - timedelta(days=back))


def _named_day(match: re.Match[str], context: _Context) -> DateRange:
    words = " ".join(match["named"].lower().split())
    step = 1 if "tomorrow" in words else -1 if "yesterday" in words or words == "last night" else 0
    if words.startswith("the day"):  # "the day before yesterday"
        step *= 2
    return _day(context.today() + timedelta(days=step))


def _unit(match: re.Match[str], context: _Context) -> DateRange:
    """ "last week", "earlier this month", "late last year"."""
    today, unit = context.today(), match["unit"].lower()
    step = _STEPS[match["which"].lower()]
    days = _units_later(today, unit, step)
    part = (match["part"] or "").lower()
    if step == 0 and part.startswith("earlier"):
        return replace(days, end=today)
    if step == 0 and part.startswith("later"):
        return replace(days, start=today)
    return _third(days, part) if part and unit != "week" else days


def _named_month(match: re.Match[str], context: _Context) -> DateRange:
    """ "last November", "this August", "next May"."""
    today, month = context.today(), _month_number(match["month"])
    step = _STEPS[match["which"].lower()]
    if step == 0:
        return _month(today.year, month)
    return _units_later(today, "month", step * (step * (month - today.month) % 12 or 12))


def _weekend(match: re.Match[str], context: _Context) -> DateRange:
    today, which = context.today(), (match["which"] or "").lower()
    ahead = 5 - today.weekday()  # days to the Saturday of this week; -1 on a Sunday
    saturday = today + timedelta(days=ahead)
    over = ahead > 0  # a working day: the latest weekend is the one before
    step = _STEPS.get(which, 0)
    if step:
        saturday += timedelta(days=-7 if step < 0 else 0 if over else 7)
    elif over and not context.future and not (which == "this" and today.weekday() >= 2):
        # "this weekend" written on a Monday or Tuesday looks back
        saturday -= timedelta(days=7)
    return DateRange(saturday, saturday + timedelta(days=1), "day")


def _ago(match: re.Match[str], context: _Context) -> DateRange:
    today, unit, words = context.today(), match["unit"].lower().rstrip("s"), (match["count"] or "a few").lower()
    if " ".join(words.split()) in _VAGUE:
        far, near = _units_before(today, unit, 6), _units_before(today, unit, 2)
        return DateRange(far.start, near.end, far.precision)
    return _units_before(today, unit, _number(words))


def _units_before(today: date, unit: str, count: int) -> DateRange:
    if unit in ("minute", "hour"):
        return _day(today - timedelta(days=count // 24 if unit == "hour" else 0))
    return _units_later(today, unit, -count)


def _span_to_today(match: re.Match[str], context: _Context) -> DateRange:
    """ "in the past 24 hours", "over the last week", "in recent days", "in the coming weeks"."""
    today, unit = context.today(), match["unit"].lower().rstrip("s")
    count_words = " ".join((match["count"] or "").lower().split())
    sign = _STEPS.get((match["way"] or match["way_alone"]).lower(), -1)
    plural = match["unit"].lower().endswith("s")
    count = 6 if count_words in _VAGUE or (not count_words and plural) else _number(count_words or "one")
    if unit in ("hour", "minute"):
        unit, count = "day", -(-count // 24) if unit == "hour" else 0
    other, precision = _shifted(today, unit, sign * count), _units_later(today, unit, 0).precision
    return DateRange(min(today, other), max(today, other), precision)


def _from_to(match: re.Match[str], context: _Context) -> DateRange:
    last = _point(match["last"], context)
    year = re.search(_YEAR, match["last"])
    # "from 28 October until 7 November 2016": the year stands at the end only
    first_context = replace(context, year=int(year.group())) if year else context
    first = _point(match["first"], first_context)
    if first.start > last.end and year is None:
        # Both nearest to publication, yet the wrong way round: the end follows the start.
        last = _point(match["last"], replace(context, published=first.start, future=True))
    elif first.start > last.end:
        first = _point(match["first"], replace(context, year=last.end.year - 1))
    if first.start > last.end:
        raise _UnresolvedError
    return DateRange(first.start, last.end, first.precision)


def _days_of_month(match: re.Match[str], context: _Context) -> DateRange:
    """ "between 3 and 5 May", "June 1 to 14, 2021", "3–5 May"."""
    month, year = _month_number(match["month"]), _which_year(match["year"], context)
    first = _month_day(month, _number(match["first"]), year, context)
    last = _month_day(month, _number(match["last"]), first.year, context)
    if last < first:
        raise _UnresolvedError
    return DateRange(first, last, "day")


def _months_of_year(match: re.Match[str], _: _Context) -> DateRange:
    year = int(match["year"])
    first, last = _month(year, _month_number(match["first"])), _month(year, _month_number(match["last"]))
    if last.end < first.start:
        first = _month(year - 1, _month_number(match["first"]))
    return DateRange(first.start, last.end, "month")


def _weekdays(match: re.Match[str], context: _Context) -> DateRange:
    """ "Friday and Saturday": adjacent to each other, the second as near to publication as it gets."""
    last = _point(match["last"], context)
    wanted = _DAY_KEYS.index(match["first"].lower()[:3])
    return DateRange(last.start - timedelta(days=(last.start.weekday() - wanted) % 7 or 7), last.end, "day")


def _since(match: re.Match[str], context: _Context) -> DateRange:
    days = _point(match["point"], replace(context, future=False))
    today = context.published
    if today is None or days.start > today:
        # "since June" can't lie ahead, so the nearest June was the wrong one
        if today is None or re.search(_YEAR, match["point"]):
            raise _UnresolvedError
        days = replace(days, start=days.start.replace(year=days.start.year - 1))
    return DateRange(days.start, today, days.precision)


def _until(match: re.Match[str], context: _Context) -> DateRange:
    days = _point(match["point"], replace(context, future=True) if match["way"].lower() != "by" else context)
    today = context.published
    return DateRange(today, days.end, days.precision) if today is not None and days.end >= today else days


def _point(words: str, context: _Context) -> DateRange:
    days = _whole(words.strip(), context, [*_POINTS, *_BARE])
    if days is None:
        raise _UnresolvedError
    return days


def _compile(name: str, pattern: str, handler: Handler) -> _Rule:
    return _Rule(name, _regex(pattern), handler)


def _regex(pattern: str) -> re.Pattern[str]:
    """Compile without regard to case, and with white space bounded: a long run of blanks would cost its square."""
    return re.compile(pattern.replace(r"\s+", r"\s{1,4}").replace(r"\s*", r"\s{0,4}"), re.IGNORECASE)


# "early on", "late on", "the early hours of", "on the morning of": the day is what counts.
_BEFORE = (
    r"(?:(?:earlier|early|late|later)\s+(?:on\s+)?|(?:in\s+)?the\s+(?:early|small)\s+hours\s+of\s+"
    rf"|(?:on\s+|in\s+)?the\s+(?:{_PART})\s+of\s+|(?:around\s+|at\s+)?(?:noon|midnight),?\s+(?:on\s+)?|on\s+(?:the\s+)?)?"
)
_AFTER = rf"(?:\s+(?:early\s+|late\s+)?{_PART}\b)?"
_DATE_PREFIX = rf"{_BEFORE}(?:(?:last\s+|next\s+|this\s+)?(?P<weekday>{_WEEKDAY}),?\s+(?:the\s+)?)?"
_POINTS = [
    _compile("iso", _NUMERIC, _iso),
    _compile(
        "day_month",
        rf"{_DATE_PREFIX}(?:the\s+)?(?P<day>{_DAY}|{_ORDINAL})(?:\s+of)?\s+(?P<month>{_MONTH})(?P<year>{_WHICH_YEAR})?",
        _calendar_day,
    ),
    _compile(
        "month_day",
        rf"{_DATE_PREFIX}(?P<month>{_MONTH})\s+(?P<day>{_DAY})(?P<year>{_WHICH_YEAR})?",
        _calendar_day,
    ),
    _compile("holiday", rf"(?:on\s+)?(?P<holiday>{_HOLIDAY})(?P<year>{_WHICH_YEAR})?", _holiday),
    _compile(  # with a third, or with a year
        "month",
        rf"(?:in\s+)?(?:(?P<third>{_THIRD})|(?={_MONTH_YEAR}))(?P<month>{_MONTH})(?P<year>{_WHICH_YEAR})?",
        _month_of_year,
    ),
    _compile(
        "weekday",
        rf"{_BEFORE}(?:(?P<which>last|past|previous|next|coming|this(?:\s+coming)?)\s+)?(?P<weekday>{_WEEKDAY}){_AFTER}"
        r"(?:,?\s+(?:of\s+)?(?P<week>last|this|next)\s+week\b)?",
        _weekday,
    ),
    _compile(
        "named_day",
        rf"(?:earlier\s+|later\s+|early\s+|late\s+)?(?P<named>the\s+day\s+before\s+yesterday|the\s+day\s+after\s+tomorrow"
        rf"|today|yesterday|tomorrow|tonight|overnight|last\s+night|this\s+(?:{_PART}))(?:\s+{_PART})?",
        _named_day,
    ),
    _compile(
        "weekend",
        r"(?:(?:over|during|at|on)\s+)?(?:the\s+)?(?:(?P<which>last|past|previous|this|next|coming)\s+)?weekend",
        _weekend,
    ),
    _compile(
        "unit",
        rf"(?:(?P<part>earlier(?:\s+in)?|later(?:\s+in)?|{_THIRD_WORDS})\s+)?"
        r"(?P<which>last|past|previous|this|next|coming)\s+(?P<unit>week|month|year)",
        _unit,
    ),
    _compile(
        "the_unit",
        r"(?P<part>earlier\s+in|later\s+in|(?:the\s+)?(?:start|beginning|end|middle)\s+of)\s+(?P<which>the)\s+"
        r"(?P<unit>week|month|year)",
        _unit,
    ),
    _compile("named_month", rf"(?:in\s+)?(?P<which>last|past|next|this)\s+(?P<month>{_MONTH})", _named_month),
    _compile(
        "ago",
        rf"(?:(?:about|around|nearly|almost|some|just|exactly|more\s+than|over)\s+)?(?:(?P<count>{_COUNT})\s+)?"
        rf"(?P<unit>{_UNIT})\s+ago",
        _ago,
    ),
    _compile(
        "span_to_today",
        r"(?:(?:in|over|during|within|for|of)\s+)?(?:the\s+)?(?:(?P<way>last|past|next|coming|following)\s+"
        rf"(?P<count>{_COUNT}|few|couple\s+of)|(?P<way_alone>past|recent|coming))\s+(?P<unit>{_UNIT})",
        _span_to_today,
    ),
    _compile(
        "decade",
        r"(?:(?:in|since|during)\s+)?the\s+(?:(?:early|mid|late)(?:\s+|-))?(?P<decade>(?:1[5-9]|20)\d0)['’]?s",
        _decade,
    ),
    _compile("third_of_year", rf"(?:in\s+)?(?P<third>{_THIRD})(?P<year>{_YEAR})", _year_alone),
]
# Words that are a time only where something around them says so.
_BARE = [
    _compile("month_alone", rf"(?P<third>{_THIRD})?(?P<month>{_MONTH})(?P<year>{_WHICH_YEAR})?", _month_of_year),
    _compile("year_alone", rf"(?P<third>{_THIRD})?(?P<year>{_YEAR})", _year_alone),
]
_ANY_POINT = (
    rf"(?:{_NUMERIC}|(?:the\s+)?(?:{_WEEKDAY},?\s+)?(?:{_DAY_MONTH}|{_MONTH_DAY})|(?:{_THIRD})?{_MONTH_YEAR}"
    rf"|(?:{_THIRD})?{_MONTH}|(?:last\s+|next\s+)?{_WEEKDAY}{_AFTER}|yesterday|today|tomorrow|last\s+night"
    rf"|(?:the\s+end\s+of\s+)?(?:last|this|next)\s+(?:week|month|year)|(?:the\s+)?end\s+of\s+the\s+(?:week|month|year)"
    rf"|(?:{_THIRD})?{_YEAR})"
)
_TO = r"(?:\s+(?:to|until|till|through|and)\s+(?:about\s+)?|\s*[-–—]\s*)"
_RANGES = [
    _compile(
        "days_of_month",
        rf"(?:(?:from|between|on)\s+)?(?:the\s+)?(?P<first>{_DAY}){_TO}(?:the\s+)?(?P<last>{_DAY})(?:\s+of)?\s+"
        rf"(?P<month>{_MONTH})(?P<year>{_WHICH_YEAR})?",
        _days_of_month,
    ),
    _compile(
        "month_days",
        rf"(?:(?:from|between|on)\s+)?(?P<month>{_MONTH})\s+(?P<first>{_DAY}){_TO}(?P<last>{_DAY})(?!\s+{_MONTH})"
        rf"(?P<year>{_WHICH_YEAR})?",
        _days_of_month,
    ),
    _compile(
        "months_of_year",
        rf"(?:(?:from|between|in)\s+)?(?P<first>{_MONTH}){_TO}(?P<last>{_MONTH})\s+(?P<year>{_YEAR})",
        _months_of_year,
    ),
    _compile("from_to", rf"(?:from|between)\s+(?P<first>{_ANY_POINT}){_TO}(?P<last>{_ANY_POINT})", _from_to),
    _compile(
        "dates",
        rf"(?P<first>{_DAY_MONTH}|{_MONTH_DAY})(?:\s+(?:to|until|till|through)\s+|\s*[-–—]\s*)"
        rf"(?P<last>{_DAY_MONTH}|{_MONTH_DAY})",
        _from_to,
    ),
    _compile("years", rf"(?P<first>{_YEAR})\s*[-–—]\s*(?P<last>{_YEAR})", _from_to),
    _compile("weekdays", rf"(?:on\s+)?(?P<first>{_WEEKDAY}){_TO}(?P<last>{_WEEKDAY})", _weekdays),
    _compile("since", rf"(?:ever\s+)?since\s+(?:early\s+on\s+)?(?P<point>{_ANY_POINT})", _since),
    _compile("until", rf"(?P<way>until|till|by|up\s+to)\s+(?P<point>{_ANY_POINT})", _until),
]
_IN_CONTEXT = [
    _compile(
        "in_month",
        rf"(?:in|during|throughout|of|for|from)\s+(?P<third>{_THIRD})?(?P<month>{_MONTH})(?P<year>{_WHICH_YEAR})?",
        _month_of_year,
    ),
    _compile("in_year", rf"(?:in|during|throughout|of|from)\s+(?P<third>{_THIRD})?(?P<year>{_YEAR})", _year_alone),
]
_ALL = [*_RANGES, *_POINTS, *_IN_CONTEXT]
_BY_NAME = {rule.name: rule for rule in _ALL}
# One pass over the text: each rule is one alternative, its inner groups unnamed.
_SCANNER = _regex(
    r"(?<![\w$€£-])(?:"
    + "|".join(f"(?P<{r.name}>" + re.sub(r"\(\?P<\w+>", "(?:", r.pattern.pattern) + ")" for r in _ALL)
    + r")(?!\w)"
)
# "a week earlier", "two days after the storm": the day they count from is elsewhere.
_UNANCHORED = _regex(
    rf"^(?:(?:just|about|exactly|nearly|some|the|only)\s+)?(?:{_COUNT}\s+)?{_UNIT}\s+"
    r"(?:earlier|before|after|later|prior|previous(?:ly)?|following)\b(?!\s+(?:yesterday|tomorrow))|\banniversary\b"
)
