from __future__ import annotations

import time

import pytest

from geomap.markdown import front_matter, plain_text


def test_front_matter_is_taken_off() -> None:
    text = '---\ntitle: "A \\"great\\" quake"\nDate: 2023-05-06 # a comment\nempty:\nlist: null\n---\n\nBody: text'
    assert front_matter(text) == ({"title": 'A "great" quake', "date": "2023-05-06"}, "\nBody: text")


@pytest.mark.parametrize("text", ["", "Body", "---\ntitle: X\nno end", "title: X\n---\nBody"])
def test_a_text_without_front_matter_stays_whole(text: str) -> None:
    assert front_matter(text) == ({}, text)


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("one\ntwo\nthree\n\nfour", "one two three\n\nfour"),
        ("# Head\nBody", "Head\n\nBody"),
        ("list:\n- first\n- second", "list:\n- first\n- second"),
        ("1. first\n2. second", "1. first\n2. second"),
        ("a **b *c* d** e", "a b c d e"),
        ("&lt;b&gt; stays text", "<b> stays text"),
    ],
)
def test_a_paragraph_is_one_line_without_marks(markdown: str, plain: str) -> None:
    assert plain_text(markdown).strip() == plain


@pytest.mark.parametrize("piece", ["[", "![](", "*a_", "`", "<a ", "> ", "# ", "\\", "<!--"])
def test_hostile_text_takes_time_in_proportion(piece: str) -> None:
    began = time.process_time()
    plain_text(piece * (100_000 // len(piece)))
    assert time.process_time() - began < 5
