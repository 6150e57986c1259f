"""Settings of a project, from a file geomap.toml beside its texts.

In: a TOML file with the tables `[coreference]` (`same` in points, `days`, `km`: the thresholds of merging.py) and
`[map]` (`title`, `description`, `accent`, `language`, `tiles`: how the page looks, see `render_map`). Out: `Settings`.
What the file does not name keeps its default.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from geomap.errors import InputError
from geomap.merging import DEFAULTS, Thresholds

__all__ = ["FILE_NAME", "MapSettings", "Settings", "check_map_setting", "read_settings"]

#: Looked for in the working directory.
FILE_NAME = "geomap.toml"
_MAX_BYTES = 64 * 1024
#: The greatest value that makes sense of each threshold, and in what unit.
_LIMITS = {"same": (10.0, "points"), "days": (366.0, "days"), "km": (500.0, "kilometres")}
#: The form of each setting of the map, and how to say it.
_FORMS = {
    "title": (r"[^\n]{1,240}", "a line of at most 240 characters"),
    "description": (r"(?s).{0,2000}", "a text of at most 2000 characters"),
    "accent": (r"#[0-9a-fA-F]{6}", 'a color as "#rrggbb", such as "#1f5fae"'),
    "language": (r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", 'a language code, such as "en" or "ar"'),
    "tiles": (r"[\w.-]{1,100}", 'a background map\'s name in xyzservices, such as "OpenStreetMap.Mapnik"'),
}


@dataclass(frozen=True, slots=True)
class MapSettings:
    """How the page looks; the arguments of `render_map` by the same names."""

    title: str = "Incident map"
    description: str = ""
    accent: str | None = None
    language: str = "en"
    tiles: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project's file decides."""

    coreference: Thresholds = DEFAULTS
    map: MapSettings = field(default_factory=MapSettings)


def read_settings(path: Path | None = None) -> Settings:
    """Read a project's settings.

    Args:
        path: the file; None: geomap.toml in the working directory, or the defaults where there is none.

    Raises:
        InputError: the file can't be read, is no TOML, or has a key or a value that means nothing.
    """
    if path is None:
        path = Path(FILE_NAME)
        if not path.is_file():
            return Settings()
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(f"{path}: larger than {_MAX_BYTES // 1024} kB, so no settings; see docs/cli.md")
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: can't read the settings ({error.strerror}); name a TOML file") from error
    except ValueError as error:
        raise InputError(f"{path}: no TOML ({error}); see docs/cli.md") from error
    known = {"coreference": (*_LIMITS,), "map": (*_FORMS,)}
    tables = {name: _table(path, content, name, keys) for name, keys in known.items()}
    unknown = sorted({*content} - {*known})
    if unknown:
        there = " and ".join(f"[{name}]" for name in known)
        raise InputError(f"{path}: {unknown[0]!r} is no setting; there are {there}")
    for name, value in tables["coreference"].items():
        _check_threshold(path, name, value)
    for name, value in tables["map"].items():
        check_map_setting(f"{path}: {name}", name, value)
    return Settings(replace(DEFAULTS, **tables["coreference"]), MapSettings(**tables["map"]))


def check_map_setting(where: str, name: str, value: object) -> None:
    """Raise `InputError`, which begins with `where`, if the value is none that a setting of the map can have."""
    form, words = _FORMS[name]
    if not isinstance(value, str) or not re.fullmatch(form, value):
        raise InputError(f"{where} = {value!r}; give {words}")


def _table(path: Path, content: dict[str, Any], name: str, keys: tuple[str, ...]) -> dict[str, Any]:
    table = content.get(name, {})
    unknown = sorted({*table} - {*keys}) if isinstance(table, dict) else [name]
    if unknown:
        raise InputError(f"{path}: {unknown[0]!r} is no setting; there is [{name}] with {', '.join(keys)}")
    return dict(table)


def _check_threshold(path: Path, name: str, value: object) -> None:
    most, unit = _LIMITS[name]
    whole = {f.name: f.type for f in fields(Thresholds)}[name] == "int"
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not 0 <= value <= most:
        kind = "a whole number" if whole else "a number"
        raise InputError(f"{path}: {name} = {value!r}; give {kind} of {unit} from 0 to {most:g}")
