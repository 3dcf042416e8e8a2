"""thalweg-dbt around a program that behaves as dbt does, and around what dbt must not notice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any, List

import pytest

from thalweg import Client
from thalweg import dbt as plugin
from thalweg.queue import Queue

from .conftest import SHOP, Server
from .faulty import FaultyServer, accept, closed_port, refuse, reply, silent
from .test_push import of, push

KEY = "twg_AAAAAAAA_" + "s" * 38

# Writes what dbt writes, on both streams and on disk, and ends as it is told to.
PROGRAM = """
import gzip, os, signal, sys, time
from pathlib import Path
target = Path(os.environ.get("FAKE_TARGET", "target"))
print("Running with dbt", flush=True)
print("warning of dbt", file=sys.stderr, flush=True)
if "--version" in sys.argv:
    sys.exit(print("dbt 2.0.9"))
if "FAKE_WAIT" in os.environ:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(77))
    Path("started").touch()
    time.sleep(float(os.environ["FAKE_WAIT"]))
if "deps" not in sys.argv and "FAKE_CRASH" not in os.environ:
    target.mkdir(parents=True, exist_ok=True)
    for name in ("manifest", "run_results"):
        (target / f"{name}.json").write_bytes(gzip.open(Path(os.environ["FAKE_SHOP"]) / f"{name}.json.gz").read())
if "FAKE_SIGNAL" in os.environ:
    os.kill(os.getpid(), int(os.environ["FAKE_SIGNAL"]))
print("Done.", " ".join(sys.argv[1:]), flush=True)
sys.exit(int(os.environ.get("FAKE_CODE", "0")))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    program = tmp_path / "bin" / "dbt"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\n{textwrap.dedent(PROGRAM)}")
    program.chmod(0o755)
    folder = tmp_path / "projekt ü"
    folder.mkdir()
    return folder


def environment(project: Path, **environ: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("THALWEG_", "DBT_"))}
    return {
        **kept,
        "XDG_CONFIG_HOME": str(project.parent / "config"),
        "THALWEG_QUEUE": str(project.parent / "queue"),
        "THALWEG_DBT": str(project.parent / "bin" / "dbt"),
        "FAKE_SHOP": str(SHOP / "before"),
        **environ,
    }


def wrapped(project: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "thalweg", "dbt", *arguments],
        cwd=project,
        env=environment(project, **environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def queued(project: Path) -> List[Any]:
    return Queue(project.parent / "queue").entries()


@pytest.mark.parametrize("code", ["0", "1", "2"])
def test_sends_whatever_the_outcome(code: str, server: Server, client: Client, schema: str, project: Path) -> None:
    key = server.key("write:dbt_imports")
    done = wrapped(project, "build", "--select", "a b", **of(server, schema, key), FAKE_CODE=code)
    assert done.returncode == int(code)
    assert done.stdout == "Running with dbt\nDone. build --select a b\n"
    assert done.stderr.startswith("warning of dbt\nthalweg: sent manifest.json, run_results.json: IMP-")
    assert key not in done.stderr
    (imported,) = client.list_imports(schema_id=schema)
    assert client.wait_for_import(imported["id"])["data"]["attributes"]["has_run_results"]


def test_what_is_older_than_the_run_is_left_out(server: Server, client: Client, schema: str, project: Path) -> None:
    (project / "target").mkdir()
    (project / "target" / "catalog.json").write_text('{"metadata": {}}')
    (project / "target" / "run_results_old.json").write_text('{"metadata": {}}')
    done = wrapped(project, "build", **of(server, schema, server.admin))
    assert "sent manifest.json, run_results.json: " in done.stderr


def test_a_crash_of_dbt_sends_nothing(server: Server, client: Client, schema: str, project: Path) -> None:
    for _ in range(2):  # the second time there are artifacts of the run before
        done = wrapped(project, "build", **of(server, schema, server.admin), FAKE_CRASH="1", FAKE_CODE="2")
        assert done.returncode == 2
        assert "nothing is sent" in done.stderr
        (project / "target").mkdir(exist_ok=True)
        shutil.copy(SHOP / "before" / "manifest.json.gz", project / "target")
    assert list(client.list_imports(schema_id=schema)) == []


@pytest.mark.parametrize("command", [["deps"], ["ls"], ["docs", "serve"], ["--version"]])
def test_commands_that_are_not_sent(command: List[str], project: Path) -> None:
    done = wrapped(project, *command, THALWEG_SERVER=closed_port(), THALWEG_SCHEMA="SCH-101")
    assert done.stderr == "warning of dbt\n"
    assert queued(project) == []


def test_target_folder() -> None:
    def folder(*arguments: str, **environ: str) -> str:
        return plugin.target_folder(list(arguments), environ).as_posix()

    assert folder("build") == "target"
    assert folder("build", "--target-path", "a", "--project-dir=p") == "p/a"
    assert folder("build", DBT_PROJECT_DIR="q", DBT_TARGET_PATH="b") == "q/b"
    assert folder("build", "--target-path=/abs") == "/abs"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (None, "cannot be reached"),
        (silent(5), "too slow"),
        (reply(200, b"<html>"), "is this the address"),
        (refuse(503, "not-ready"), "not-ready"),
        (refuse(429, "quota-exceeded"), "quota-exceeded"),
        (reply(502, b""), "502"),
    ],
)
def test_a_server_that_is_away_costs_two_seconds(fault: Any, said: str, project: Path) -> None:
    # What the start of Python and of the program takes on this machine now.
    began = time.monotonic()
    wrapped(project, "deps")
    alone = time.monotonic() - began
    with FaultyServer(fault or accept) as faulty:
        url = closed_port() if fault is None else faulty.url
        began = time.monotonic()
        done = wrapped(project, "build", THALWEG_SERVER=url, THALWEG_SCHEMA="SCH-101", THALWEG_KEY=KEY, FAKE_CODE="1")
        took = time.monotonic() - began - alone
    assert done.returncode == 1
    assert said in done.stderr
    assert "queued in" in done.stderr
    assert KEY not in done.stderr
    assert took < 2 + alone
    (entry,) = queued(project)
    assert [KEY in p.read_text() for p in entry.folder.iterdir()] == [False] * 3


def test_the_bound_holds(project: Path) -> None:
    # The probe is answered, the upload is not.
    healthy = reply(200, b'{"status": "ok"}', media="application/json")
    with FaultyServer(healthy, silent(10)) as faulty:
        began = time.monotonic()
        done = wrapped(project, "--thalweg-bound=0.7", "build", THALWEG_SERVER=faulty.url, THALWEG_SCHEMA="SCH-101")
        assert time.monotonic() - began < 6
    assert done.returncode == 0
    assert "not sent within 0.7 s; queued in" in done.stderr
    assert len(queued(project)) == 1


@pytest.mark.parametrize("code", ["401", "403"])
def test_a_refused_key_is_said_and_not_queued(code: str, project: Path) -> None:
    healthy = reply(200, b'{"status": "ok"}', media="application/json")
    with FaultyServer(healthy, refuse(int(code), "no")) as faulty:
        done = wrapped(project, "build", THALWEG_SERVER=faulty.url, THALWEG_SCHEMA="SCH-101", THALWEG_KEY=KEY)
    assert done.returncode == 0
    assert "thalweg: not sent: It is no." in done.stderr
    assert queued(project) == []


def test_missing_settings_are_said(project: Path) -> None:
    done = wrapped(project, "build", FAKE_CODE="1")
    assert done.returncode == 1
    assert "not sent: which server?" in done.stderr


def test_the_queue_is_sent_later_and_once(server: Server, client: Client, schema: str, project: Path) -> None:
    for _ in range(3):
        wrapped(project, "build", THALWEG_SERVER=closed_port(), THALWEG_SCHEMA=schema)
    entries = queued(project)
    assert len(entries) == 3
    # The server is back: under its address these entries are for it.
    for entry in entries:
        text = json.loads((entry.folder / "entry.json").read_text())
        (entry.folder / "entry.json").write_text(json.dumps({**text, "server": server.url}))

    # The reply to the first one was lost once: it was accepted, and is still in the queue.
    client.create_import(
        schema,
        entries[0].files["manifest"][0],
        run_results=entries[0].files["run_results"],
        idempotency_key=entries[0].idempotency_key,
    )
    environ = environment(project, **of(server, schema, server.admin))
    flush = [sys.executable, "-m", "thalweg", "push", "--flush"]
    both = [subprocess.Popen(flush, cwd=project, env=environ, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = "".join(p.communicate(timeout=60)[1] for p in both)
    assert [p.returncode for p in both] == [0, 0], said
    assert said.count("sent from the queue") >= 1
    assert queued(project) == []
    assert len(list(client.list_imports(schema_id=schema))) == 3


def test_the_next_push_sends_the_queue(server: Server, client: Client, schema: str, project: Path) -> None:
    with FaultyServer(refuse(503, "not-ready")) as faulty:
        wrapped(project, "build", THALWEG_SERVER=faulty.url, THALWEG_SCHEMA=schema)
    (entry,) = queued(project)
    text = (entry.folder / "entry.json").read_text()
    (entry.folder / "entry.json").write_text(text.replace(faulty.url, server.url))
    done = wrapped(project, "build", **of(server, schema, server.admin))
    assert "thalweg: sent from the queue: IMP-" in done.stderr
    assert queued(project) == []
    assert len(list(client.list_imports(schema_id=schema))) == 2


def test_what_is_refused_for_good_is_kept_aside(server: Server, project: Path) -> None:
    with FaultyServer(refuse(503, "not-ready")) as faulty:
        wrapped(project, "build", THALWEG_SERVER=faulty.url, THALWEG_SCHEMA="SCH-9999")
    (entry,) = queued(project)
    text = (entry.folder / "entry.json").read_text()
    (entry.folder / "entry.json").write_text(text.replace(faulty.url, server.url))
    done = push(
        "--flush", cwd=project, **of(server, "SCH-101", server.admin), THALWEG_QUEUE=str(project.parent / "queue")
    )
    assert "refused from the queue" in done.stderr
    refused = next((project.parent / "queue" / "refused").iterdir())
    assert json.loads((refused / "refused.json").read_text())["code"] == "unknown-schema"
    assert queued(project) == []


def test_push_with_queue(target: Path) -> None:
    folder = target.parent / "queue"
    arguments = ["--server", closed_port(), "--schema", "SCH-101"]
    done = push("--queue", *arguments, cwd=target.parent, THALWEG_QUEUE=str(folder))
    assert done.returncode == 0
    assert "queued in" in done.stderr
    assert len(Queue(folder).entries()) == 1
    done = push("--queue", *arguments, cwd=target.parent, THALWEG_QUEUE="off")
    assert done.returncode == 4


def test_a_full_queue_drops_its_oldest(target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from thalweg import queue
    from thalweg.artifacts import find

    monkeypatch.setattr(queue, "MOST_ENTRIES", 2)
    q = Queue(tmp_path / "queue")
    assert [q.add(find(target), "http://x", "SCH-101", f"key-{n}") for n in range(4)] == [0, 0, 1, 1]
    assert [e.idempotency_key for e in q.entries()] == ["key-2", "key-3"]


def test_a_half_made_entry_is_not_seen(target: Path, tmp_path: Path) -> None:
    from thalweg.artifacts import find

    q = Queue(tmp_path / "queue")
    q.add(find(target), "http://x", "SCH-101", "key")
    shutil.copytree(q.entries()[0].folder, tmp_path / "queue" / ".making")
    (tmp_path / "queue" / "1-junk").mkdir()
    (tmp_path / "queue" / "1-junk" / "entry.json").write_text("{")
    assert len(q.entries()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_dbt_is_ended_by_a_signal(project: Path) -> None:
    done = wrapped(project, "build", FAKE_SIGNAL=str(int(signal.SIGKILL)))
    assert done.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_signals_are_dbts(project: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "thalweg", "dbt", "build"],
        cwd=project,
        env=environment(project, FAKE_WAIT="30"),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    while not (project / "started").exists():
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 77


def test_usage(project: Path) -> None:
    assert wrapped(project).returncode == 2
    assert "usage: thalweg-dbt" in wrapped(project, "--thalweg-colour", "x", "build").stderr
    done = wrapped(project, "build", THALWEG_DBT=str(project / "none"))
    assert done.returncode == 127


class Runner:
    """What dbtRunner is to its callers."""

    def __init__(self, target: Path, result: object) -> None:
        self.target, self.result = target, result

    def invoke(self, arguments: List[str]) -> object:
        self.target.mkdir(exist_ok=True)
        shutil.copy(SHOP / "before" / "manifest.json.gz", self.target)
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def test_invoke(server: Server, client: Client, schema: str, tmp_path: Path) -> None:
    target, result = tmp_path / "target", object()
    options = {"server": server.url, "key": server.admin, "schema": schema, "target": target}
    assert plugin.invoke(Runner(target, result), ["build"], **options) is result
    assert len(list(client.list_imports(schema_id=schema))) == 1
    with pytest.raises(RuntimeError, match="of dbt"):
        plugin.invoke(Runner(target, RuntimeError("of dbt")), ["build"], **options)
    assert len(list(client.list_imports(schema_id=schema))) == 2


def test_invoke_with_a_server_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THALWEG_QUEUE", str(tmp_path / "queue"))
    target, result = tmp_path / "target", object()
    where = {"server": closed_port(), "schema": "SCH-101", "target": target}
    assert plugin.invoke(Runner(target, result), ["build"], **where) is result
    assert len(Queue(tmp_path / "queue").entries()) == 1
