"""All errors that geomap raises on purpose.

    GeomapError
    ├── InputError          a file or folder that can't be read, or does not hold what it should
    │   └── EmptyError      nothing to do: no document in what was given
    ├── LayerError          a layer file that is not valid
    ├── GazetteerError      the gazetteer is missing, damaged or can't be built
    └── OutputError         a result can't be written

Each message names the file, the value and the remedy on one line. `Problem` is the same for trouble that stops one
document, name or layer and lets the others go on.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EmptyError", "GazetteerError", "GeomapError", "InputError", "LayerError", "OutputError", "Problem"]


class GeomapError(Exception):
    """Whatever goes wrong that a user can mend."""


class InputError(GeomapError):
    """A file or folder can't be read, or does not hold what it should."""


class EmptyError(InputError):
    """Nothing to do: what was given holds no document."""


class LayerError(GeomapError):
    """A layer file is not valid."""


class GazetteerError(GeomapError):
    """The gazetteer is missing, damaged or can't be built."""


class OutputError(GeomapError):
    """A result can't be written."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Trouble with one item; the rest of the work went on."""

    where: str  #: file, and line or key where there is one
    message: str  #: one line: what is wrong, and the remedy

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"
