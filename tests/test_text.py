import pytest

from geomap.text import lemma, sentences, tokenize


def words(text):
    return [t.text for t in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. and W.Va. agreed.", ["The", "U.S.", "and", "W.Va.", "agreed", "."]),
        ("Paris-based", ["Paris", "-", "based"]),
        ("Sana'a’s port", ["Sana'a", "’s", "port"]),
        ("1,200 people, 3.5 km", ["1,200", "people", ",", "3.5", "km"]),
        ("Ürümqi, 北京", ["Ürümqi", ",", "北京"]),
        ("", []),
    ],
)
def test_tokens(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize("text", ["A 😀 flag\n\n  in Łódź’s “old” town…", "tab\tand nbsp\xa0here", "a" * 5000])
def test_offsets_are_those_of_the_text(text):
    for token in tokenize(text, offset=7):
        assert text[token.start - 7 : token.end - 7] == token.text
    for sentence in sentences(text):
        assert text[sentence.start : sentence.end] == sentence.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rain fell. Rivers rose.", ["Rain fell.", "Rivers rose."]),
        (
            "Dr. Silva met Gen. Okoro at 5 p.m. on Monday. They left.",
            ["Dr. Silva met Gen. Okoro at 5 p.m. on Monday.", "They left."],
        ),
        ("The U.S. Army left. It rained.", ["The U.S. Army left.", "It rained."]),
        ("“We will stay.” He left the room.", ["“We will stay.”", "He left the room."]),
        ("Flood warning issued\nThe river rose.", ["Flood warning issued", "The river rose."]),
        (
            "The river rose by four metres and\nthe bridge at the old mill was\nswept away. Nobody died.",
            ["The river rose by four metres and\nthe bridge at the old mill was\nswept away.", "Nobody died."],
        ),
        ("Really?! Yes.", ["Really?!", "Yes."]),
        ("\n\n  \n", []),
    ],
)
def test_sentences(text, expected):
    assert [s.text for s in sentences(text)] == expected


def test_many_short_lines_take_no_time():
    text = "Item\n" * 20000
    assert len(sentences(text)) == 20000


@pytest.mark.parametrize(
    ("word", "base"), [("struck", "strike"), ("Missiles", "missile"), ("denied", "deny"), ("Qom", "qom")]
)
def test_lemma(word, base):
    assert lemma(word) == base
