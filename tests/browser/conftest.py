"""A headless Chromium without a network. Without one the tests skip, or fail with GEOMAP_REQUIRE_BROWSER=1."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Opened:
    """A page that was opened, and what went wrong or out on the way."""

    page: Any
    trouble: list[str] = field(default_factory=list)  #: console errors and warnings, uncaught errors
    requests: list[str] = field(default_factory=list)  #: addresses other than the page's own


def _unavailable(reason: str) -> None:
    if os.environ.get("GEOMAP_REQUIRE_BROWSER") == "1":
        pytest.fail(f"GEOMAP_REQUIRE_BROWSER=1, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        _unavailable("playwright is not installed: pip install 'geomap-incidents[test]'")
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for path in map(shutil.which, names) if path), None)
    sandbox = not hasattr(os, "geteuid") or os.geteuid() != 0
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=found, chromium_sandbox=sandbox)
        except Error as error:
            _unavailable(f"no Chromium starts ({str(error).splitlines()[0]}): install chromium, or playwright install")
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Opened]]:
    """Give a function that opens a file with the network cut and waits until its map is drawn."""
    contexts = []

    def open_(path: Path, fragment: str = "", **options: Any) -> Opened:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        contexts.append(context)
        context.set_default_timeout(6000)
        context.set_offline(True)
        opened = Opened(context.new_page())
        own = path.resolve().as_uri()

        def pass_or_block(route: Any) -> None:
            if re.split("[#?]", route.request.url)[0] == own:
                route.continue_()
            else:
                opened.requests.append(route.request.url)
                route.abort()

        context.route("**/*", pass_or_block)
        page = opened.page
        page.on("console", lambda m: opened.trouble.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: opened.trouble.append(str(error)))
        page.goto(own + fragment)
        page.evaluate("geomap.ready")
        return opened

    yield open_
    for context in contexts:
        context.close()
