import pytest

from geomap.model import Claim, Span
from geomap.status import blaming, claims_in, combine, declining, denying_after, is_foretold, settle, settle_all


def sentence(text, start=0):
    return Span(start, start + len(text), text)


def inside(whole, words):
    at = whole.start + whole.text.index(words)
    return Span(at, at + len(words), words)


def claim(name, stance, document="a", start=0):
    return Claim(Span(start, start + len(name), name), name, stance, "", document)


def test_a_claim_keeps_the_words_and_their_place():
    whole = sentence("The governor said two bridges had been hit.", start=40)
    (found,) = claims_in("d", whole, [inside(whole, "The governor")], [])
    assert (found.span.start, found.stance, found.document, found.quote) == (40, "asserts", "d", whole.text)


@pytest.mark.parametrize(
    ("text", "who", "stance"),
    [
        ("Army spokesmen confirmed that a depot had burned.", "Army spokesmen", "confirms"),
        ("The ministry could not confirm the strike.", "The ministry", "asserts"),
        ("Rebels said they had taken the town.", "Rebels", "asserts"),
    ],
)
def test_stance(text, who, stance):
    whole = sentence(text)
    assert claims_in("d", whole, [inside(whole, who)], [])[0].stance == stance


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Both the Kremlin and Ukraine's air force declined to comment on the blast.",
            ["Kremlin", "Ukraine's air force"],
        ),
        ("The Pentagon has refused to comment.", ["Pentagon"]),
        ("NATO did not immediately respond to a request.", ["NATO"]),
        ("The minister commented on the blast at length.", []),
        ("Residents fled.", []),
    ],
)
def test_who_declines_to_comment(text, names):
    whole = sentence(text, start=100)
    found = declining("d", whole)
    assert [c.span.text for c in found] == names
    for c in found:
        assert text[c.span.start - 100 : c.span.end - 100] == c.span.text


def test_one_claim_an_actor_and_stance():
    kept = combine([claim("Iran", "denies"), claim("Iran", "denies", start=50), claim("Iran", "asserts", start=90)])
    assert [c.stance for c in kept] == ["denies", "asserts"]


@pytest.mark.parametrize(
    ("best", "claims", "expected"),
    [
        ("reported", [], "reported"),
        ("planned", [claim("Iran", "asserts")], "planned"),
        ("claimed", [claim("US officials", "asserts"), claim("Iran", "denies")], "disputed"),
        ("reported", [claim("Iran", "denies")], "denied"),
        ("disputed", [claim("Iran", "denies")], "disputed"),
        ("disputed", [claim("US officials", "asserts")], "claimed"),
    ],
)
def test_status_of_one_mention(best, claims, expected):
    chances = dict.fromkeys(
        ("reported", "confirmed", "claimed", "denied", "disputed", "planned", "threatened"), 0.02
    ) | {best: 0.88}
    assert settle(chances, claims) == expected


@pytest.mark.parametrize(
    ("statuses", "claims", "expected"),
    [
        (["claimed", "denied"], [claim("A", "asserts"), claim("B", "denies")], "disputed"),
        (["denied", "denied"], [claim("B", "denies")], "denied"),
        (["reported", "confirmed"], [], "confirmed"),
        (["planned", "reported"], [], "planned"),
        (["claimed"], [claim("A", "declines to comment")], "claimed"),
    ],
)
def test_status_of_a_happening(statuses, claims, expected):
    assert settle_all(statuses, claims) == expected


@pytest.mark.parametrize(
    ("text", "after", "name"),
    [
        ("The army denied the attack.", "", "army"),
        ("Jets bombed a depot, the opposition said, but Russia denied the attack.", "bombed", "Russia"),
        ("The group denied responsibility.", "", "group"),
        ("The court denied him bail.", "", None),
        ("Nobody spoke of it.", "", None),
    ],
)
def test_who_denies_what_was_told_before(text, after, name):
    whole = sentence(text, start=30)
    found = denying_after("d", whole, text.index(after) + len(after))
    assert [c.name for c in found] == ([name] if name else [])
    for c in found:
        assert text[c.span.start - 30 : c.span.end - 30] == c.span.text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The ministry blamed the rebels.", "ministry"),
        ("Ukraine accused Russia of the attack.", "Ukraine"),
        ("On Monday nobody spoke of it.", None),
    ],
)
def test_who_lays_the_blame(text, name):
    claim = blaming("d", sentence(text, 10))
    assert (claim.name if claim else None) == name
    if claim:
        assert claim.stance == "asserts"
        assert text[claim.span.start - 10 : claim.span.end - 10] == claim.span.text


@pytest.mark.parametrize(
    ("text", "word", "foretold"),
    [
        ("Ministers are slated to discuss it at a meeting in Oslo.", "meeting", True),
        ("The army will begin a drill on Monday.", "drill", True),
        ("He will resign after the protests.", "protests", False),
        ("They are expected to return, said the police who arrested them.", "arrested", False),
        ("The president held a meeting in Oslo.", "meeting", False),
    ],
)
def test_what_lies_ahead(text, word, foretold):
    assert is_foretold(text, text.index(word)) is foretold
