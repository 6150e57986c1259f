"""Read news texts from files, folders and standard input.

In: paths, or "-" for standard input; plain text, Markdown with front matter, saved HTML pages, JSON lines and JSON.
Out: `Document`s in a fixed order (folders sorted by name), and a `Problem` for each item that could not be read or only
in part. A text that a JSON record brings is left as it is, because offsets count in it; all others are normalised.
Nothing is fetched, and nothing that a text holds is run.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from geomap.dates import resolve_date
from geomap.errors import Problem
from geomap.markdown import front_matter, plain_text
from geomap.model import Document, Span

__all__ = ["iter_read", "read"]

MEGABYTE = 1_000_000
#: Bytes that a text, page or JSON file may have.
MAX_FILE = 20 * MEGABYTE
#: Bytes that one line of a JSON-lines file may have; the file itself is read line by line and may be of any size.
MAX_LINE = 5 * MEGABYTE

_MAX_META = 500  # characters of a title or name
_MAX_URL = 2_000  # characters
_MAX_LINE_PROBLEMS = 20  # of one file; the rest are counted
_MAX_DEPTH = 40  # folders within folders

_TEXT, _MARKDOWN, _PAGE, _LINES, _JSON = range(5)
_FORMATS = {
    ".txt": _TEXT,
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".html": _PAGE,
    ".htm": _PAGE,
    ".jsonl": _LINES,
    ".ndjson": _LINES,
    ".json": _JSON,
}
# Charsets that pages declare. Python knows more, some of which are no charsets or take their time ("punycode").
_CHARSET = re.compile(
    rb"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}"
    rb"(utf-?8|(?:iso-?8859-|windows-|cp)\d{1,4}|koi8-[ru]|gb(?:2312|k|18030)|big5(?:-hkscs)?|shift_jis|euc-(?:jp|kr))\b",
    re.IGNORECASE,
)
# Line breaks and tabs stay; other control characters, byte order marks and marks that reorder text do not.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WRITTEN_DATE = re.compile(r"(?:[A-Za-z]+,? )?(?:\d{1,2} [A-Za-z]+\.? \d{4}|[A-Za-z]+\.? \d{1,2},? \d{4})")
_DATE_REMEDY = "write YYYY-MM-DD"


@dataclass(frozen=True, slots=True)
class _Meta:
    """What a source says of a text, as written."""

    id: str | None = None
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    published: str | None = None
    language: str | None = None
    country: str | None = None


def read(
    sources: Sequence[str | Path] | str | Path, *, published: date | None = None, country: str | None = None
) -> tuple[list[Document], list[Problem]]:
    """Read all documents of the sources; the problems of some do not keep the others from being read.

    Args:
        sources: a file or folder, or several (folders are read with what is in them, hidden files and README.md left
            out), or "-".
        published: date of publication of documents that bring none.
        country: ISO 3166-1 alpha-2, where the readers are of documents that don't say so.
    """
    documents, problems = [], []
    for item in iter_read(sources, published=published, country=country):
        if isinstance(item, Document):
            documents.append(item)
        else:
            problems.append(item)
    return documents, problems


def iter_read(
    sources: Sequence[str | Path] | str | Path, *, published: date | None = None, country: str | None = None
) -> Iterator[Document | Problem]:
    """Read documents one by one, as `read` does; only one file's text, or one line, is held in memory."""
    seen: dict[str, tuple[str, str]] = {}
    # A string is one path, not a row of one-letter ones ("/" among them).
    for source in [sources] if isinstance(sources, str | Path) else sources:
        for where, item in _read_source(source):
            if isinstance(item, Problem):
                yield item
                continue
            digest = hashlib.sha256(item.text.encode("utf-8")).hexdigest()
            first, known = seen.get(item.id, ("", ""))
            if not known:
                seen[item.id] = (where, digest)
                yield replace(item, published=item.published or published, country=item.country or country)
            elif known == digest:
                yield Problem(where, f"the same text as {first}; read once")
            else:
                yield Problem(where, f"id {item.id!r} is taken by {first}; give each document an id of its own")


# Sources


def _read_source(source: str | Path) -> Iterator[tuple[str, Document | Problem]]:
    if str(source) == "-":
        yield from _located("standard input", _read_stream(sys.stdin.buffer))
        return
    path = Path(source)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        missing = isinstance(error, FileNotFoundError | NotADirectoryError | ValueError)
        message = "no such file or folder; check the name" if missing else _reason(error)
        yield _shown(path), Problem(_shown(path), message)
        return
    if stat.S_ISDIR(mode):
        yield from _read_folder(path)
    elif stat.S_ISREG(mode):
        yield from _read_file(path)
    else:
        yield _shown(path), Problem(_shown(path), 'not a file or folder; pipe it in and name it "-"')


def _read_folder(root: Path) -> Iterator[tuple[str, Document | Problem]]:
    inside = root.resolve()
    visited: set[tuple[int, int]] = set()

    def walk(folder: Path, depth: int) -> Iterator[tuple[str, Document | Problem]]:
        try:
            about = folder.stat()
            if (about.st_dev, about.st_ino) in visited or depth > _MAX_DEPTH:
                return
            visited.add((about.st_dev, about.st_ino))
            names = sorted(entry.name for entry in folder.iterdir())
        except OSError as error:
            yield _shown(folder), Problem(_shown(folder), _reason(error))
            return
        for name in names:
            path = folder / name
            if name.startswith(".") or name.lower() == "readme.md":
                continue
            if path.is_symlink() and not _leads_inside(path, inside):
                continue
            if path.is_dir():
                yield from walk(path, depth + 1)
            elif path.suffix.lower() in _FORMATS and path.is_file():
                yield from _read_file(path)

    yield from walk(root, 0)


def _leads_inside(link: Path, root: Path) -> bool:
    try:
        return link.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a loop of links
        return False


def _read_file(path: Path) -> Iterator[tuple[str, Document | Problem]]:
    where = _shown(path)
    kind = _FORMATS.get(path.suffix.lower(), _TEXT)
    try:
        with path.open("rb") as stream:
            if kind == _LINES:
                yield from _json_lines(where, stream)
                return
            size = os.fstat(stream.fileno()).st_size
            raw = stream.read(MAX_FILE + 1) if size <= MAX_FILE else b""
    except OSError as error:
        yield where, Problem(where, _reason(error))
        return
    if size > MAX_FILE or len(raw) > MAX_FILE:
        yield where, Problem(where, _too_large(size, MAX_FILE))
    else:
        yield from _located(where, _read_bytes(where, raw, kind))


def _read_stream(stream: BinaryIO) -> Iterator[Document | Problem]:
    """Read standard input: JSON lines where it begins with "{", otherwise one text."""
    where = "standard input"
    raw = stream.read(MAX_FILE + 1)
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        rest: BinaryIO = io.BufferedReader(_Chained(raw, stream))
        for _, item in _json_lines(where, rest):
            yield item
    elif len(raw) > MAX_FILE:
        yield Problem(where, f"too large (the limit is {MAX_FILE // MEGABYTE} MB); split it")
    else:
        yield from _read_bytes(where, raw, _TEXT)


class _Chained(io.RawIOBase):
    """Bytes that were read ahead, then the stream they came from."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._head.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _located(where: str, items: Iterator[Document | Problem]) -> Iterator[tuple[str, Document | Problem]]:
    for item in items:
        yield where, item


# Formats


def _read_bytes(where: str, raw: bytes, kind: int) -> Iterator[Document | Problem]:
    if not raw.strip():
        yield Problem(where, "empty; give it a text")
        return
    text = _decode(raw)
    if text is None:
        yield Problem(where, "holds NUL bytes, so it is no text; save it as text, Markdown, HTML or JSON")
    elif kind == _JSON:
        yield from _json_file(where, text)
    elif kind == _PAGE or re.match(r"\s{0,99}<(?:!doctype html|html)\b", text, re.IGNORECASE):
        yield from _page(where, text)
    else:
        yield from _text(where, text, kind)


def _text(where: str, text: str, kind: int) -> Iterator[Document | Problem]:
    front, body = front_matter(_normalize(text))
    meta = _Meta(
        title=front.get("title"),
        url=front.get("url") or front.get("link"),
        publisher=front.get("publisher") or front.get("source"),
        published=front.get("published") or front.get("date"),
        language=front.get("language"),
        country=front.get("country"),
    )
    if kind == _MARKDOWN:
        heading = re.match(r"\s{0,99}#\s+([^\n]+)", body)
        if meta.title is None and heading:
            meta = replace(meta, title=plain_text(heading[1]).rstrip("# "))
        body = plain_text(body)
    yield from _document(where, body.strip(), meta)


def _page(where: str, page: str) -> Iterator[Document | Problem]:
    """Read a saved page: its main text without menus, comments and advertisements, by trafilatura."""
    try:
        import trafilatura  # 0.5 s, for pages only

        found = trafilatura.extract(
            page,
            output_format="json",
            with_metadata=True,
            include_comments=False,
            include_tables=False,
            # a date that the page states; none guessed from its text
            date_extraction_params={"original_date": True, "extensive_search": False, "max_date": "2100-01-01"},
        )
        fields: dict[str, Any] = json.loads(found) if found else {}
    except ImportError as error:
        yield Problem(where, f"the HTML reader is not installed well ({_one_line(error)}); reinstall trafilatura")
        return
    except Exception as error:  # a parser of pages meets anything
        yield Problem(where, f"can't be read as HTML ({type(error).__name__}); save its text as .txt")
        return
    if not fields.get("text"):
        yield Problem(where, "no main text found in the page; save its text as .txt")
        return
    language = re.search(
        r"<html\b[^<>]{0,500}\blang\s{0,9}=\s{0,9}[\"']?([A-Za-z-]{2,20})", page[:20_000], re.IGNORECASE
    )
    meta = _Meta(
        title=_string(fields.get("title")),
        url=_string(fields.get("source")),
        publisher=_string(fields.get("source-hostname") or fields.get("hostname")),
        published=_string(fields.get("date")),
        language=language[1] if language else _string(fields.get("language")),
    )
    yield from _document(where, _normalize(str(fields["text"])).strip(), meta)


def _json_lines(where: str, stream: BinaryIO) -> Iterator[tuple[str, Document | Problem]]:
    number, faults, empty = 0, 0, True
    while True:
        line = stream.readline(MAX_LINE + 1)
        if not line:
            break
        number += 1
        here, empty = f"{where}:{number}", False
        if len(line) > MAX_LINE and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):  # pass over the rest of the line
                line = stream.readline(MAX_LINE)
            items: Iterator[Document | Problem] = iter(
                [Problem(here, f"line too large (the limit is {MAX_LINE // MEGABYTE} MB); split the text")]
            )
        elif not line.strip():
            continue
        else:
            items = _json_line(here, line)
        for item in items:
            if isinstance(item, Problem):
                faults += 1
                if faults > _MAX_LINE_PROBLEMS:
                    continue
            yield here, item
    if empty:
        yield where, Problem(where, "empty; give it a text")
    if faults > _MAX_LINE_PROBLEMS:
        yield (
            where,
            Problem(where, f"{faults - _MAX_LINE_PROBLEMS} more problems of this kind in the file; mend these first"),
        )


def _json_line(where: str, line: bytes) -> Iterator[Document | Problem]:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        yield Problem(where, "not UTF-8; save the file as UTF-8")
    except (ValueError, RecursionError) as error:
        yield Problem(where, f"not JSON ({_one_line(error)}); write one object a line")
    else:
        yield from _record(where, record)


def _json_file(where: str, text: str) -> Iterator[Document | Problem]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield Problem(where, f"not JSON ({_one_line(error)}); write an object or a list of objects")
        return
    if not isinstance(content, list):
        yield from _record(where, content)
        return
    if not content:
        yield Problem(where, "empty list; give it a document")
    for number, record in enumerate(content):
        yield from _record(f"{where}[{number}]", record)


def _record(where: str, record: object) -> Iterator[Document | Problem]:
    """Read {"id", "text", "published", "title", "url", "publisher", "language", "country", "toponyms"}."""
    if not isinstance(record, dict):
        yield Problem(where, 'not an object; write {"text": "..."}')
        return
    text = record.get("text")
    if not isinstance(text, str):
        yield Problem(where, f'"text" is {type(text).__name__}, not a string; write {{"text": "..."}}')
        return
    text = _SURROGATE.sub("\ufffd", text)  # half a character, which no file can hold; the length stays
    spans, faults = _spans(record.get("toponyms"), text)
    for fault in faults:
        yield Problem(where, fault)
    key = record.get("id")
    published = record.get("published")
    meta = _Meta(
        id=_meta_text(str(key)) if isinstance(key, str | int) and not isinstance(key, bool) else None,
        title=_string(record.get("title")),
        url=_string(record.get("url")),
        publisher=_string(record.get("publisher")),
        published=None if published is None else str(published),
        language=_string(record.get("language")),
        country=_string(record.get("country")),
    )
    yield from _document(where, text, meta, spans)


def _spans(value: object, text: str) -> tuple[tuple[Span, ...] | None, list[str]]:
    if value is None:
        return None, []
    if not isinstance(value, list):
        return None, ['"toponyms" is not a list; write [{"start": 0, "end": 4}]']
    spans, faults = [], []
    for number, item in enumerate(value):
        fields: Mapping[str, object] = item if isinstance(item, dict) else {}
        start, end = fields.get("start"), fields.get("end")
        if type(start) is int and type(end) is int and 0 <= start < end <= len(text):
            spans.append(Span(start, end, text[start:end]))
        else:
            faults.append(
                f'"toponyms"[{number}] from {start!r:.20} to {end!r:.20} is no part of a text of {len(text)} characters'
                "; count characters from 0, the end exclusive"
            )
    return tuple(sorted(spans, key=lambda s: (s.start, s.end))), faults


# Fields


def _document(
    where: str, text: str, meta: _Meta, spans: tuple[Span, ...] | None = None
) -> Iterator[Document | Problem]:
    if not any(c.isalpha() for c in text):
        yield Problem(where, "holds no word; give it a text" if text.strip() else "empty; give it a text")
        return
    published = _parse_date(meta.published) if meta.published is not None else None
    if meta.published and published is None:
        yield Problem(where, f"date {_meta_text(meta.published)!r:.60} is not understood; {_DATE_REMEDY}")
    url = _http_url(meta.url)
    digest = hashlib.sha256(f"{url or ''}\n{text}".encode()).hexdigest()
    yield Document(
        id=meta.id or digest[:16],
        text=text,
        title=_meta_text(meta.title),
        url=url,
        publisher=_meta_text(meta.publisher),
        published=published,
        language=_language(meta.language),
        country=_country(meta.country),
        spans=spans,
    )


def _parse_date(written: str) -> date | None:
    """Give the day of "2024-04-19", "2024-04-19T10:00:00Z", "19 April 2024" or "April 19, 2024"."""
    written = " ".join(written.split())
    if re.match(r"\d{4}-\d\d-\d\d(?:[T ]|$)", written):
        try:
            return datetime.fromisoformat(written.replace(" Z", "Z")).date()
        except ValueError:
            return None
    if len(written) > 60 or not _WRITTEN_DATE.fullmatch(written):
        return None
    days = resolve_date(written, None)
    return days.start if days is not None and days.start == days.end else None


def _http_url(written: str | None) -> str | None:
    if not written or len(written) > _MAX_URL or re.search(r"[\s\x00-\x1f\x7f<>\"]", written.strip()):
        return None
    try:
        parts = urlsplit(written.strip())
        hostname = parts.hostname
    except ValueError:
        return None
    return written.strip() if parts.scheme in ("http", "https") and hostname else None


def _language(written: str | None) -> str | None:
    found = re.match(r"([A-Za-z]{2})(?:[-_]|$)", (written or "").strip())
    return found[1].lower() if found else None


def _country(written: str | None) -> str | None:
    code = (written or "").strip().upper()
    code = "GB" if code == "UK" else code
    return code if re.fullmatch("[A-Z]{2}", code) else None


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _meta_text(written: str | None) -> str | None:
    text = " ".join(_CONTROL.sub(" ", _SURROGATE.sub("\ufffd", written or "")).split())
    return text[:_MAX_META] or None


def _normalize(text: str) -> str:
    """Make line breaks "\\n" and take out control characters."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _decode(raw: bytes) -> str | None:
    """Decode UTF-8, UTF-16 with its mark, the charset that a page declares, or Windows-1252; None if binary."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    if b"\0" in raw:
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _CHARSET.search(raw[:4096])
    for charset in [declared[1].decode("ascii")] if declared else []:
        try:
            return raw.decode(charset, "strict")
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("cp1252", "replace")


def _shown(path: Path) -> str:
    """Give a path for a message: nothing in a file's name may steer a terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(path))


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:100]


def _reason(error: BaseException) -> str:
    words = error.strerror if isinstance(error, OSError) and error.strerror else _one_line(error)
    return f"can't be read: {words.lower()}; check its permissions"


def _too_large(size: int, limit: int) -> str:
    return f"too large ({size / MEGABYTE:.0f} MB, the limit is {limit // MEGABYTE} MB); split it"
