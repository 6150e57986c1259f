"""The Python examples in the documentation run, one after the other, and print what the pages say.

`python tests/test_python_docs.py` writes into the pages what the examples print now.
"""

from __future__ import annotations

import doctest
import os
import re
from pathlib import Path
from types import TracebackType

import pytest

import geomap

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "docs" / "geocoders.md", ROOT / "docs" / "python.md"]
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(page: Path) -> list[str]:
    return _BLOCK.findall(page.read_text(encoding="utf-8"))


class _Runner(doctest.DocTestRunner):
    """Gathers the examples that print something else than the page says: line in the page, example, what it printed."""

    def __init__(self) -> None:
        super().__init__(optionflags=_OPTIONS, verbose=False)
        self.differences: list[tuple[int, doctest.Example, str]] = []

    def report_failure(self, out: object, test: object, example: doctest.Example, got: str) -> None:
        self.differences.append((example.lineno, example, got))

    def report_unexpected_exception(
        self,
        out: object,
        test: doctest.DocTest,
        example: doctest.Example,
        exc_info: tuple[type[BaseException], BaseException, TracebackType],
    ) -> None:
        raise AssertionError(f"{test.name}, line {example.lineno + 1}: {example.source}") from exc_info[1]


def differences(page: Path) -> list[tuple[int, doctest.Example, str]]:
    """Run the examples of a page in one namespace; other lines are blanked, so that line numbers are the page's."""
    text = page.read_text(encoding="utf-8")
    inside = {i for found in _BLOCK.finditer(text) for i in _lines(text, found)}
    masked = "\n".join(line if i in inside else "" for i, line in enumerate(text.split("\n")))
    test = doctest.DocTestParser().get_doctest(masked, {}, page.name, str(page), 0)
    runner = _Runner()
    runner.run(test, out=lambda _: None)
    return runner.differences


def _lines(text: str, found: re.Match[str]) -> range:
    return range(text.count("\n", 0, found.start(1)), text.count("\n", 0, found.end(1)))


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_examples_print_what_the_page_says(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    wrong = differences(page)
    assert not wrong, "run `python tests/test_python_docs.py`:\n" + "\n".join(
        f"{page.name}, line {line + 1}: {example.source}says {example.want!r}, prints {got!r}"
        for line, example, got in wrong
    )


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_all_python_blocks_are_sessions(page):
    found = blocks(page)
    assert found
    for block in found:
        assert block.startswith(">>> "), f"{page.name}: a block without a prompt is not run: {block[:60]!r}"


def test_every_public_name_has_an_example():
    code = "\n".join(blocks(ROOT / "docs" / "python.md"))
    for name in geomap.__all__:
        assert re.search(rf"\bgeomap\.{name}\b", code), name


def renew(page: Path) -> None:
    """Write into a page what its examples print, where that differs."""
    lines = page.read_text(encoding="utf-8").split("\n")
    for start, example, got in reversed(differences(page)):
        first = start + example.source.count("\n")
        lines[first : first + example.want.count("\n")] = got.rstrip("\n").split("\n") if got else []
    page.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    os.chdir(ROOT)
    os.environ["COLUMNS"] = "80"
    for each in PAGES:
        renew(each)
