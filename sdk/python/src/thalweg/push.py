"""thalweg-push: sends what dbt wrote and prints the result."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import time
import urllib.parse
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any, List, Mapping, NoReturn, Optional, Sequence, TextIO

from . import models as m
from .artifacts import Artifacts, find, look, newer_than, target_of
from .client import Client
from .errors import (
    ApiError,
    ArtifactError,
    Forbidden,
    ImportFailed,
    NotFound,
    ServerError,
    ServerUnreachable,
    ThalwegError,
    TooManyRequests,
    Unauthorized,
    UnexpectedReply,
    WaitTimeout,
)
from .queue import Queue, queue_folder
from .request import Retry
from .settings import Settings, SettingsError, settings
from .version import __version__

OK, REFUSED, USAGE, NOTHING, UNREACHABLE, DENIED, UNFINISHED, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130

CODES = """exit codes:
  0    imported (or accepted, with --no-wait)
  1    the import failed, or the server refused what was sent
  2    a setting or an argument is missing or wrong
  3    there is nothing to send: no artifacts, or stale, empty or cut-off ones
  4    the server cannot be reached, is too busy, or replies what this API does not
  5    the key is missing, wrong, has expired or may not do this
  6    the import has not ended within --timeout; it goes on
  130  interrupted

examples:
  dbt build; thalweg-push --schema SCH-101
  thalweg-push --target target --run-results runs/build.json --run-results runs/test.json
"""


def exit_code(error: BaseException) -> int:
    """Returns what thalweg-push ends with after an error."""
    if isinstance(error, (Unauthorized, Forbidden, NotFound)):
        return DENIED
    if isinstance(error, (ServerUnreachable, UnexpectedReply, ServerError, TooManyRequests)):
        return UNREACHABLE
    if isinstance(error, SettingsError):
        return USAGE
    if isinstance(error, ArtifactError):
        return NOTHING
    if isinstance(error, WaitTimeout):
        return UNFINISHED
    return INTERRUPTED if isinstance(error, KeyboardInterrupt) else REFUSED


def message_of(error: BaseException) -> str:
    """Returns an error as a sentence with what to do about it."""
    text = str(error)
    if isinstance(error, Unauthorized) and error.code == "missing-credentials":
        text += "; give --key or set THALWEG_KEY"
    elif isinstance(error, Forbidden) and error.required_scope:
        text += f"; the key needs the scope {error.required_scope}"
    elif isinstance(error, ApiError) and error.code == "unknown-schema":
        text += "; the Schema ID is in the list of schemas, such as SCH-101"
    elif isinstance(error, TooManyRequests) and error.retry_after:
        text += f"; try again in {error.retry_after:g} s"
    return text


class Printer:
    """Writes to one stream, without the key, and with progress only on a terminal."""

    def __init__(self, stream: TextIO, key: Optional[str] = None, quiet: bool = False) -> None:
        self.stream = stream
        self.key = key
        self.quiet = quiet
        self.live = not quiet and stream.isatty()
        self._shown = False

    def line(self, text: str) -> None:
        self.clear()
        # Servers and parsers quote what they were sent; a key is never part of that.
        print(text.replace(self.key, "…") if self.key else text, file=self.stream, flush=True)

    def note(self, text: str) -> None:
        if not self.quiet:
            self.line(text)

    def progress(self, text: str) -> None:
        if self.live:
            self.stream.write(f"\r\033[K{text}")
            self.stream.flush()
            self._shown = True

    def clear(self) -> None:
        if self._shown:
            self.stream.write("\r\033[K")
            self._shown = False

    def sent(self, done: int, total: int) -> None:
        self.progress(f"sending: {done * 100 // max(total, 1)} % of {size(total)}")

    def report(self, report: m.Report) -> None:
        running = [s["name"] for s in report["stages"]][-1:] or [report["status"]]
        self.progress(f"importing: {running[0]}")


def size(count: int) -> str:
    if count < 1_000_000:
        return f"{max(count, 1000) / 1000:.0f} kB"
    return f"{count / 1_000_000:.1f} MB"


def advice(artifacts: Artifacts) -> List[str]:
    """Returns what to tell about artifacts before they are sent."""
    notes = []
    if artifacts.run_results and all(a.ran_nothing for a in artifacts.run_results):
        command = artifacts.run_results[-1].command
        called = "dbt docs generate" if command == "generate" else f"dbt {command}"
        notes.append(
            f"note: run_results.json is that of `{called}`, which runs nothing: this import has no run and no test in "
            "it. Copy it between the commands: `dbt build; cp target/run_results.json target/run_results_build.json; "
            "dbt docs generate`. Every target/run_results*.json is sent."
        )
    if artifacts.catalog and artifacts.manifest.written - artifacts.catalog.written > timedelta(days=1):
        days = (artifacts.manifest.written - artifacts.catalog.written).days
        notes.append(f"note: catalog.json is {days} d older than manifest.json; `dbt docs generate` writes a new one")
    return notes


def table(document: m.ImportDocument, server: str, names: str, seconds: float) -> str:
    """Returns the lines that end a push."""
    data = document["data"]
    a: Any = data["attributes"]
    lines = [f"{data['id']} {a['status']}: {names} to {data['relationships']['schema']['name']}, {seconds:.1f} s"]
    if a["status"] == "completed":
        lines.append(f"  {'':9}{'created':>8}{'updated':>8}")
        kinds = ("tables", "columns", "lineages")
        lines += [f"  {kind:9}{a[kind + '_created']:>8}{a[kind + '_updated']:>8}" for kind in kinds]
    lines.append(f"  {link(server, data['id'])}")
    return "\n".join(lines)


def link(server: str, import_id: str) -> str:
    """Returns the page of an import."""
    return f"{server.rstrip('/')}/imports/{urllib.parse.quote(import_id)}"


def names_of(artifacts: Artifacts) -> str:
    return ", ".join(a.path.name for a in artifacts.all())


class Parser(argparse.ArgumentParser):
    """Errors are one line and a hint, without the arguments, among which may be a key."""

    def error(self, message: str) -> NoReturn:
        message = re.sub(r"(unrecognized arguments:).*", r"\1 see --help", message)
        self.exit(USAGE, f"{self.prog}: {message}\n{self.prog} --help has examples\n")


def parser() -> argparse.ArgumentParser:
    p = Parser(
        prog="thalweg-push",
        description="Sends dbt's artifacts to a Thalweg server: everything in target/, or the files named.",
        epilog=CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_settings(p)
    p.add_argument("--target", type=Path, metavar="DIR", help="folder of the artifacts (default: dbt's target folder)")
    p.add_argument("--manifest", type=Path, metavar="FILE", help="send this manifest, not all of the folder")
    p.add_argument("--catalog", type=Path, metavar="FILE")
    p.add_argument("--run-results", type=Path, metavar="FILE", action="append", help="may be given several times")
    p.add_argument("--sources", type=Path, metavar="FILE")
    p.add_argument("--semantic-manifest", type=Path, metavar="FILE")
    p.add_argument("--max-age", type=age, metavar="AGE", help="refuse artifacts older than this, such as 30m, 2h or 1d")
    p.add_argument("--force", action="store_true", help="apply artifacts even if older than what is served")
    p.add_argument("--no-wait", dest="wait", action="store_false", help="do not wait until they are imported")
    p.add_argument("--timeout", type=float, default=600.0, metavar="SECONDS", help="wait at most this long (600)")
    p.add_argument("--queue", action="store_true", help="if the server is away, keep it for the next push and exit 0")
    p.add_argument("--flush", action="store_true", help="only send what is in the queue")
    p.add_argument("--json", action="store_true", help="print the import as JSON")
    p.add_argument("--quiet", action="store_true", help="print errors only")
    p.add_argument("--version", action="version", version=__version__)
    return p


def add_settings(p: argparse.ArgumentParser) -> None:
    p.add_argument("--server", metavar="URL", help="or THALWEG_SERVER")
    p.add_argument("--key", metavar="KEY", help="or THALWEG_KEY, which other users of this machine cannot see")
    p.add_argument("--schema", metavar="ID", help="or THALWEG_SCHEMA; such as SCH-101")
    p.add_argument("--profile", metavar="NAME", help="section of the profile file (default: default)")


def age(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not an age, such as 30m, 2h or 1d")
    return float(found[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]


def chosen(arguments: argparse.Namespace, environ: Mapping[str, str]) -> Artifacts:
    """Returns the artifacts that the arguments name."""
    fresh = newer_than(time.time() - arguments.max_age) if arguments.max_age else None
    folder = arguments.target or target_of(Path(), environ)
    named = {n: getattr(arguments, n) for n in ("manifest", "catalog", "sources", "semantic_manifest")}
    if arguments.manifest is None:
        artifacts = find(folder, fresh=fresh)
    else:
        artifacts = Artifacts(folder, look("manifest", arguments.manifest))
    for name, path in named.items():
        if path is not None and name != "manifest":
            setattr(artifacts, name, look(name, path))
    if arguments.run_results:
        artifacts.run_results = [look("run_results", path) for path in arguments.run_results]
    return artifacts


def run(arguments: argparse.Namespace, environ: Mapping[str, str], out: Printer, err: Printer) -> None:
    to = settings(
        server=arguments.server,
        key=arguments.key,
        schema=arguments.schema,
        profile=arguments.profile,
        environ=environ,
    )
    out.key = err.key = to.key
    for warning in to.warnings:
        err.note(f"warning: {warning}")
    try:
        client = Client(to.server, to.key, retry=Retry())
    except ValueError as e:
        raise SettingsError(str(e)) from None
    with client:
        if arguments.flush:
            flush(client, environ, err)
            return
        send(client, to, arguments, environ, out, err)
        try:
            flush(client, environ, err)
        except ThalwegError as e:  # what was asked for is done
            err.note(f"the queue waits: {message_of(e)}")


def send(
    client: Client, to: Settings, arguments: argparse.Namespace, environ: Mapping[str, str], out: Printer, err: Printer
) -> None:
    """Sends what the arguments name, and prints what came of it."""
    artifacts = chosen(arguments, environ)
    for text in advice(artifacts):
        err.note(text)
    key, began = str(uuid.uuid4()), time.monotonic()
    try:
        document = client.create_import(
            to.schema, force=arguments.force, idempotency_key=key, progress=err.sent, **artifacts.files()
        )
    except ThalwegError as e:
        folder = queue_folder(environ)
        if not (arguments.queue and folder and exit_code(e) == UNREACHABLE):
            raise
        Queue(folder).add(artifacts, client.server, to.schema, key, force=arguments.force)
        raise Queued(f"{message_of(e)}; queued in {folder}, the next push sends it") from None
    if arguments.wait:
        document = client.wait_for_import(document["data"]["id"], timeout=arguments.timeout, progress=err.report)
    err.clear()
    if arguments.json:
        out.line(json.dumps(document, indent=2))
    else:
        out.note(table(document, to.server, names_of(artifacts), time.monotonic() - began))


def flush(client: Client, environ: Mapping[str, str], err: Printer) -> None:
    """Sends what earlier pushes left in the queue."""
    folder = queue_folder(environ)
    if folder is None:
        return
    done = Queue(folder).flush(client)
    if done.sent:
        err.note(f"sent from the queue: {', '.join(done.sent)}")
    for reason in done.refused:
        err.note(f"refused from the queue: {reason}")


class Queued(ThalwegError):
    """Nothing was sent, and it is in the queue."""


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Runs thalweg-push and returns its exit code."""
    arguments = parser().parse_args(argv)
    out, err = Printer(sys.stdout, quiet=arguments.quiet), Printer(sys.stderr, quiet=arguments.quiet)
    err.key = out.key = arguments.key
    # A CI system that gives up sends SIGTERM; it ends like Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run(arguments, os.environ, out, err)
    except KeyboardInterrupt:
        err.line("thalweg-push: interrupted; what was sent whole is imported, the rest is not")
        return INTERRUPTED
    except Queued as e:
        err.line(f"thalweg-push: {e}")
    except ThalwegError as e:
        err.line(f"thalweg-push: {message_of(e)}")
        if isinstance(e, (ImportFailed, WaitTimeout)):
            server = arguments.server or os.environ.get("THALWEG_SERVER")
            err.note(f"  {link(server, e.import_id)}" if server else f"  {e.import_id}")
        return exit_code(e)
    return OK


if __name__ == "__main__":
    sys.exit(main())
