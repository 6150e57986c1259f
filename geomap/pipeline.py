"""The whole line: documents in, incidents out.

In: files, folders or `Document`s. Out: a `Build`: incidents, the documents they come from, the layers used, and the
problems met on the way. Trouble with one document is a `Problem`; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from geomap.errors import EmptyError, Problem
from geomap.merging import Thresholds
from geomap.model import Document, Event, Incident, Layer, Toponym

if TYPE_CHECKING:
    from geomap.encoder import Encoder

__all__ = ["Build", "build", "events", "places"]

#: Persons below which a town is less likely meant than the people of the same name.
_SMALL_TOWN = 100_000
#: Called with the stage's name, and how many documents of how many are done.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Build:
    """What a build found; iterating over it gives the incidents."""

    incidents: tuple[Incident, ...]
    documents: tuple[Document, ...]
    layers: tuple[Layer, ...]
    problems: tuple[Problem, ...]

    def __iter__(self) -> Iterator[Incident]:
        return iter(self.incidents)

    def __len__(self) -> int:
        return len(self.incidents)


def places(
    documents: Sequence[Document], *, spans: bool = False, progress: Progress | None = None
) -> Iterator[tuple[Document, list[Toponym]]]:
    """Recognize and resolve the toponyms of each document; with `spans` those that it brings are resolved instead."""
    from geomap.resolution import resolve

    found = ((d, _given(d)) for d in documents) if spans else _recognized(documents)
    for number, (document, toponyms) in enumerate(found):
        yield document, resolve(toponyms, document, footprints=False)
        if progress is not None:
            progress("places", number + 1, len(documents))


def _recognized(documents: Sequence[Document]) -> Iterator[tuple[Document, list[Toponym]]]:
    """Recognize a few documents ahead of the one that is asked for, so that the tagger never waits."""
    from collections import deque
    from concurrent.futures import Future, ThreadPoolExecutor

    from geomap.encoder import default_encoder
    from geomap.recognition import recognize

    threads = default_encoder().threads
    ahead: deque[Future[list[Toponym]]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for number, document in enumerate(documents):
            while len(ahead) <= 2 * threads and number + len(ahead) < len(documents):
                ahead.append(pool.submit(recognize, documents[number + len(ahead)]))
            yield document, ahead.popleft().result()


def _given(document: Document) -> list[Toponym]:
    """Toponyms of the spans that a document brings; a demonym is one unless a town of that name is likelier."""
    from geomap.gazetteer import default_gazetteer

    gazetteer = default_gazetteer()
    toponyms = []
    for span in document.spans or ():
        # "Canadian" is a town in Texas too, and yet no town is meant.
        namesakes = gazetteer.candidates(span.text, 1)
        small = not namesakes or (namesakes[0].feature == "city" and (namesakes[0].population or 0) < _SMALL_TOWN)
        demonym = small and bool(gazetteer.demonym(span.text))
        toponyms.append(Toponym(span, "demonym" if demonym else "literal"))
    return toponyms


def events(
    documents: Sequence[Document],
    layers: Sequence[Layer],
    *,
    thresholds: Thresholds | None = None,
    progress: Progress | None = None,
    encoder: Encoder | None = None,
) -> Iterator[tuple[Document, list[Event]]]:
    """Give the events of each document, one a happening; `encoder` None: the package's own tagger."""
    from geomap.merging import DEFAULTS, happenings

    for number, document in enumerate(documents):
        yield (
            document,
            [summary for _, summary in happenings(_mentions(document, layers, encoder), thresholds or DEFAULTS)],
        )
        if progress is not None:
            progress("events", number + 1, len(documents))


def _mentions(document: Document, layers: Sequence[Layer], encoder: Encoder | None = None) -> list[Event]:
    from geomap.extraction import extract
    from geomap.recognition import recognize
    from geomap.resolution import resolve, unnamed_regions

    toponyms = resolve(recognize(document, encoder, whole=True), document)
    toponyms = sorted([*toponyms, *unnamed_regions(toponyms, document)], key=lambda t: t.span.start)
    return extract(document, toponyms, layers, encoder)


def build(
    sources: Sequence[str | Path] | str | Path,
    *,
    layers_folder: Path | None = None,
    published: date | None = None,
    country: str | None = None,
    since: date | None = None,
    until: date | None = None,
    jobs: int = 1,
    thresholds: Thresholds | None = None,
    progress: Progress | None = None,
) -> Build:
    """Read documents and find their incidents.

    Args:
        sources: files, folders, or "-" for standard input.
        layers_folder: a folder of layer files that are added to the built-in ones.
        published: date of publication for documents that give none.
        country: ISO 3166-1 alpha-2, a hint for resolution in documents that give none.
        since: leave out incidents that ended before.
        until: leave out incidents that began after.
        jobs: processes to share the documents among.
        thresholds: when two mentions are one happening; None: the defaults.
        progress: called after each document.

    Raises:
        EmptyError: no document could be read.
        LayerError: no layer is valid.
    """
    from geomap.documents import read
    from geomap.layers import load_layers
    from geomap.merging import DEFAULTS, merge

    layers, problems = load_layers(layers_folder)
    named = [sources] if isinstance(sources, str | Path) else list(sources)
    documents, unread = read(named, published=published, country=country)
    problems = [*problems, *unread]
    if not documents:
        raise EmptyError(
            "; ".join([f"no document found in {', '.join(map(repr, map(str, named)))}", *map(str, problems)])
        )
    found: list[Event] = []
    read_well: list[Document] = []
    for number, (document, mentions) in enumerate(_all_mentions(documents, layers, jobs)):
        if isinstance(mentions, Problem):
            problems.append(mentions)
        else:
            found += mentions
            read_well.append(document)
        if progress is not None:
            progress("events", number + 1, len(documents))
    incidents = [i for i in merge(found, read_well, layers, thresholds or DEFAULTS) if _in_range(i, since, until)]
    return Build(tuple(incidents), tuple(read_well), tuple(layers), tuple(problems))


def _in_range(incident: Incident, since: date | None, until: date | None) -> bool:
    if incident.start is None:
        return since is None and until is None
    return (since is None or (incident.end or incident.start) >= since) and (until is None or incident.start <= until)


def _all_mentions(
    documents: Sequence[Document], layers: Sequence[Layer], jobs: int
) -> Iterable[tuple[Document, list[Event] | Problem]]:
    if jobs <= 1 or len(documents) < 2:
        return ((d, _safely(d, layers)) for d in documents)
    return _shared(documents, layers, jobs)


def _shared(
    documents: Sequence[Document], layers: Sequence[Layer], jobs: int
) -> Iterator[tuple[Document, list[Event] | Problem]]:
    """Share documents among processes; results come in the documents' order."""
    import os
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    jobs = min(jobs, len(documents))
    # A process each for itself: threads of the tagger must not compete for the same cores.
    os.environ.setdefault("GEOMAP_THREADS", str(max(1, (os.cpu_count() or 1) // jobs)))
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        results = pool.map(
            _safely, documents, [layers] * len(documents), chunksize=max(1, min(16, len(documents) // jobs))
        )
        yield from zip(documents, results, strict=True)


def _safely(document: Document, layers: Sequence[Layer]) -> list[Event] | Problem:
    """Mentions of one document; a fault in it must not end the others' work."""
    try:
        return _mentions(document, layers)
    except Exception as fault:
        where = document.url or document.title or document.id
        return Problem(where, f"skipped: {type(fault).__name__}: {fault}; please report it with the text")
