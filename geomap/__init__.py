"""geomap: news text in, an interactive incident map out.

>>> import geomap
>>> build = geomap.build("seeds/")                       # doctest: +SKIP
>>> geomap.to_geodataframe(build.incidents)              # doctest: +SKIP

The stages are public too: `read`, `recognize`, `resolve`, `extract`, `merge`, `render_map`. What a name stands for is
imported when it is first used, so that `import geomap` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geomap.documents import read
    from geomap.errors import GeomapError, Problem
    from geomap.export import to_geodataframe, to_geojson
    from geomap.extraction import extract
    from geomap.geocoders import GazetteerGeocoder
    from geomap.layers import load_layers
    from geomap.merging import merge
    from geomap.model import Document, Event, Incident, Layer, Place, Toponym
    from geomap.pipeline import Build, build
    from geomap.recognition import recognize
    from geomap.render import render_map
    from geomap.resolution import resolve

__version__ = "0.1.0"

__all__ = [
    "Build",
    "Document",
    "Event",
    "GazetteerGeocoder",
    "GeomapError",
    "Incident",
    "Layer",
    "Place",
    "Problem",
    "Toponym",
    "__version__",
    "build",
    "extract",
    "load_layers",
    "merge",
    "read",
    "recognize",
    "render_map",
    "resolve",
    "to_geodataframe",
    "to_geojson",
]

_HOME = {
    "documents": ("read",),
    "errors": ("GeomapError", "Problem"),
    "export": ("to_geodataframe", "to_geojson"),
    "extraction": ("extract",),
    "geocoders": ("GazetteerGeocoder",),
    "layers": ("load_layers",),
    "merging": ("merge",),
    "model": ("Document", "Event", "Incident", "Layer", "Place", "Toponym"),
    "pipeline": ("Build", "build"),
    "recognition": ("recognize",),
    "render": ("render_map",),
    "resolution": ("resolve",),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(f"geomap.{module}"), name)
    raise AttributeError(f"module 'geomap' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
