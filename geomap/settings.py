"""Settings of a project, from a file geomap.toml beside its texts.

In: a TOML file with a table `[coreference]`: `same` (points), `days`, `km`. Out: `Thresholds` for merging.py. What the
file does not name keeps its default.
"""

from __future__ import annotations

import tomllib
from dataclasses import fields, replace
from pathlib import Path

from geomap.errors import InputError
from geomap.merging import DEFAULTS, Thresholds

__all__ = ["FILE_NAME", "read_thresholds"]

#: Looked for in the working directory.
FILE_NAME = "geomap.toml"
_MAX_BYTES = 64 * 1024
#: The greatest value that makes sense of each, and in what unit.
_LIMITS = {"same": (10.0, "points"), "days": (366.0, "days"), "km": (500.0, "kilometres")}


def read_thresholds(path: Path | None = None) -> Thresholds:
    """Read when two mentions are one happening.

    Args:
        path: the file; None: geomap.toml in the working directory, or the defaults where there is none.

    Raises:
        InputError: the file can't be read, is no TOML, or has a key or a value that means nothing.
    """
    if path is None:
        path = Path(FILE_NAME)
        if not path.is_file():
            return DEFAULTS
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(f"{path}: larger than {_MAX_BYTES // 1024} kB, so no settings; see docs/cli.md")
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: can't read the settings ({error.strerror}); name a TOML file") from error
    except ValueError as error:
        raise InputError(f"{path}: no TOML ({error}); see docs/cli.md") from error
    table = content.get("coreference", {})
    unknown = sorted({*content} - {"coreference"}) or sorted({*table} - {*_LIMITS} if isinstance(table, dict) else ())
    if unknown or not isinstance(table, dict):
        what = unknown[0] if unknown else "coreference"
        raise InputError(f"{path}: {what!r} is no setting; there is [coreference] with {', '.join(_LIMITS)}")
    for name, value in table.items():
        most, unit = _LIMITS[name]
        whole = {f.name: f.type for f in fields(Thresholds)}[name] == "int"
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not 0 <= value <= most:
            kind = "a whole number" if whole else "a number"
            raise InputError(f"{path}: {name} = {value!r}; give {kind} of {unit} from 0 to {most:g}")
    return replace(DEFAULTS, **table)
