"""Take a Markdown text apart: the fields of its front matter, and what is left without its marks.

In: the text of a file, of any size and content. Out: fields by name, and plain text with one line a paragraph.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

__all__ = ["front_matter", "plain_text"]

_MAX_FRONT_MATTER = 100  # lines
_FENCE = re.compile(r"^ {0,3}(?:`{3,}|~{3,})")
_DROPPED_LINE = re.compile(r" {0,3}(?:=+|-{2,}|(?:[-*_][ \t]*){3,}|\[[^\]\n]{1,200}\]:[ \t]+\S.*)\s*")
_INLINE = (
    (re.compile(r"!\[[^\[\]]{0,1000}\](?:\([^()\n]{0,2000}\)|\[[^\[\]]{0,200}\])"), ""),
    (re.compile(r"\[([^\[\]]{0,1000})\]\([^()\n]{0,2000}(?:\([^()\n]{0,500}\)[^()\n]{0,500})?\)"), r"\1"),
    (re.compile(r"\[([^\[\]]{1,1000})\]\[[^\[\]]{0,200}\]"), r"\1"),
    (re.compile(r"<(https?://[^<>\s]{1,2000})>"), r"\1"),
    (re.compile(r"</?[A-Za-z][^<>\n]{0,500}>"), ""),
    (re.compile(r"(`{1,3})([^`\n]{1,1000})\1"), r"\2"),
)
_EMPHASIS = re.compile(r"(?<![\w\\])(\*{1,3}|_{1,3}|~~)(?=\S)([^*_~\n]{1,1000})(?<=\S)\1(?!\w)")
_STARTS_BLOCK = re.compile(r"[ \t]*(?:[-*+•–]|\d{1,3}[.)]|\|)[ \t]")


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """Split `key: value` lines between two lines of "---" from the text below them.

    Only this much of YAML is understood; lines of other kinds are passed over.
    """
    if not re.match(r"\s{0,99}---[ \t]{0,99}\n", text):
        return {}, text
    lines = text.lstrip().split("\n", _MAX_FRONT_MATTER)
    for number, line in enumerate(lines[1:_MAX_FRONT_MATTER], 1):
        if line.rstrip() in ("---", "..."):
            return _fields(lines[1:number]), "\n".join(lines[number + 1 :])
    return {}, text


def _fields(lines: Sequence[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in lines:
        found = re.fullmatch(r"([A-Za-z][\w-]{0,40})[ \t]{0,9}:(?:[ \t]+(.*))?", line.rstrip())
        if found is None:
            continue
        value = (found[2] or "").strip()
        quoted = re.match(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^']|'')*)'", value)
        if quoted and quoted[1] is not None:
            value = re.sub(r"\\(.)", r"\1", quoted[1])
        elif quoted:
            value = quoted[2].replace("''", "'")
        else:
            value = re.split(r"[ \t]#", value, maxsplit=1)[0].strip()
        if value and value.lower() not in ("null", "~"):
            fields.setdefault(found[1].lower(), value)
    return fields


def plain_text(markdown: str) -> str:
    """Take the marks out of Markdown: headings, emphasis, links, images, quotes and code blocks."""
    kept, fenced = [], False
    for line in markdown.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
            kept.append("")
        elif not fenced and _DROPPED_LINE.fullmatch(line):
            kept.append("")
        elif not fenced:
            line = re.sub(r"^(?: {0,3}>[ \t]?){1,9}", "", line).rstrip()
            heading = re.match(r" {0,3}#{1,6}[ \t]+", line)
            if heading:
                line = line[heading.end() :].rstrip("#").rstrip() + "\n"
            kept.append(line)
    first, *rest = "\n".join(kept).split("<!--")
    text = first + "".join(part.partition("-->")[2] if "-->" in part else part for part in rest)
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    for _ in range(3):  # emphasis within emphasis
        text = _EMPHASIS.sub(r"\2", text)
    text = re.sub(r"\\([\\`*_{}\[\]()#+.!~>-])", r"\1", text)
    return _reflow(re.sub(r"\n{3,}", "\n\n", html.unescape(text)))


def _reflow(text: str) -> str:
    """Join the lines of a paragraph, which Markdown shows as one; lists keep theirs."""
    blocks = []
    for block in text.split("\n\n"):
        lines = block.split("\n")
        joined = lines[:1]
        for line in lines[1:]:
            if line.strip() and joined[-1].strip() and not _STARTS_BLOCK.match(line) and not joined[-1].endswith("  "):
                joined[-1] = f"{joined[-1]} {line.strip()}"
            else:
                joined.append(line)
        blocks.append("\n".join(joined))
    return "\n\n".join(blocks)
