"""The map's page: one HTML file that asks nothing of the network.

In: a title, and the blocks of data that `render.py` packed, each in letters that HTML leaves alone. Out: `IncidentMap`,
a `folium.Map` whose document holds Leaflet, the page's scripts and style, and the blocks. A content security policy
names each script by its SHA-256, so that nothing else runs and nothing is requested.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import folium
from branca.element import Element, Figure, Html
from folium.template import Template

from geomap.errors import OutputError

__all__ = ["IncidentMap", "read_part"]

_WEB = Path(__file__).parent / "web"
#: What hatch_build.py makes of web/src and of the packages from npm.
_SCRIPTS = ("vendor/leaflet-heat.js", "vendor/app.js")


def read_part(path: Path) -> bytes:
    """A file that the page is made of; raises `OutputError` if the installation lacks it."""
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            f"{path}: can't read a part of the map page ({reason}): install geomap again (`pip install .`)"
        ) from error


def _text(name: str) -> str:
    return read_part(_WEB / name).decode("utf-8").replace("\r\n", "\n")


def _image(name: str) -> str:
    content = read_part(_WEB / "vendor" / "images" / name)
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")


@functools.cache
def _leaflet(images: bool) -> tuple[str, str]:
    """Script and style of Leaflet; with the images of its pin and its layer control, or without."""
    script = re.sub(r"//# sourceMappingURL=\S+\s*$", "", _text("vendor/leaflet.js"))
    style = re.sub(
        r"url\(images/([\w.-]+)\)",
        lambda match: f"url({_image(match[1])})" if images else "none",
        _text("vendor/leaflet.css"),
    )
    # Leaflet looks for its pin beside its style sheet, which is no file here.
    pin = {"iconUrl": "marker-icon.png", "iconRetinaUrl": "marker-icon-2x.png", "shadowUrl": "marker-shadow.png"}
    urls = json.dumps({option: _image(name) for option, name in pin.items()} if images else {})
    return f'{script}\nL.Icon.Default.imagePath = "";\nL.Icon.Default.mergeOptions({urls});\n', style


def _hosts(tiles: str) -> str:
    """The origins of a background map, by its address and its subdomains ("" for none)."""
    address, _, subdomains = tiles.partition(" ")
    names = sorted({address.replace("{s}", name) for name in subdomains or "a"}) if address else []
    return "".join(f" {urlsplit(name).scheme}://{urlsplit(name).netloc}" for name in names)


def _policy(document: str, tiles: str) -> str:
    """A content security policy that lets the document's own scripts run, each by its hash, and forbids requests.

    Pictures of a background map may come from its own hosts.
    """
    scripts = re.findall(r"<script(?![^>]*text/plain)[^>]*>(.*?)</script>", document, re.DOTALL)
    hashes = sorted({base64.b64encode(hashlib.sha256(s.encode()).digest()).decode("ascii") for s in scripts})
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:{_hosts(tiles)}; "
        "connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def _literal(text: str, markup: bool) -> str:
    """Make a text mean itself inside the template literal that folium puts popups and tooltips into.

    folium escapes the backtick of a popup only; "${...}" would run as script, which the policy's hash then allows.
    In markup, what would end the page's script is written otherwise; other texts have their "<" escaped by folium.
    """
    plain = text.replace("\\`", "`").replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return re.sub(r"(?i)<(?=/?script|!--)", r"\\x3c", plain) if markup else plain


@contextmanager
def _tamed(element: Element) -> Iterator[None]:
    """While this lasts, no popup or tooltip below an element holds script."""
    changed: list[tuple[Any, str, str, bool]] = []

    def visit(one: Element) -> None:
        if isinstance(one, folium.Tooltip):
            changed.append((one, "text", one.text, True))
        elif isinstance(one, Html):
            changed.append((one, "data", one.data, bool(one.script)))
        for child in one._children.values():
            visit(child)
        if isinstance(one, folium.Popup):
            visit(one.html)

    visit(element)
    for one, name, text, markup in changed:
        setattr(one, name, _literal(text, markup))
    try:
        yield
    finally:
        for one, name, text, _ in changed:
            setattr(one, name, text)


class _Page(Figure):
    """The whole document, instead of branca's, whose scripts and styles come from the network."""

    def __init__(self, title: str, blocks: Mapping[str, str], language: str, tiles: str) -> None:
        super().__init__(height="700px", title=title)
        self.header._children.clear()
        self.blocks = blocks
        self.language = language
        self.tiles = tiles
        self.offline = True

    def render(self, **kwargs: Any) -> str:
        """The document as HTML."""
        for child in self._children.values():
            with _tamed(child):
                child.render(**kwargs)
        # Only what users of folium add to the map shows Leaflet's own images.
        script, style = _leaflet(images=any(child._children for child in self._children.values()))
        content = [
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            # Services of background maps refuse requests that don't say which site they come from.
            f'<meta name="referrer" content="{"strict-origin-when-cross-origin" if self.tiles else "no-referrer"}">',
            '<link rel="icon" href="data:,">',
            f"<title>{html.escape(self.title or '')}</title>",
            f"<style>{style}</style>",
            f"<style>{_text('vendor/map.css')}</style>",
            f"<script>{script}</script>",
            self.header.render(**kwargs),
            *(f"<script>{_text(name)}</script>" for name in _SCRIPTS),
            "</head>",
            "<body>",
            self.html.render(**kwargs),
            "<noscript><p>This map needs JavaScript. It asks nothing of the network.</p></noscript>",
            *(f'<script type="text/plain" id="geomap-{name}">{block}</script>' for name, block in self.blocks.items()),
            f"<script>{self.script.render(**kwargs)}</script>",
            "</body>",
            "</html>",
            "",
        ]
        rest = "\n".join(content)
        start = f'<!DOCTYPE html>\n<html lang="{html.escape(self.language)}">\n<head>\n<meta charset="utf-8">\n'
        if self.offline:
            start += f'<meta http-equiv="Content-Security-Policy" content="{_policy(rest, self.tiles)}">\n'
        return start + rest


class IncidentMap(folium.Map):
    """A folium map whose page is one file.

    offline: whether the page forbids all requests. False lets folium link its usual scripts and styles, and tile layers
    load.
    """

    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <main class="folium-map" id="{{ this.get_name() }}" aria-label="Map"></main>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
          center: {{ this.location|tojson }}, ...{{ this.options|tojavascript }}
        });
        {% endmacro %}
        """
    )

    def __init__(self, title: str, blocks: Mapping[str, str], language: str = "en", tiles: str = "") -> None:
        super().__init__(location=(20, 0), zoom_start=2, tiles=None, zoom_snap=0.5)
        self.options["max_zoom"] = 12  # folium heeds its own argument only where there are tiles
        self.offline = True
        # folium draws names at random; the same incidents shall give the same bytes.
        self._id = "incidents"
        self._page = _Page(title, blocks, language, tiles)
        self._page.add_child(self)

    def render(self, **kwargs: Any) -> str:
        """Adds the map's parts to its page, which `get_root().render()` gives."""
        self._page.offline = self.offline
        linked = not self.offline
        self.default_js = [pair for pair in folium.Map.default_js if linked and pair[0] != "leaflet"]
        self.default_css = [pair for pair in folium.Map.default_css if linked and pair[0] != "leaflet_css"]
        return super().render(**kwargs) or ""  # type: ignore[no-untyped-call]
