"""What layer files promise: each finds its own example, faults are named, and triggers match as docs/layers.md says."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from geomap.errors import LayerError
from geomap.layers import TriggerIndex, TriggerMatch, builtin_folder, check_layers, load_layers
from geomap.model import Layer
from geomap.text import sentences, tokenize

BUILTIN, BUILTIN_PROBLEMS = load_layers()
by_layer = pytest.mark.parametrize("layer", BUILTIN, ids=lambda layer: layer.id)

MINIMAL = """\
title = "Poaching"
group = "Wildlife crime"
color = "#556B2F"
definition = "Protected animals killed or captured."
triggers = ["poach", "ivory + seize"]
"""


def write(folder: Path, name: str = "poaching.toml", text: str = MINIMAL) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def layer_of(triggers: list[str], near_misses: list[str] | None = None, name: str = "test") -> Layer:
    return Layer(
        id=name, title="T", group="G", color="#000000", icon="T", definition="D", triggers=tuple(triggers),
        near_misses=tuple(near_misses or ()), example="", counter="",
    )  # fmt: skip


def find(layers: list[Layer], text: str) -> list[TriggerMatch]:
    index = TriggerIndex(layers)
    return [match for s in sentences(text) for match in index.find(tokenize(s.text))]


def found_words(triggers: list[str], text: str, near_misses: list[str] | None = None) -> list[str]:
    tokens = tokenize(text)
    matches = TriggerIndex([layer_of(triggers, near_misses)]).find(tokens)
    return [text[tokens[m.start].start : tokens[m.end - 1].end] for m in matches]


# The layers that geomap brings


def test_builtin_layers_are_valid() -> None:
    assert BUILTIN_PROBLEMS == []
    assert check_layers() == []
    assert len(BUILTIN) == 29


@by_layer
def test_example_is_found(layer: Layer) -> None:
    matches = find([layer], layer.example)
    assert {m.layer for m in matches} == {layer.id}


@by_layer
def test_among_all_layers_the_example_goes_to_its_own(layer: Layer) -> None:
    best = max(find(BUILTIN, layer.example), key=lambda m: m.weight)
    assert best.layer == layer.id


@by_layer
def test_counter_example_is_not_found_and_only_for_its_near_misses(layer: Layer) -> None:
    assert find([layer], layer.counter) == []
    assert find([replace(layer, near_misses=())], layer.counter) != []


@by_layer
def test_each_trigger_finds_itself(layer: Layer) -> None:
    for trigger in layer.triggers:
        text = " ".join(trigger.split(" + "))
        index = TriggerIndex([replace(layer, triggers=(trigger,), near_misses=())])
        assert index.find(tokenize(text)), trigger


@by_layer
def test_each_near_miss_takes_something_away(layer: Layer) -> None:
    parts = tuple(dict.fromkeys(part for trigger in layer.triggers for part in trigger.split(" + ")))
    for near_miss in layer.near_misses:
        tokens = tokenize(" ".join(near_miss.split(" + ")))
        without = TriggerIndex([replace(layer, triggers=parts, near_misses=())]).find(tokens)
        with_it = TriggerIndex([replace(layer, triggers=parts, near_misses=(near_miss,))]).find(tokens)
        assert with_it != without, near_miss


def _contrast(color: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2, 1 to 21."""

    def luminance(rgb: str) -> float:
        parts = [int(rgb[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(color), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colors_and_icons_are_distinct_and_show_on_light_and_dark() -> None:
    assert len({layer.color for layer in BUILTIN}) == len({layer.icon for layer in BUILTIN}) == len(BUILTIN)
    for layer in BUILTIN:
        assert _contrast(layer.color, "#ffffff") >= 2.5, layer.id
        assert _contrast(layer.color, "#1a1a1a") >= 2, layer.id


def test_groups_follow_in_the_order_of_the_legend() -> None:
    groups = list(dict.fromkeys(layer.group for layer in BUILTIN))
    assert groups == [
        "Armed conflict", "Violence and crime", "Civil unrest", "Diplomacy", "Governance", "Humanitarian and hazards",
    ]  # fmt: skip
    titles = [layer.title for layer in BUILTIN if layer.group == "Diplomacy"]
    assert titles == sorted(titles)


def test_no_line_of_a_builtin_file_is_too_long_to_edit() -> None:
    for path in builtin_folder().glob("*.toml"):
        assert all(len(line) <= 120 for line in path.read_text(encoding="utf-8").splitlines()), path.name


# A folder of the user's own


def test_five_lines_make_a_layer_beside_the_builtin_ones(tmp_path: Path) -> None:
    layers, problems = load_layers(write(tmp_path / "mine"))
    assert problems == []
    assert len(layers) == len(BUILTIN) + 1
    own = layers[-1]  # its group is none of the known ones, so it comes last
    assert (own.id, own.title, own.group, own.color, own.icon) == (
        "poaching", "Poaching", "Wildlife crime", "#556b2f", "P",
    )  # fmt: skip
    assert [m.layer for m in find(layers, "Rangers in Kruger caught men who had poached two rhinos.")] == ["poaching"]


def test_a_file_replaces_the_layer_of_the_same_id(tmp_path: Path) -> None:
    layers, problems = load_layers(write(tmp_path / "mine", "protest.toml", MINIMAL))
    assert problems == []
    assert len(layers) == len(BUILTIN)
    assert next(layer for layer in layers if layer.id == "protest").title == "Poaching"


def test_a_broken_file_is_reported_and_replaces_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine")
    write(folder, "protest.toml", "title = ")
    layers, problems = load_layers(folder)
    assert len(layers) == len(BUILTIN) + 1
    assert next(layer for layer in layers if layer.id == "protest").title == "Protests and strikes"
    assert [str(p).split(":")[0] for p in problems] == ["protest.toml"]


def test_layers_without_example_have_initials_as_icon(tmp_path: Path) -> None:
    text = MINIMAL.replace('"Poaching"', '"Illegal fishing"')
    layers, _ = load_layers(write(tmp_path / "mine", "fishing.toml", text))
    assert next(layer for layer in layers if layer.id == "fishing").icon == "IF"


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ("triggers =", "trigers =", "poaching.toml: trigers", ["unknown key 'trigers'", "did you mean 'triggers'?"]),
        ("triggers =", "trigers =", "poaching.toml: triggers", ["'triggers' is missing"]),
        ('["poach", "ivory + seize"]', "[]", "poaching.toml: triggers", ["[]", "write a list of 1 to 200"]),
        ('"#556B2F"', '"green"', "poaching.toml: color", ["'green'", "#c0392b"]),
        ('"#556B2F"', "5", "poaching.toml: color", ["5 is not valid", "#c0392b"]),
        ('"ivory + seize"', '"ivory +  + seize"', "poaching.toml: triggers[1]", ["'ivory +  + seize'", "write words"]),
        ('"poach"', '"..."', "poaching.toml: triggers[0]", ["'...'", "write words"]),
        ('"poach"', "7", "poaching.toml: triggers[0]", ["7 is not valid"]),
        ('"Poaching"', '"Poa\\u202Eching"', "poaching.toml: title", ["invisible character"]),
        ('"Poaching"', f'"{"x" * 61}"', "poaching.toml: title", ["1 to 60 characters"]),
        ("title", 'icon = "<b>"\ntitle', "poaching.toml: icon", ["'<b>'", "one emoji"]),
        (
            "triggers",
            'sparkle = "*"\ntriggers',
            "poaching.toml: sparkle",
            ["unknown key 'sparkle'", "valid keys: title"],
        ),
        ("triggers", "[codes]\ncameos = []\n[x]\ny", "poaching.toml: codes.cameos", ["did you mean 'cameo'?"]),
        ("group", "group = 'x'\ngroup", "poaching.toml: line 3", ["not valid TOML"]),
        ('"Wildlife crime"', "crime", "poaching.toml: line 2", ["not valid TOML"]),
    ],
)
def test_a_fault_is_named_with_file_key_value_and_remedy(
    tmp_path: Path, old: str, new: str, where: str, words: list[str]
) -> None:
    assert MINIMAL.replace(old, new, 1) != MINIMAL
    problems = check_layers(write(tmp_path / "mine", text=MINIMAL.replace(old, new, 1)))
    message = next((p.message for p in problems if p.where == where), None)
    assert message is not None, [str(p) for p in problems]
    assert all(word in message for word in words), message
    assert "\n" not in message


@pytest.mark.parametrize("name", ["Pöaching.toml", "two words.toml", "9lives.toml", "UPPER.toml", "a" * 49 + ".toml"])
def test_a_file_name_that_is_no_id_is_reported(tmp_path: Path, name: str) -> None:
    (problem,) = check_layers(write(tmp_path / "mine", name))
    assert "id" in problem.message
    assert name in problem.where


def test_hostile_files_are_reported_and_the_others_load(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine")
    write(folder, "big.toml", "# " + "x" * 70_000)
    write(folder, "deep.toml", "x = " + "[" * 30_000)
    write(folder, "many.toml", MINIMAL.replace('["poach', "[" + '"a", ' * 200 + '"poach'))
    write(folder, "digits.toml", "x = " + "1" * 10_000)
    (folder / "latin.toml").write_bytes(b'title = "caf\xe9"')
    (folder / "folder.toml").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.toml")
        assert "pipe.toml: is not a file: a layer is a TOML file" in map(str, check_layers(folder))
        (folder / "pipe.toml").unlink()
    (folder / ".hidden.toml").write_text("x", encoding="utf-8")
    layers, problems = load_layers(folder)
    assert len(layers) == len(BUILTIN) + 1
    assert {re.split(r"[: ]", p.where)[0] for p in problems} == {
        "big.toml", "deep.toml", "many.toml", "digits.toml", "latin.toml", "folder.toml",
    }  # fmt: skip
    assert all(len(str(p)) < 400 for p in problems)


@pytest.mark.parametrize("make", [False, True], ids=["missing", "empty"])
def test_a_folder_without_layers_is_an_error_that_names_it(tmp_path: Path, make: bool) -> None:
    folder = tmp_path / "nothing"
    if make:
        folder.mkdir()
    with pytest.raises(LayerError, match="nothing"):
        load_layers(folder)


def test_a_folder_with_broken_files_only_costs_the_built_in_layers_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("title = \n")
    layers, problems = load_layers(tmp_path)
    assert len(layers) == 29
    assert [p.where.split(":")[0] for p in problems] == ["mine.toml"]


def test_check_compares_example_and_counter_with_the_triggers(tmp_path: Path) -> None:
    text = MINIMAL + 'example = "Two whales were seen off Cape Town."\ncounter = "He poached an egg in Nice."\n'
    problems = check_layers(write(tmp_path / "mine", text=text))
    assert [p.where for p in problems] == ["poaching.toml: example", "poaching.toml: counter"]
    assert "'poach'" in problems[1].message


# Matching


@pytest.mark.parametrize(
    ("trigger", "text", "words"),
    [
        ("missile", "Two missiles fell.", ["missiles"]),
        ("strike", "Jets struck twice.", ["struck"]),
        ("shooting", "After the shootings, calm.", ["shootings"]),
        ("air strike", "The air strikes and air-strikes went on.", ["air strikes", "air-strikes"]),
        ("air strike", "The strike came from the air.", []),
        ("sit-in", "A sit in began.", ["sit in"]),
        ("took to the streets", "They take to the street.", ["take to the street"]),
        ("IED", "An IED and two IEDs went off.", ["IED", "IEDs"]),
        ("IED", "It died; ied is no word.", []),
        ("covid", "COVID, Covid and covid spread.", ["COVID", "Covid", "covid"]),
        ("AU summit", "The AU summits ended; the au summit did not.", ["AU summits"]),
    ],
)
def test_words_and_phrases(trigger: str, text: str, words: list[str]) -> None:
    assert found_words([trigger], text) == words


@pytest.mark.parametrize(
    ("trigger", "text", "words"),
    [
        ("hit + missile", "A missile hit the port.", ["hit"]),
        ("hit + missile", "The port was hit by two missiles.", ["hit"]),
        ("hit + missile", "The port was hit.", []),
        ("hit + missile", "Hit one two three four five six seven eight nine ten eleven missile.", ["Hit"]),
        ("hit + missile", "Hit one two three four five six seven eight nine ten eleven twelve missile.", []),
        ("hit + missile", "Missile one two three four five six seven eight nine ten eleven hit.", ["hit"]),
        ("carry out strike + air force", "The air force carried out strikes.", ["carried out strikes"]),
        ("drop + drone + grenade", "A drone dropped a grenade.", ["dropped"]),
        ("drop + drone + grenade", "A drone dropped leaflets.", []),
        ("air strike + strike", "The air strike failed.", []),  # parts share no word
    ],
)
def test_combinations_give_the_span_of_the_first_part(trigger: str, text: str, words: list[str]) -> None:
    assert found_words([trigger], text) == words


def test_a_combination_does_not_reach_across_sentences() -> None:
    assert find([layer_of(["hit + missile"])], "The port was hit. Missiles were not seen.") == []


@pytest.mark.parametrize(
    ("near_miss", "text", "words"),
    [
        ("shell company", "A shell company was fined.", []),
        ("shell company", "A shell hit the company.", ["shell"]),
        ("shell company", "Shell companies paid while shells fell.", ["shells"]),
        ("shell + egg", "He broke the shell of an egg.", []),
        ("shell + egg", "The shell fell.", ["shell"]),
        ("hard shell", "A hard shell; the shell.", ["shell"]),
    ],
)
def test_near_misses_take_away_what_they_cover(near_miss: str, text: str, words: list[str]) -> None:
    assert found_words(["shell"], text, [near_miss]) == words


def test_a_near_miss_covers_each_part_of_a_combination() -> None:
    assert found_words(["hit + missile"], "A fire hit the missile defense office.", ["missile defense"]) == []


def test_a_near_miss_holds_for_its_own_layer_only() -> None:
    layers = [layer_of(["strike"], ["air strike"], name="protest"), layer_of(["air strike"], name="air")]
    assert [m.layer for m in find(layers, "An air strike hit.")] == ["air"]


def test_matches_carry_layer_positions_trigger_and_weight() -> None:
    tokens = tokenize("At dawn the drone strike hit Bor.")
    matches = TriggerIndex([layer_of(["drone strike", "strike + hit", "strike"])]).find(tokens)
    assert [(m.layer, m.start, m.end, m.trigger) for m in matches] == [("test", 3, 5, "drone strike")]
    assert " ".join(t.text for t in tokens[3:5]) == "drone strike"


def test_weight_grows_with_the_words_that_had_to_be_there() -> None:
    def weight(trigger: str, text: str) -> float:
        (match,) = TriggerIndex([layer_of([trigger])]).find(tokenize(text))
        return match.weight

    one, two = weight("strike", "a strike"), weight("air strike", "an air strike")
    both = weight("strike + jet", "jets strike")
    four = weight("wave of air strikes", "a wave of air strikes")
    assert 0 < one < two == both < four <= 1


def test_two_layers_may_match_the_same_words() -> None:
    layers = [layer_of(["clash"], name="b"), layer_of(["clash"], name="a")]
    assert [m.layer for m in find(layers, "A clash.")] == ["a", "b"]


def test_no_tokens_and_no_layers_give_no_matches() -> None:
    assert TriggerIndex([]).find(tokenize("A clash.")) == []
    assert TriggerIndex(BUILTIN).find([]) == []


# The documentation


@pytest.mark.parametrize("page", ["docs/layers.md", "layers/README.md"])
def test_the_layer_shown_in_the_documentation_is_valid(tmp_path: Path, page: str) -> None:
    text = (Path(__file__).parents[1] / page).read_text(encoding="utf-8")
    (block,) = re.findall(r"^```toml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert check_layers(write(tmp_path / "mine", "wildlife_crime.toml", block)) == []


def test_the_faults_shown_in_the_documentation_are_what_the_check_says(tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "docs/layers.md").read_text(encoding="utf-8")
    shown = [line for line in text.splitlines() if line.startswith("wildlife_crime.toml: ")]
    faults = [
        MINIMAL + "trigers = []",
        MINIMAL.replace("#556B2F", "green"),
        MINIMAL + 'counter = "The chef in Lyon served a poached egg."',
    ]
    said = [str(check_layers(write(tmp_path / str(i), "wildlife_crime.toml", f))[0]) for i, f in enumerate(faults)]
    assert shown == said


def test_every_key_is_documented() -> None:
    text = (Path(__file__).parents[1] / "docs/layers.md").read_text(encoding="utf-8")
    own = {"plover", "acled", "cameo", "[codes]"} | {"title", "group", "color", "icon", "definition"}
    assert all(f"`{key}`" in text for key in own | {"triggers", "near_misses", "example", "counter"})
