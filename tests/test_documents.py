from __future__ import annotations

import io
import json
import os
import time
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from geomap import documents
from geomap.documents import iter_read, read
from geomap.errors import Problem
from geomap.model import Document, Span

PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8">
<title>Quake hits the coast | Daily Example</title>
<meta property="og:site_name" content="Daily Example">
<meta property="article:published_time" content="2023-05-06T10:00:00Z">
<link rel="canonical" href="https://daily.example.com/quake"></head>
<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><article><h1>Quake hits the coast</h1>
<p>A strong earthquake struck the coast on Friday, killing at least 12 people and injuring dozens more, officials
said in the capital.</p>
<p>Rescue workers searched the rubble of several houses in the town, and aid was flown in from the capital
during the night.</p></article>
<script>alert("run")</script><footer>Copyright 2020</footer></body></html>"""


def one(path: Path, **options: Any) -> Document:
    """The single document of a source without problems."""
    found, problems = read([path], **options)
    assert problems == []
    assert len(found) == 1
    return found[0]


def trouble(path: Path) -> str:
    """The single problem of a source that gives no document."""
    found, problems = read([path])
    assert found == []
    assert len(problems) == 1
    assert str(path) in problems[0].where
    assert "\n" not in problems[0].message
    return problems[0].message


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    return tmp_path / "items.jsonl"


def write_lines(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    return path


def test_plain_text(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfFirst line.\r\nSecond\x07 line.\r\n\r\n")
    document = one(path)
    assert document.text == "First line.\nSecond line."
    assert (document.title, document.url, document.published, document.spans) == (None, None, None, None)


def test_arguments_stand_in_for_what_a_document_does_not_say(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\npublished: 2023-05-06\ncountry: fr\n---\nIt says so.")
    (tmp_path / "b.md").write_text("It says nothing.")
    found, problems = read([tmp_path], published=date(2020, 1, 1), country="IN")
    assert problems == []
    assert [(d.published, d.country) for d in found] == [(date(2023, 5, 6), "FR"), (date(2020, 1, 1), "IN")]


def test_the_id_is_a_hash_of_address_and_text(tmp_path: Path) -> None:
    for name, head in (
        ("a.md", "url: https://example.org/1"),
        ("b.md", "url: https://example.org/2"),
        ("c.md", "x: 1"),
    ):
        (tmp_path / name).write_text(f"---\n{head}\n---\nThe same words.")
    first, _ = read([tmp_path])
    again, _ = read([tmp_path])
    assert [d.id for d in first] == [d.id for d in again]
    assert len({d.id for d in first}) == 3
    assert all(len(d.id) == 16 and int(d.id, 16) >= 0 for d in first)


@pytest.mark.parametrize(
    ("line", "field", "expected"),
    [
        ("title: Plain title", "title", "Plain title"),
        ('title: "Quoted: with \\"marks\\""', "title", 'Quoted: with "marks"'),
        ("title: 'It''s quoted'", "title", "It's quoted"),
        ("title: Title  # a note", "title", "Title"),
        ("Title: Any case", "title", "Any case"),
        ("title: null", "title", None),
        ("publisher: Daily Example", "publisher", "Daily Example"),
        ("source: Daily Example", "publisher", "Daily Example"),
        ("url: https://example.org/a?b=c#d", "url", "https://example.org/a?b=c#d"),
        ("link: http://example.org/", "url", "http://example.org/"),
        ("url: javascript:alert(1)", "url", None),
        ("url: file:///etc/passwd", "url", None),
        ("url: https://", "url", None),
        ("url: https://example.org/a b", "url", None),
        ("url: https://[bad", "url", None),
        ("language: EN-us", "language", "en"),
        ("language: english", "language", None),
        ("country: uk", "country", "GB"),
        ("country: Utopia", "country", None),
        ("published: 2024-04-19", "published", date(2024, 4, 19)),
        ("date: 2024-04-19T23:30:00Z", "published", date(2024, 4, 19)),
        ("date: 2024-04-19 23:30:00+02:00", "published", date(2024, 4, 19)),
        ("date: 19 April 2024", "published", date(2024, 4, 19)),
        ("date: April 19, 2024", "published", date(2024, 4, 19)),
        ("date: Friday, April 19, 2024", "published", date(2024, 4, 19)),
        ("tags: [a, b]", "title", None),
        ("!!python/object: x", "title", None),
    ],
)
def test_front_matter(tmp_path: Path, line: str, field: str, expected: object) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\n{line}\n---\nBody text.\n")
    document = one(path)
    assert document.text == "Body text."
    assert getattr(document, field) == expected


@pytest.mark.parametrize("written", ["tomorrow", "2024-13-01", "2024-02-30", "19/04/24", "in April 2024", "x" * 5000])
def test_a_bad_date_is_named_and_the_document_is_read_all_the_same(tmp_path: Path, written: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\ndate: {written}\n---\nBody text.\n")
    found, problems = read([path], published=date(2020, 1, 1))
    assert [(d.text, d.published) for d in found] == [("Body text.", date(2020, 1, 1))]
    assert len(problems) == 1
    assert problems[0].where == str(path)
    assert written[:20] in problems[0].message
    assert "YYYY-MM-DD" in problems[0].message
    assert len(problems[0].message) < 300


def test_front_matter_that_does_not_close_is_text(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("---\ntitle: X\nand so on")
    assert "title: X" in one(path).text


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("# Head #\n\nBody", "Head\n\nBody"),
        ("Head\n====\nBody", "Head\n\nBody"),
        ("a **bold** and *thin* and __strong__ and ***both***", "a bold and thin and strong and both"),
        ("**bold with *thin* in it**", "bold with thin in it"),
        ("some_long_name and 2*3*4", "some_long_name and 2*3*4"),
        ("see [the report](https://example.org/a_(b)) now", "see the report now"),
        ("see [the report][1] now\n\n[1]: https://example.org", "see the report now"),
        ("![a map](map.png)after", "after"),
        ("> quoted\n> words", "quoted words"),
        ("before\n```\ncode()\n```\nafter", "before\n\nafter"),
        ("`code` stays", "code stays"),
        ("one<!-- hidden --> two", "one two"),
        ("<b>bold</b> &amp; plain", "bold & plain"),
        ("- first\n- second", "- first\n- second"),
        (r"a \* b", "a * b"),
    ],
)
def test_markdown_becomes_plain_text(tmp_path: Path, markdown: str, plain: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(markdown)
    assert one(path).text == plain


def test_the_first_heading_is_the_title_unless_given(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A *great* quake\n\nBody")
    (tmp_path / "b.md").write_text("---\ntitle: Given\n---\n# Heading\n\nBody")
    found, _ = read([tmp_path])
    assert [d.title for d in found] == ["A great quake", "Given"]


def test_a_saved_page(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGE)
    document = one(path)
    assert "killing at least 12 people" in document.text
    assert "Sport" not in document.text
    assert "alert" not in document.text
    assert (document.title, document.publisher) == ("Quake hits the coast", "Daily Example")
    assert (document.url, document.published) == ("https://daily.example.com/quake", date(2023, 5, 6))
    assert document.language == "en"


def test_a_page_is_known_by_its_content_too(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text(PAGE)
    assert "Sport" not in one(path).text


def test_a_page_without_text(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<!doctype html><html><body></body></html>")
    assert "no main text" in trouble(path)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Zürich, Łódź".encode(), "Zürich, Łódź"),
        ("Zürich".encode("utf-16"), "Zürich"),
        ("Café – Zürich".encode("cp1252"), "Café – Zürich"),
    ],
)
def test_encodings(tmp_path: Path, raw: bytes, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(raw)
    assert one(path).text == text


def test_a_page_in_the_charset_that_it_declares(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(PAGE.replace("utf-8", "windows-1251").replace("Friday", "Пятница").encode("cp1251"))
    assert "Пятница" in one(path).text


def test_json_lines_keep_text_and_offsets(lines: Path) -> None:
    text = "\r\n Rome and \x07Łódź \U0001f30d fell.\n"
    start = text.index("Łódź")
    write_lines(
        lines,
        {"id": "x1", "text": text, "published": "2024-04-19", "title": " A  title ", "url": "https://example.org/",
         "publisher": "P", "language": "en", "country": "PL", "toponyms": [{"start": start, "end": start + 4}]},
    )  # fmt: skip
    assert one(lines) == Document(
        "x1",
        text,
        "A title",
        "https://example.org/",
        "P",
        date(2024, 4, 19),
        "en",
        "PL",
        (Span(start, start + 4, "Łódź"),),
    )


def test_half_a_character_is_replaced_in_place(lines: Path) -> None:
    lines.write_text('{"text": "ab \\ud800 Rome", "toponyms": [{"start": 5, "end": 9}]}\n')
    document = one(lines)
    assert document.text.encode("utf-8")
    assert document.spans == (Span(5, 9, "Rome"),)


@pytest.mark.parametrize(
    "span", [{"start": 0, "end": 99}, {"start": -1, "end": 2}, {"start": 2, "end": 2}, {"start": "0", "end": 2}, {}, 7,
             {"start": True, "end": 2}]
)  # fmt: skip
def test_a_span_outside_the_text_is_left_out(lines: Path, span: object) -> None:
    write_lines(lines, {"text": "In Rome", "toponyms": [span, {"start": 3, "end": 7}]})
    found, problems = read([lines])
    assert found[0].spans == (Span(3, 7, "Rome"),)
    assert len(problems) == 1
    assert '"toponyms"[0]' in problems[0].message


def test_no_spans_and_none_found_are_two_things(lines: Path) -> None:
    write_lines(lines, {"text": "No key"}, {"text": "Empty list", "toponyms": []})
    found, _ = read([lines])
    assert [d.spans for d in found] == [None, ()]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nope", "not JSON"),
        ("[1]", "not an object"),
        ('{"text": 5}', '"text" is int'),
        ("{}", '"text" is NoneType'),
        ('{"text": ""}', "empty"),
        ('{"text": "12 34"}', "holds no word"),
        ("[" * 100_000, "not JSON"),
        ('{"text": "\xff"}', "not UTF-8"),
    ],
)
def test_a_bad_line_is_named_and_the_others_go_on(lines: Path, line: str, message: str) -> None:
    lines.write_bytes(b'{"text": "First"}\n' + line.encode("latin-1") + b'\n\n{"text": "Last"}')
    found, problems = read([lines])
    assert [d.text for d in found] == ["First", "Last"]
    assert [p.where for p in problems] == [f"{lines}:2"]
    assert message in problems[0].message
    assert len(problems[0].message) < 200


def test_many_bad_lines_are_counted(lines: Path) -> None:
    lines.write_text("x\n" * 1000 + '{"text": "Last"}\n')
    found, problems = read([lines])
    assert len(found) == 1
    assert len(problems) < 30
    assert "980 more" in problems[-1].message


def test_a_line_beyond_the_limit_is_passed_over(lines: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_LINE", 1000)
    write_lines(lines, {"text": "x" * 5000}, {"text": "Last"})
    found, problems = read([lines])
    assert [d.text for d in found] == ["Last"]
    assert "too large" in problems[0].message


@pytest.mark.parametrize("content", [{"text": "One"}, [{"text": "One"}]])
def test_json_holds_an_object_or_a_list(tmp_path: Path, content: object) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content))
    assert one(path).text == "One"


def test_json_names_the_item_at_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"text": "One"}, {"text": null}]')
    found, problems = read([path])
    assert len(found) == 1
    assert problems[0].where == f"{path}[1]"


@pytest.mark.parametrize(
    ("name", "raw", "message"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n\n ", "empty"),
        ("a.md", b"---\ntitle: x\n---\n", "empty"),
        ("a.txt", b"123 456 --", "holds no word"),
        ("a.txt", b"PK\x03\x04\0\0", "NUL"),
        ("a.json", b"{", "not JSON"),
        ("a.json", b"[]", "empty list"),
        ("a.jsonl", b"", "empty"),
    ],
)
def test_files_without_a_text(tmp_path: Path, name: str, raw: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    assert message in trouble(path)


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    path.touch()
    os.truncate(path, 100_000_000)
    assert trouble(path) == "too large (100 MB, the limit is 20 MB); split it"


def test_a_name_that_is_not_there(tmp_path: Path) -> None:
    assert "no such file or folder" in trouble(tmp_path / "nowhere")
    assert "no such file or folder" in read(["a\0b"])[1][0].message


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert "not a file or folder" in trouble(path)


def test_a_folder_is_read_in_order_without_hidden_readme_and_other_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "sub/c.txt", ".hidden.txt", ".git/x.txt", "README.md", "sub/readme.md", "map.png"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"Text of {name}.")
    found, problems = read([tmp_path])
    assert [d.text for d in found] == ["Text of a.md.", "Text of b.txt.", "Text of sub/c.txt."]
    assert problems == []


def test_a_named_file_is_read_whatever_its_suffix(tmp_path: Path) -> None:
    path = tmp_path / "article.text"
    path.write_text("Some words.")
    assert one(path).text == "Some words."
    assert one(Path(str(path))).text == "Some words."


def test_links_lead_neither_outside_nor_in_circles(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    for folder in (outside, inside / "sub"):
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text(f"Text of {folder.name}.")
    (inside / "sub" / "loop").symlink_to(inside)
    (inside / "away").symlink_to(outside)
    (inside / "away.txt").symlink_to(outside / "a.txt")
    (inside / "self.txt").symlink_to("self.txt")
    found, problems = read([inside])
    assert [d.text for d in found] == ["Text of sub."]
    assert problems == []


def test_one_text_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Same words.")
    (tmp_path / "b.txt").write_text("Same words.\n")
    found, problems = read([tmp_path])
    assert len(found) == 1
    assert problems == [Problem(str(tmp_path / "b.txt"), f"the same text as {tmp_path / 'a.txt'}; read once")]


def test_one_id_for_two_texts(lines: Path) -> None:
    write_lines(lines, {"id": "x", "text": "One"}, {"id": "x", "text": "Two"})
    found, problems = read([lines])
    assert [d.text for d in found] == ["One"]
    assert "id 'x' is taken" in problems[0].message


@pytest.mark.parametrize(
    ("raw", "texts"),
    [
        (b"Plain words.\n", ["Plain words."]),
        (b'\n {"text": "One"}\n{"text": "Two"}\n', ["One", "Two"]),
        (b"---\ntitle: T\n---\nBody.", ["Body."]),
        (b"", []),
    ],
)
def test_standard_input(monkeypatch: pytest.MonkeyPatch, raw: bytes, texts: list[str]) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    found, problems = read(["-"])
    assert [d.text for d in found] == texts
    assert [p.where for p in problems] == ([] if texts else ["standard input"])


def test_standard_input_streams_lines_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_FILE", 50)
    raw = "".join(json.dumps({"text": f"Text number {n}"}) + "\n" for n in range(30))
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw.encode())))
    found, problems = read(["-"])
    assert [d.text for d in found] == [f"Text number {n}" for n in range(30)]
    assert problems == []


def test_iter_read_gives_one_after_the_other(lines: Path) -> None:
    lines.write_text('{"text": "One"}\nnope\n{"text": "Two"}\n')
    items = list(iter_read([lines]))
    assert [type(i) for i in items] == [Document, Problem, Document]


def test_a_file_name_can_not_steer_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m\n.txt"
    path.write_text("")
    assert "\x1b" not in str(read([path])[1][0])
    assert "\n" not in str(read([path])[1][0])


@pytest.mark.parametrize(
    "piece", ["<!--", "[", "![](", "[a](", "*a ", "`", "# ", "_a*b~", "<a", ">", "[a]: ", " ", "`a"]
)
def test_hostile_markdown_takes_time_in_proportion(tmp_path: Path, piece: str) -> None:
    path = tmp_path / "a.md"
    path.write_text("word " + piece * (300_000 // len(piece)))
    began = time.process_time()
    read([path])
    assert time.process_time() - began < 3


def test_one_path_needs_no_list(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A storm sank a ferry.")
    for source in (str(tmp_path), tmp_path):
        documents, problems = read(source)
        assert [d.text for d in documents] == ["A storm sank a ferry."]
        assert problems == []
