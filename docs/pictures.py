"""Take the pictures of the map page that the documentation shows.

In: the texts in seeds/. Out: PNG files in docs/pictures/: wide, a card, dark, phone, card on a phone, Arabic, density,
print and a notebook. Needs Chromium, and a font with pictographs (Debian: fonts-noto-color-emoji) for layers' signs.

    make pictures
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geomap
from geomap.render import render_map, write_map

HERE = Path(__file__).parent
WIDE, PHONE, A4 = (1280, 800), (390, 780), (703, 1032)  # CSS pixels; A4 within its margins
TITLE = "Seeds"
DESCRIPTION = "What the sample texts of geomap report."


def _open_card(page: Any) -> None:
    page.evaluate("geomap.select(new URLSearchParams(location.search).get('chosen'))")
    page.wait_for_selector(".gm-details")


def _show_density(page: Any) -> None:
    page.locator(".gm-home button").last.click()


def _print(page: Any) -> None:
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")


#: By file: size, color scheme, language, and what is done before the picture.
PICTURES: dict[str, tuple[tuple[int, int], str, str, Callable[[Any], None] | None]] = {
    "wide": (WIDE, "light", "en", None),
    "card": (WIDE, "light", "en", _open_card),
    "dark": (WIDE, "dark", "en", _open_card),
    "arabic": (WIDE, "light", "ar", _open_card),
    "density": (WIDE, "light", "en", _show_density),
    "phone": (PHONE, "light", "en", None),
    "phone-card": (PHONE, "dark", "en", _open_card),
    "print": (A4, "light", "en", _print),
}


def main() -> int:
    """Take all pictures; 1 where the page said an error meanwhile."""
    from playwright.sync_api import sync_playwright

    found = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
    built = geomap.build(HERE.parent / "seeds")
    # The one that most is said about.
    chosen = max(built.incidents, key=lambda i: (len({c.stance for c in i.claims}), len(i.claims), i.id)).id
    documents = {document.id: document for document in built.documents}
    map_ = render_map(built.incidents, built.layers, title=TITLE, description=DESCRIPTION, documents=documents)
    errors: list[str] = []
    folder = HERE / "pictures"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        path = Path(work, "map.html")
        write_map(map_, path)
        notebook = Path(work, "notebook.html")
        notebook.write_text(_notebook(map_._repr_html_()), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])

        def take(name: str, url: str, size: tuple[int, int], scheme: str, act: Callable[[Any], None] | None) -> None:
            viewport = {"width": size[0], "height": size[1]}
            phone = size == PHONE
            context = browser.new_context(
                viewport=viewport, color_scheme=scheme, has_touch=phone, device_scale_factor=2 if phone else 1,
                offline=True, reduced_motion="reduce", locale="en-GB", timezone_id="UTC",
            )  # fmt: skip
            page = context.new_page()
            page.on("pageerror", lambda error: errors.append(f"{name}: {error}"))
            page.goto(url)
            page.wait_for_timeout(300)
            if name != "notebook":
                page.evaluate("geomap.ready")
            if act:
                act(page)
            page.wait_for_timeout(700)
            page.screenshot(path=folder / f"{name}.png")
            context.close()

        for name, (size, scheme, language, act) in PICTURES.items():
            take(name, f"{path.as_uri()}?lang={language}&chosen={chosen}", size, scheme, act)
        take("notebook", notebook.as_uri(), (980, 860), "light", None)
        browser.close()
    print("\n".join(errors), file=sys.stderr)
    return 1 if errors else 0


def _notebook(markup: str) -> str:
    """A page that looks like a notebook's cell with its output."""
    code = 'incidents = geomap.build("seeds")\ngeomap.render_map(incidents.incidents, incidents.layers)'
    style = (
        "body { margin: 24px; font: 14px system-ui, sans-serif } pre { padding: 8px 12px; border: 1px solid #ccc; "
        "background: #f7f7f7; font: 13px monospace; white-space: pre-wrap }"
    )
    return f'<!DOCTYPE html><meta charset="utf-8"><style>{style}</style><pre>{code}</pre>{markup}'


if __name__ == "__main__":
    sys.exit(main())
