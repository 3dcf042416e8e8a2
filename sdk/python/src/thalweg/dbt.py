"""Pushes after dbt: around its command line, its programmatic runner, or whatever else runs it.

Nothing here changes what dbt does or says. A push is bounded in time, and what cannot be sent is put in the queue of
thalweg.queue, from which the next push sends it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, TextIO, Tuple

import httpx

from .artifacts import Artifacts, Fresh, changed_since_now, find, target_of
from .client import Client
from .errors import ArtifactError, ServerError, ServerUnreachable, ThalwegError, TooManyRequests, UnexpectedReply
from .push import Printer, advice, link, message_of, names_of
from .queue import Queue, queue_folder
from .request import Retry
from .settings import Settings, settings

# Seconds that a push may add to a dbt command.
BOUND = 30.0

# Seconds in which a server that is there answers; without an answer the push goes to the queue.
PROBE = 1.0

# Commands that are run to look at something, or that write no artifacts.
UNSENT = frozenset({"clean", "debug", "deps", "init", "list", "ls", "man", "serve", "show", "system"})

COMMANDS = UNSENT | {"build", "clone", "compile", "docs", "parse", "retry", "run", "seed", "snapshot", "source", "test"}

USAGE = """usage: thalweg-dbt [--thalweg-OPTION …] DBT ARGUMENTS…

Runs dbt with the arguments and sends what it wrote to a Thalweg server, whatever came of it. The output of dbt and its
exit code are dbt's own.

  --thalweg-server URL       or THALWEG_SERVER
  --thalweg-schema ID        or THALWEG_SCHEMA
  --thalweg-profile NAME     or THALWEG_PROFILE; the key is in THALWEG_KEY or the profile
  --thalweg-bound SECONDS    or THALWEG_BOUND; what a push may add to dbt's time (30)
  --thalweg-dbt PATH         or THALWEG_DBT; the dbt to run (beside this program, else on the path)

example: thalweg-dbt --thalweg-schema SCH-101 build --select state:modified+
"""


class Push:
    """A push after dbt. Make it before dbt runs, so that it knows which files are new; then call `send`.

    target: dbt's target folder; project: the folder of the project, whose target folder is found without it.
    The rest is as for thalweg-push. `send` never raises and takes no longer than bound seconds, and then what it
    takes to copy the artifacts to the queue.
    """

    def __init__(
        self,
        *,
        project: Optional[Path] = None,
        target: Optional[Path] = None,
        server: Optional[str] = None,
        key: Optional[str] = None,
        schema: Optional[str] = None,
        profile: Optional[str] = None,
        bound: Optional[float] = None,
        stream: Optional[TextIO] = None,
        environ: Optional[Mapping[str, str]] = None,
    ) -> None:
        self.environ = os.environ if environ is None else environ
        self.given = {"server": server, "key": key, "schema": schema, "profile": profile}
        self.target = target or target_of(project or Path(), self.environ)
        self.bound = bound if bound is not None else bound_of(self.environ)
        self.out = Printer(stream or sys.stderr)
        self.out.live = False
        self.fresh: Fresh = changed_since_now(self.target)

    def send(self, *, everything: bool = False) -> bool:
        """Sends what is new in the target folder, or everything; reports whether the server has it."""
        try:
            return self._send(None if everything else self.fresh)
        except KeyboardInterrupt:
            self._say("interrupted, not sent")
        except ThalwegError as e:
            self._say(f"not sent: {message_of(e)}")
        except Exception as e:  # dbt's outcome is worth more than ours
            self._say(f"not sent: {type(e).__name__}: {e}")
        return False

    def _say(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self.out.line(f"thalweg: {text}")

    def _send(self, fresh: Optional[Fresh]) -> bool:
        to = settings(**self.given, environ=self.environ)
        self.out.key = to.key
        artifacts = find(self.target, fresh=fresh)
        for text in [f"warning: {w}" for w in to.warnings] + advice(artifacts):
            self._say(text)
        attempt = Attempt(artifacts, to, self.environ, self.bound)
        attempt.run()
        if attempt.import_id:
            self._say(f"sent {names_of(artifacts)}: {attempt.import_id}, {link(to.server, attempt.import_id)}")
            for text in attempt.notes:
                self._say(text)
            return True
        if attempt.error and not attempt.passing:
            raise attempt.error
        self._queue(artifacts, to, attempt)
        return False

    def _queue(self, artifacts: Artifacts, to: Settings, attempt: Attempt) -> None:
        reason = str(attempt.error) if attempt.error else f"not sent within {self.bound:g} s"
        folder = queue_folder(self.environ)
        if folder is None:
            self._say(f"not sent: {reason}")
            return
        dropped = Queue(folder).add(artifacts, to.server.rstrip("/"), to.schema, attempt.idempotency_key)
        self._say(f"{reason}; queued in {folder}, the next push sends it")
        if dropped:
            self._say(f"the queue was full: {dropped} of its oldest entries were dropped")


class Attempt:
    """One try to send, in a thread that is left behind when its time is over."""

    def __init__(self, artifacts: Artifacts, to: Settings, environ: Mapping[str, str], bound: float) -> None:
        self.artifacts, self.to, self.environ, self.bound = artifacts, to, environ, bound
        self.idempotency_key = str(uuid.uuid4())
        self.import_id: Optional[str] = None
        self.error: Optional[Exception] = None
        self.notes: List[str] = []

    @property
    def passing(self) -> bool:
        """Reports whether the error may be gone next time."""
        return isinstance(self.error, (ServerUnreachable, ServerError, TooManyRequests, UnexpectedReply))

    def run(self) -> None:
        thread = threading.Thread(target=self._run, daemon=True, name="thalweg-push")
        thread.start()
        thread.join(self.bound)

    def _run(self) -> None:
        try:
            self._probe()
            timeout = httpx.Timeout(max(self.bound, PROBE), connect=PROBE)
            with Client(self.to.server, self.to.key, timeout=timeout, retry=Retry(attempts=2, patience=5)) as client:
                files = self.artifacts.files()
                document = client.create_import(self.to.schema, idempotency_key=self.idempotency_key, **files)
                self.import_id = document["data"]["id"]
                self._flush(client)
        except Exception as e:  # noqa: BLE001 - it is said by the thread that waits
            self.error = e

    def _probe(self) -> None:
        """Asks whether the server is there at all, in a second: an upload may take longer than that."""
        with Client(self.to.server, timeout=PROBE, retry=Retry(attempts=1)) as client:
            client.healthcheck()

    def _flush(self, client: Client) -> None:
        folder = queue_folder(self.environ)
        if folder is None:
            return
        try:
            done = Queue(folder).flush(client)
        except ThalwegError as e:
            self.notes.append(f"the queue waits: {e}")
            return
        if done.sent:
            self.notes.append(f"sent from the queue: {', '.join(done.sent)}")
        self.notes += [f"refused from the queue: {reason}" for reason in done.refused]


def bound_of(environ: Mapping[str, str]) -> float:
    try:
        return max(0.0, float(environ.get("THALWEG_BOUND", BOUND)))
    except ValueError:
        return BOUND


# -- the command line ------------------------------------------------------------------------------------------------


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Runs thalweg-dbt and returns dbt's exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    ours, theirs = split(arguments)
    if ours is None or not theirs:
        print(USAGE, file=sys.stderr, end="")
        return 2
    dbt = program(ours.pop("dbt", None), os.environ)
    if dbt is None:
        print("thalweg-dbt: there is no dbt beside this program or on the path; see --thalweg-dbt", file=sys.stderr)
        return 2
    push = prepared(ours, theirs)
    code = run(dbt, theirs)
    if push:
        send_after(push, code)
    if code < 0:
        end_by(-code)
    return code


def split(arguments: List[str]) -> Tuple[Optional[Dict[str, str]], List[str]]:
    """Returns our options, which come first, and dbt's arguments. None for options that are not ours."""
    ours: Dict[str, str] = {}
    rest = list(arguments)
    while rest and rest[0].startswith("--thalweg-"):
        name, equals, value = rest.pop(0)[len("--thalweg-") :].partition("=")
        if name not in ("server", "schema", "profile", "bound", "dbt") or not (equals or rest):
            return None, []
        ours[name] = value if equals else rest.pop(0)
    return ours, rest


def program(given: Optional[str], environ: Mapping[str, str]) -> Optional[str]:
    """Returns the dbt to run: the one given, the one beside this Python, or the one on the path."""
    if given or environ.get("THALWEG_DBT"):
        return given or environ["THALWEG_DBT"]
    beside = shutil.which("dbt", path=str(Path(sys.executable).parent))
    return beside or shutil.which("dbt")


def prepared(ours: Dict[str, str], theirs: List[str]) -> Optional[Push]:
    """Returns the push to make after dbt; None for a command that is not sent, or if even that fails."""
    if command_of(theirs) in UNSENT or {"--version", "--help", "-h"} & set(theirs):
        return None
    try:
        return Push(
            target=target_folder(theirs, os.environ),
            bound=float(ours["bound"]) if "bound" in ours else None,
            server=ours.get("server"),
            schema=ours.get("schema"),
            profile=ours.get("profile"),
        )
    except Exception as e:
        print(f"thalweg: will not send: {e}", file=sys.stderr)
        return None


def command_of(arguments: List[str]) -> str:
    """Returns the last word of dbt's command: build, or generate of "docs generate"."""
    words = [a for a in arguments if a in COMMANDS]
    if words[:1] == ["docs"]:
        return "serve" if "serve" in words else "docs"
    return words[0] if words else ""


def target_folder(arguments: List[str], environ: Mapping[str, str]) -> Path:
    """Returns the folder that a dbt command writes to."""
    project = Path(option(arguments, "--project-dir") or environ.get("DBT_PROJECT_DIR") or ".").expanduser()
    if given := option(arguments, "--target-path"):
        return project / given
    return target_of(project, environ)


def option(arguments: List[str], name: str) -> Optional[str]:
    """Returns the last value of an option of dbt."""
    value = None
    for at, argument in enumerate(arguments):
        if argument.startswith(name + "="):
            value = argument[len(name) + 1 :]
        elif argument == name and at + 1 < len(arguments):
            value = arguments[at + 1]
    return value


def run(dbt: str, arguments: List[str]) -> int:
    """Runs dbt on our own streams and returns its exit code, negative for a signal."""
    try:
        process = subprocess.Popen([dbt, *arguments])  # noqa: S603 - what the caller asked for
    except OSError as e:
        print(f"thalweg-dbt: {dbt} cannot be run: {e.strerror}", file=sys.stderr)
        return 127
    with passed_on(process):
        return process.wait()


@contextlib.contextmanager
def passed_on(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Leaves signals to dbt. Ctrl-C of a terminal reaches it by itself; what was sent to us alone is passed on."""

    def forward(number: int, _: Any) -> None:
        if number != signal.SIGINT or not sys.stdin or not sys.stdin.isatty():
            with contextlib.suppress(OSError):
                process.send_signal(number)

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    before = {}
    for number in [getattr(signal, n) for n in names if hasattr(signal, n)]:
        before[number] = signal.signal(number, forward)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def send_after(push: Push, code: int) -> None:
    """Sends what dbt wrote. A command that succeeded and wrote nothing is not worth a word."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        find(push.target, fresh=push.fresh)
    except (ArtifactError, OSError) as e:
        if code != 0 or "cut off" in str(e):
            push._say(f"nothing is sent: {e}")
        return
    push.send()


def end_by(number: int) -> None:
    """Ends by the signal that ended dbt, so that the shell sees the same."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # SIGKILL has no handler to reset
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


# -- the programmatic runner -----------------------------------------------------------------------------------------


def invoke(runner: Any, arguments: Sequence[str], **options: Any) -> Any:
    """Invokes a dbtRunner with arguments, sends what it wrote, and returns its result unchanged.

    options are those of Push.

    >>> result = invoke(dbtRunner(), ["build"], schema="SCH-101")                                 # doctest: +SKIP
    """
    listed = list(arguments)
    options.setdefault("target", target_folder(listed, options.get("environ") or os.environ))
    push = Push(**options)
    try:
        return runner.invoke(listed)
    finally:
        if command_of(listed) not in UNSENT:
            push.send()


class PushCallback:
    """A callback of dbtRunner, which sends after each command: dbtRunner(callbacks=[PushCallback(schema="SCH-101")]).

    options are those of Push; the target folder is that of the command unless one is given. dbt 1.5 or newer.
    """

    def __init__(self, **options: Any) -> None:
        self.options = options
        self.push: Optional[Push] = None

    def __call__(self, event: Any) -> None:
        try:
            self._follow(event)
        except Exception as e:
            print(f"thalweg: not sent: {e}", file=sys.stderr)

    def _follow(self, event: Any) -> None:
        if event.info.name == "MainReportArgs":  # comes before anything is written
            self.push = self._begin(dict(event.data.args))
        elif event.info.name == "CommandCompleted":
            push, self.push = self.push, None
            if push:
                push.send()

    def _begin(self, flags: Mapping[str, str]) -> Optional[Push]:
        if flags.get("which") in UNSENT:
            return None
        options = dict(self.options)
        if not {"target", "project"} & set(options):
            # An option that was not given is the text "None".
            given = {f"--{n}": flags.get(n.replace("-", "_"), "None") for n in ("project-dir", "target-path")}
            arguments = [word for name, value in given.items() if value != "None" for word in (name, value)]
            options["target"] = target_folder(arguments, options.get("environ") or os.environ)
        return Push(**options)


if __name__ == "__main__":
    sys.exit(main())
