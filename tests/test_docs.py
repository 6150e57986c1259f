"""The documentation tells of every command, option and property, and shows the help that the commands print.

`make docs`, which is `python tests/test_docs.py`, renews the parts that are made from the code: those after a comment
`<!-- help: geomap … -->` or `<!-- table: … -->`.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from geomap.cli import parser
from geomap.export import FORMATS, file_names
from geomap.records import PROPERTIES, schema

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
_MADE = re.compile(r"<!-- (help|table): ([^>]*?) -->\n(?:\n(?:```text\n.*?\n```\n|(?:\|[^\n]*\n)+))?", re.DOTALL)


def commands(top: argparse.ArgumentParser | None = None) -> Iterator[argparse.ArgumentParser]:
    """Give the parser of geomap and those of all its commands."""
    top = top or parser()
    yield top
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from commands(command)


def _help(name: str) -> str:
    text = next(c for c in commands() if c.prog == name).format_help()
    return "```text\n" + text.rstrip() + "\n```\n"


def _properties(_: str) -> str:
    rows = ["| property | type | meaning |", "|---|---|---|"]
    for name, rule in schema()["properties"].items():
        kinds = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
        kind = " or ".join(["date" if rule.get("format") == "date" else kinds[0], *kinds[1:]])
        if kinds[0] == "array":
            fields = rule["items"].get("properties")
            kind = f"list of {{{', '.join(fields)}}}" if fields else "list of strings"
        values = ", ".join(f"`{value}`" for value in rule.get("enum", ()) if value is not None)
        rows.append(f"| `{name}` | {kind} | {rule['description']}{f' One of {values}.' if values else ''} |")
    return "\n".join(rows) + "\n"


_MAKERS: dict[str, Callable[[str], str]] = {"help": _help, "table": _properties}


def made(text: str) -> str:
    """Give a page with the parts that are made from the code renewed."""
    return _MADE.sub(lambda found: f"<!-- {found[1]}: {found[2]} -->\n\n{_MAKERS[found[1]](found[2])}", text)


PAGES = sorted(DOCS.glob("*.md"))
OTHERS = [
    *sorted(ROOT.glob("*.md")),
    *(ROOT / name / "README.md" for name in ("geomap/_data", "layers", "output", "seeds")),
]


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_parts_made_from_the_code_are_up_to_date(page):
    text = page.read_text(encoding="utf-8")
    assert made(text) == text, "run `make docs`"


def test_every_command_and_option_is_told_of():
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    prose = re.sub(r"```text\n.*?```", "", text, flags=re.DOTALL)
    sections = dict(re.findall(r"^## (geomap \S+)\n(.*?)(?=^## |\Z)", prose, flags=re.DOTALL | re.MULTILINE))
    common = prose[: prose.index("\n## ")]
    for command in commands():
        assert f"<!-- help: {command.prog} -->" in text, command.prog
        own = common if command.prog == "geomap" else sections[" ".join(command.prog.split()[:2])]
        if len(command.prog.split()) > 2:
            assert f"`{command.prog}`" in own
        for action in command._actions:
            for option in action.option_strings:
                told = re.search(rf"(?<![\w-]){option}(?![\w-])", own + common + "".join(sections))
                assert told, f"{command.prog} {option}"


def test_every_format_file_and_property_is_told_of():
    text = (DOCS / "data-formats.md").read_text(encoding="utf-8")
    for name in [*FORMATS, *file_names(FORMATS), *PROPERTIES]:
        assert f"`{name}`" in text, name


def test_json_of_the_examples_is_valid():
    for page in PAGES:
        for example in re.findall(r"```json\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL):
            json.loads(example)


def test_links_between_pages_lead_somewhere():
    for page in [*PAGES, *OTHERS]:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            path, _, anchor = target.partition("#")
            if path.startswith(("http:", "https:", "mailto:")):
                continue
            file = (page.parent / path) if path else page
            assert file.exists(), f"{page.name}: {target}"
            if anchor and file.suffix == ".md":
                headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
                anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
                assert anchor in anchors, f"{page.name}: {target}"


def test_every_page_is_in_the_index():
    targets = re.findall(r"\]\(([^)\s]+)\)", (DOCS / "README.md").read_text(encoding="utf-8"))
    for path in DOCS.iterdir():
        if path.suffix in (".md", ".yml") and path.name != "README.md":
            assert path.name in targets, path.name


def test_commands_that_the_pages_show_are_understood():
    shown = 0
    for page in [*PAGES, ROOT / "README.md"]:
        for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL):
            lines = block.replace("\\\n", " ").splitlines()
            for line in (line[2:] for line in lines if line.startswith("$ ")):
                words = shlex.split(line)
                if "geomap" not in words or words[words.index("geomap") + 1] == "--version":
                    continue
                command = words[words.index("geomap") + 1 :]
                if "|" in command:
                    command = command[: command.index("|")]
                try:
                    parser().parse_args(command)
                except SystemExit:
                    pytest.fail(f"{page.name}: {line}")
                shown += 1
    assert shown


if __name__ == "__main__":
    for each in PAGES:
        each.write_text(made(each.read_text(encoding="utf-8")), encoding="utf-8")
