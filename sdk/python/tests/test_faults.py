"""What servers and networks do wrong: what it is called, what is repeated, and what is not."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Type

import pytest

import thalweg
from thalweg import AsyncClient, Client, Retry

from .faulty import (
    Behaviour,
    FaultyServer,
    accept,
    closed_port,
    garbage,
    half_a_reply,
    hang_up,
    hang_up_at_the_end,
    refuse,
    refuse_early,
    reply,
    silent,
)
from .test_push import push

QUICK = Retry(attempts=3, first=0.01, longest=0.02)
KEY = "twg_AAAAAAAA_" + "s" * 38


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A manifest larger than what sockets buffer."""
    path = tmp_path / "target" / "manifest.json"
    path.parent.mkdir()
    path.write_bytes(b'{"metadata": {}, "x": "' + os.urandom(3_000_000).hex().encode() + b'"}')
    return path


@pytest.mark.parametrize(
    ("behaviours", "requests"),
    [
        ([hang_up, accept], 2),
        ([hang_up_at_the_end, accept], 2),
        ([half_a_reply, accept], 2),
        ([garbage, accept], 2),
        ([refuse(503, "not-ready", "Retry-After: 0"), refuse(429, "quota-exceeded"), accept], 3),
        ([reply(502, b"<html>"), reply(504, b""), accept], 3),
    ],
)
def test_an_upload_is_repeated_as_one(behaviours: list[Behaviour], requests: int, manifest: Path) -> None:
    with FaultyServer(*behaviours) as server, Client(server.url, KEY, retry=QUICK) as client:
        assert client.create_import("SCH-101", manifest)["data"]["id"] == "IMP-7"
        assert len(server.seen) == requests
        assert len({c.headers["idempotency-key"] for c in server.seen}) == 1


@pytest.mark.parametrize(
    ("behaviour", "error", "requests", "said"),
    [
        (refuse(401, "expired-credentials"), thalweg.Unauthorized, 1, "expired-credentials"),
        (refuse_early(401, "invalid-credentials"), thalweg.Unauthorized, 1, "invalid-credentials"),
        (refuse(403, "insufficient-scope", required_scope="write:dbt_imports"), thalweg.Forbidden, 1, "insufficient"),
        (refuse(404, "not-found"), thalweg.NotFound, 1, "not-found"),
        (refuse(409, "conflict"), thalweg.Conflict, 1, "conflict"),
        (refuse(413, "body-too-large"), thalweg.TooLarge, 1, "body-too-large"),
        (
            refuse(422, "unknown-schema", errors=[{"field": "schema_id", "detail": "unknown"}]),
            thalweg.Invalid,
            1,
            "schema_id: unknown",
        ),
        (refuse(429, "quota-exceeded", "Retry-After: 900"), thalweg.TooManyRequests, 1, "quota-exceeded"),
        (refuse(500, "internal-error"), thalweg.ServerError, 1, "r-1"),
        (refuse(503, "not-ready"), thalweg.ServerError, 3, "not-ready"),
        (refuse(507, "insufficient-storage"), thalweg.ServerError, 1, "insufficient-storage"),
        (reply(200, b"<html>hello"), thalweg.UnexpectedReply, 1, "is this the address"),
        (reply(404, b"<html>"), thalweg.UnexpectedReply, 1, "is this the address"),
        (reply(301, b"", "Location: https://catalog.example.com/"), thalweg.UnexpectedReply, 1, "redirects to https"),
        (garbage, thalweg.ServerUnreachable, 3, "broke"),
        (hang_up, thalweg.ServerUnreachable, 3, "broke"),
        (silent(2), thalweg.ServerUnreachable, 3, "too slow"),
    ],
)
def test_errors(
    behaviour: Behaviour, error: Type[thalweg.ThalwegError], requests: int, said: str, manifest: Path
) -> None:
    with FaultyServer(behaviour) as server, Client(server.url, KEY, retry=QUICK, timeout=0.3) as client:
        with pytest.raises(error) as e:
            client.create_import("SCH-101", manifest)
        assert said in str(e.value)
        assert KEY not in str(e.value)
        assert e.value.__suppress_context__ or e.value.__context__ is None
        assert len(server.seen) == requests


def test_nobody_listens(manifest: Path) -> None:
    began = time.monotonic()
    with Client(closed_port(), KEY, retry=QUICK) as client, pytest.raises(thalweg.ServerUnreachable, match="reached"):
        client.create_import("SCH-101", manifest)
    assert time.monotonic() - began < 2


def test_requests_that_change_something_are_not_repeated() -> None:
    with FaultyServer(hang_up_at_the_end) as server, Client(server.url, KEY, retry=QUICK) as client:
        with pytest.raises(thalweg.ServerUnreachable):
            client.create_schema({"name": "twice"})
        assert len(server.seen) == 1


def test_an_endless_list_ends() -> None:
    page = reply(200, b'{"data": [{}], "links": {"next": "/api/v1/schemas?cursor=a"}, "meta": {}}')
    with FaultyServer(page) as server, Client(server.url, KEY) as client:
        with pytest.raises(thalweg.UnexpectedReply, match="just read"):
            list(client.list_schemas())
        assert len(server.seen) == 2


def test_a_file_that_is_written_to_meanwhile(manifest: Path) -> None:
    def write(done: int, total: int) -> None:
        if done > total // 2:
            with manifest.open("ab") as f:
                f.write(b" ")

    with (
        FaultyServer(accept) as server,
        Client(server.url, KEY, retry=QUICK) as client,
        pytest.raises(thalweg.ArtifactError, match="written to"),
    ):
        client.create_import("SCH-101", manifest, progress=write)


def test_waiting_ends(manifest: Path) -> None:
    report = b'{"data": {"attributes": {"status": "processing", "stages": [], "error_message": null}}}'
    with (
        FaultyServer(reply(200, report)) as server,
        Client(server.url, KEY) as client,
        pytest.raises(thalweg.WaitTimeout, match="IMP-7 is still processing"),
    ):
        client.wait_for_import("IMP-7", timeout=0.5)


def test_asynchronous_uploads_are_repeated(manifest: Path) -> None:
    async def whole(url: str) -> str:
        async with AsyncClient(url, KEY, retry=QUICK) as client:
            return (await client.create_import("SCH-101", manifest))["data"]["id"]

    with FaultyServer(hang_up, refuse(503, "not-ready"), accept) as server:
        assert asyncio.run(whole(server.url)) == "IMP-7"
        assert len({c.headers["idempotency-key"] for c in server.seen}) == 1


@pytest.mark.parametrize(
    ("behaviour", "code", "said"),
    [
        (refuse(401, "expired-credentials"), 5, "expired-credentials"),
        (refuse(403, "insufficient-scope", required_scope="write:dbt_imports"), 5, "needs the scope"),
        (refuse(404, "not-found"), 5, "not-found"),
        (refuse(409, "conflict"), 1, "conflict"),
        (refuse(413, "body-too-large"), 1, "body-too-large"),
        (refuse(422, "invalid-field"), 1, "invalid-field"),
        (refuse(429, "quota-exceeded", "Retry-After: 900"), 4, "try again in 900 s"),
        (refuse(500, "internal-error"), 4, "internal-error"),
        (reply(200, b"<html>"), 4, "is this the address"),
    ],
)
def test_exit_codes(behaviour: Behaviour, code: int, said: str, manifest: Path) -> None:
    with FaultyServer(behaviour) as server:
        done = push("--server", server.url, "--schema", "SCH-101", cwd=manifest.parent.parent, THALWEG_KEY=KEY)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert KEY not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_exit_code_of_a_closed_port(manifest: Path) -> None:
    done = push("--server", closed_port(), "--schema", "SCH-101", cwd=manifest.parent.parent, THALWEG_KEY=KEY)
    assert done.returncode == 4
    assert "cannot be reached" in done.stderr


def test_a_server_that_quotes_the_key(manifest: Path) -> None:
    behaviour = refuse(401, "invalid-credentials", detail=f"Who is {KEY}?")
    with FaultyServer(behaviour) as server:
        done = push("--server", server.url, "--schema", "SCH-101", "--key", KEY, cwd=manifest.parent.parent)
    assert "Who is …?" in done.stderr
    assert KEY not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(number: signal.Signals, manifest: Path) -> None:
    with FaultyServer(silent(5)) as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "thalweg", "push", "--server", server.url, "--schema", "SCH-101"],
            cwd=manifest.parent.parent,
            stderr=subprocess.PIPE,
            text=True,
            # A job in the background of a shell ignores SIGINT, and so would what it starts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        while not server.seen:
            time.sleep(0.01)
        process.send_signal(number)
        _, said = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_is_flat(tmp_path: Path) -> None:
    """A file of 170 MB is sent in less than 60 MB."""
    path = tmp_path / "target" / "manifest.json"
    path.parent.mkdir()
    block = (b'"model.shop.a": {"raw_code": "' + os.urandom(400).hex().encode() + b'"},' * 3) * 1000
    with path.open("wb") as f:
        f.write(b'{"metadata": {}, "nodes": [')
        while f.tell() < 170_000_000:
            f.write(block)
        f.write(b"]}")
    code = (
        "import sys; from thalweg import push; "
        "code = push.main(sys.argv[1:]); "
        "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1]); sys.exit(code)"
    )
    with FaultyServer(accept) as server:
        done = subprocess.run(
            [sys.executable, "-c", code, "--server", server.url, "--schema", "SCH-101", "--no-wait", "--quiet"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
    assert int(done.stdout) < 60_000
