from __future__ import annotations

import time
from datetime import date

import pytest

from geomap.dates import DateRange, find_dates, resolve_date

FRIDAY = date(2024, 4, 19)


def written(days: DateRange | None) -> str | None:
    """The range as "start precision" or "start end precision"."""
    if days is None:
        return None
    ends = [days.start.isoformat()] + ([days.end.isoformat()] if days.end != days.start else [])
    return " ".join([*ends, days.precision])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("today", "2024-04-19 day"),
        ("earlier today", "2024-04-19 day"),
        ("tonight", "2024-04-19 day"),
        ("this morning", "2024-04-19 day"),
        ("overnight", "2024-04-19 day"),
        ("yesterday", "2024-04-18 day"),
        ("last night", "2024-04-18 day"),
        ("tomorrow", "2024-04-20 day"),
        ("the day before yesterday", "2024-04-17 day"),
        ("on Friday", "2024-04-19 day"),
        ("early on Friday morning", "2024-04-19 day"),
        ("Friday night", "2024-04-19 day"),
        ("the early hours of Thursday", "2024-04-18 day"),
        ("on the morning of Thursday", "2024-04-18 day"),
        ("Sunday's", "2024-04-14 day"),
        ("friday", "2024-04-19 day"),
        ("Tues.", "2024-04-16 day"),
        ("last Saturday", "2024-04-13 day"),
        ("last Friday", "2024-04-12 day"),
        ("next Tuesday", "2024-04-23 day"),
        ("next Friday", "2024-04-26 day"),
        ("this Saturday", "2024-04-20 day"),
        ("on Monday last week", "2024-04-08 day"),
        ("10 p.m. Tuesday", "2024-04-16 day"),
    ],
)
def test_a_day_named_by_its_distance_from_publication(expression: str, expected: str) -> None:
    assert written(resolve_date(expression, FRIDAY)) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("last week", "2024-04-08 2024-04-14 week"),
        ("this week", "2024-04-15 2024-04-21 week"),
        ("earlier this week", "2024-04-15 2024-04-19 week"),
        ("later this week", "2024-04-19 2024-04-21 week"),
        ("next week", "2024-04-22 2024-04-28 week"),
        ("earlier this month", "2024-04-01 2024-04-19 month"),
        ("last month", "2024-03-01 2024-03-31 month"),
        ("next month", "2024-05-01 2024-05-31 month"),
        ("last year", "2023-01-01 2023-12-31 year"),
        ("earlier in the year", "2024-01-01 2024-04-19 year"),
        ("late last year", "2023-09-01 2023-12-31 year"),
        ("over the weekend", "2024-04-13 2024-04-14 day"),
        ("last weekend", "2024-04-13 2024-04-14 day"),
        ("this weekend", "2024-04-20 2024-04-21 day"),
        ("two days ago", "2024-04-17 day"),
        ("a week ago", "2024-04-08 2024-04-14 week"),
        ("three months ago", "2024-01-01 2024-01-31 month"),
        ("two decades ago", "2004-01-01 2004-12-31 year"),
        ("36 hours ago", "2024-04-18 day"),
        ("a few days ago", "2024-04-13 2024-04-17 day"),
        ("in the past 24 hours", "2024-04-18 2024-04-19 day"),
        ("over the last 3 days", "2024-04-16 2024-04-19 day"),
        ("in recent days", "2024-04-13 2024-04-19 day"),
        ("in the next two weeks", "2024-04-19 2024-05-03 week"),
    ],
)
def test_a_stretch_of_time_relative_to_publication(expression: str, expected: str) -> None:
    assert written(resolve_date(expression, FRIDAY)) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("March 7", "2024-03-07 day"),
        ("13 April", "2024-04-13 day"),
        ("on the 5th of May", "2024-05-05 day"),
        ("Dec. 16", "2023-12-16 day"),
        ("July 14th", "2024-07-14 day"),
        ("Fourth of July", "2024-07-04 day"),
        ("New Year's Eve", "2023-12-31 day"),
        ("Christmas", "2023-12-25 day"),
        ("January 7 next year", "2025-01-07 day"),
        ("in March", "2024-03-01 2024-03-31 month"),
        ("in April", "2024-04-01 2024-04-30 month"),
        ("in October", "2023-10-01 2023-10-31 month"),
        ("April this year", "2024-04-01 2024-04-30 month"),
        ("last July", "2023-07-01 2023-07-31 month"),
        ("last April", "2023-04-01 2023-04-30 month"),
        ("this August", "2024-08-01 2024-08-31 month"),
        ("early May", "2024-05-01 2024-05-10 month"),
        ("mid-March", "2024-03-11 2024-03-20 month"),
        ("the end of February", "2024-02-21 2024-02-29 month"),
    ],
)
def test_a_date_without_year_takes_the_nearest(expression: str, expected: str) -> None:
    assert written(resolve_date(expression, FRIDAY)) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("since Monday", "2024-04-15 2024-04-19 day"),
        ("since yesterday", "2024-04-18 2024-04-19 day"),
        ("since 2 June", "2023-06-02 2024-04-19 day"),
        ("since 2011", "2011-01-01 2024-04-19 year"),
        ("until April 28", "2024-04-19 2024-04-28 day"),
        ("by the end of July", "2024-04-19 2024-07-31 month"),
        ("from October 28 until November 7", "2023-10-28 2023-11-07 day"),
        ("from 30 December to 2 January", "2023-12-30 2024-01-02 day"),
        ("between 3 and 5 May", "2024-05-03 2024-05-05 day"),
        ("June 1 to 14", "2024-06-01 2024-06-14 day"),
        ("between Monday and Wednesday", "2024-04-15 2024-04-17 day"),
        ("Friday and Saturday", "2024-04-12 2024-04-13 day"),
        ("between July 30 and August 2, 2010", "2010-07-30 2010-08-02 day"),
        ("May–July 2017", "2017-05-01 2017-07-31 month"),
        ("2011–2012", "2011-01-01 2012-12-31 year"),
    ],
)
def test_ranges(expression: str, expected: str) -> None:
    assert written(resolve_date(expression, FRIDAY)) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("7 March 2023", "2023-03-07 day"),
        ("January 21, 2020", "2020-01-21 day"),
        ("2024-04-19", "2024-04-19 day"),
        ("13/4/2024", "2024-04-13 day"),
        ("Christmas Day 2015", "2015-12-25 day"),
        ("May 2018", "2018-05-01 2018-05-31 month"),
        ("in 2019", "2019-01-01 2019-12-31 year"),
        ("2011", "2011-01-01 2011-12-31 year"),
        ("late 2022", "2022-09-01 2022-12-31 year"),
        ("in the early 1980s", "1980-01-01 1989-12-31 year"),
    ],
)
def test_a_date_with_its_year_needs_no_publication(expression: str, expected: str) -> None:
    assert written(resolve_date(expression, None)) == expected
    assert written(resolve_date(expression, FRIDAY)) == expected


@pytest.mark.parametrize("expression", ["today", "on Friday", "March 7", "last year", "since 2011", "two days ago"])
def test_without_publication_relative_dates_stay_open(expression: str) -> None:
    found = resolve_date(expression, None)
    assert found is None


@pytest.mark.parametrize(
    "expression",
    ["a week earlier", "two days after February 4", "the day before", "the 70th anniversary of 1953", "31 June",
     "3/4/2024", "2023-02-30", "recently", "at dawn", "", "999 decades ago"],
)  # fmt: skip
def test_what_has_no_anchor_or_does_not_exist_is_none(expression: str) -> None:
    assert resolve_date(expression, FRIDAY) is None


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("on Monday", "2024-04-22 day"),
        ("Friday", "2024-04-19 day"),
        ("March 7", "2025-03-07 day"),
        ("in March", "2025-03-01 2025-03-31 month"),
        ("the weekend", "2024-04-20 2024-04-21 day"),
        ("last Saturday", "2024-04-13 day"),
    ],
)
def test_of_a_plan_the_next_day_of_that_name(expression: str, expected: str) -> None:
    assert written(resolve_date(expression, FRIDAY, future=True)) == expected


def test_a_weekday_beside_the_date_tells_the_year() -> None:
    # 1 December was a Sunday in 2024, a Friday in 2023
    assert written(resolve_date("Sunday, December 1", FRIDAY)) == "2024-12-01 day"
    assert written(resolve_date("Friday, December 1", FRIDAY)) == "2023-12-01 day"


@pytest.mark.parametrize(
    ("today", "expression", "expected"),
    [
        (date(2024, 4, 20), "over the weekend", "2024-04-20 2024-04-21 day"),
        (date(2024, 4, 21), "over the weekend", "2024-04-20 2024-04-21 day"),
        (date(2024, 4, 21), "last weekend", "2024-04-13 2024-04-14 day"),
        (date(2024, 4, 22), "over the weekend", "2024-04-20 2024-04-21 day"),
        (date(2024, 4, 22), "this weekend", "2024-04-20 2024-04-21 day"),
        (date(2024, 1, 2), "yesterday", "2024-01-01 day"),
        (date(2024, 1, 2), "last month", "2023-12-01 2023-12-31 month"),
        (date(2024, 3, 31), "over the past two months", "2024-01-31 2024-03-31 month"),
        (date(2023, 4, 1), "29 February", "2024-02-29 day"),
    ],
)
def test_turns_of_week_month_and_year(today: date, expression: str, expected: str) -> None:
    assert written(resolve_date(expression, today)) == expected


def test_find_gives_offsets_of_the_words() -> None:
    text = "On Friday the army said it had shelled the port in March and again since 2 April; last week 12 people fled."
    found = find_dates(text, FRIDAY)
    assert [text[start:end] for start, end, _ in found] == ["On Friday", "in March", "since 2 April", "last week"]
    assert [d.precision for _, _, d in found] == ["day", "month", "day", "week"]


@pytest.mark.parametrize(
    "text",
    [
        "They may march on the capital, and the sun sat low.",
        "The Sunday Times and the Friday Mosque.",
        "He spoke on Black Friday and on Good Friday.",
        "In 20190 houses, 2020 people, $2015, 12.5.2% of 1999% and May's talks with Merkel.",
        "It was the anniversary of the March 2011 tsunami.",
    ],
)
def test_find_leaves_other_words_alone(text: str) -> None:
    assert find_dates(text, FRIDAY) == []


def test_find_leaves_out_what_does_not_resolve() -> None:
    text = "It happened on Friday, not on 31 June 2023, and in 2019."
    assert [text[start:end] for start, end, _ in find_dates(text, None)] == ["in 2019"]


@pytest.mark.parametrize(
    "piece", ["from ", "1 ", "the early on ", "May ", "a couple of ", " ", "in  ", "3 - ", "last "]
)
def test_hostile_text_takes_time_in_proportion(piece: str) -> None:
    began = time.process_time()
    find_dates(piece * (40_000 // len(piece)), FRIDAY)
    resolve_date(piece * 100_000, FRIDAY)
    assert time.process_time() - began < 5


def test_the_ends_of_the_calendar_raise_nothing() -> None:
    for day in (date.min, date.max):
        for words in (
            "last year",
            "next month",
            "yesterday",
            "tomorrow",
            "on Friday",
            "next Friday",
            "March 7",
            "in May",
        ):
            resolve_date(words, day)
            resolve_date(words, day, future=True)
