"""A real server for the tests, built from this repository."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, List

import pytest

from thalweg import Client

ROOT = Path(__file__).resolve().parents[3]
SHOP = ROOT / "examples" / "shop" / "artifacts" / "1.12.6"


@dataclass
class Server:
    """A running server, an administrator's key, and its folder."""

    url: str
    admin: str
    binary: Path
    data: Path

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(self.binary), *arguments, "--data", str(self.data)], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def key(self, *scopes: str, expires: str = "") -> str:
        flags = [f for scope in scopes for f in ("--scope", scope)]
        return self.command("keys", "create", "--name", "test", *flags, *(["--expires", expires] if expires else []))

    def schema(self, name: str) -> str:
        return self.command("schemas", "create", "--name", name)


@pytest.fixture(scope="session")
def binary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program: the one in THALWEG_BINARY, else built."""
    if given := os.environ.get("THALWEG_BINARY"):
        return Path(given)
    path = tmp_path_factory.mktemp("bin") / "thalweg"
    subprocess.run(["go", "build", "-o", str(path), "./cmd/thalweg"], cwd=ROOT, check=True)
    return path


@pytest.fixture(scope="module")
def server(binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("server") / "data"
    process = subprocess.Popen(
        [str(binary), "serve", "--data", str(data), "--listen", "127.0.0.1:0"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    admin = url = ""
    for line in process.stderr:
        if found := re.search(r"twg_\w+", line):
            admin = found[0]
        if found := re.search(r"http://[\d.:]+", line):
            url = found[0]
            break
    try:
        yield Server(url, admin, binary, data)
    finally:
        process.terminate()
        process.stderr.close()
        process.wait(timeout=30)


@pytest.fixture
def schema(server: Server, request: pytest.FixtureRequest) -> str:
    """A schema of the test's own."""
    return server.schema(re.sub(r"\W+", " ", request.node.nodeid)[-80:])


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(server.url, server.admin) as c:
        yield c


def unpack(folder: Path, state: str = "before", names: List[str] | None = None) -> Path:
    """Makes a target folder of the example project's artifacts, as dbt leaves it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or ["manifest", "catalog", "run_results", "sources", "semantic_manifest"]:
        with gzip.open(SHOP / state / f"{name}.json.gz") as packed, (folder / f"{name}.json").open("wb") as plain:
            shutil.copyfileobj(packed, plain)
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return unpack(tmp_path / "target")
