"""The files of examples/ci: a comparison with a real server, and comments on a local one that answers as hosts do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from thalweg import Client

from .conftest import ROOT, Server, unpack

CI = ROOT / "examples" / "ci"
MARKER = "<!-- thalweg impact -->"


class Comments(BaseHTTPRequestHandler):
    """Comments of one pull request, in pages of one."""

    comments: List[Dict[str, Any]] = []
    calls: List[Tuple[str, str]] = []

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _body(self) -> Dict[str, Any]:
        read: Dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return read

    def do_GET(self) -> None:
        page = int(self.path.rsplit("page=", 1)[1])
        self._answer(self.comments[page - 1 : page])

    def do_POST(self) -> None:
        self.calls.append(("POST", self.path))
        self.comments.append({"id": len(self.comments) + 1, **self._body()})
        self._answer({})

    def _change(self) -> None:
        self.calls.append((self.command, self.path))
        self.comments[int(self.path.rsplit("/", 1)[1]) - 1].update(self._body())
        self._answer({})

    do_PATCH = do_PUT = _change  # noqa: N815


@pytest.fixture
def host() -> Iterator[str]:
    Comments.comments, Comments.calls = [{"id": 1, "body": "Nice."}], []
    listener = HTTPServer(("127.0.0.1", 0), Comments)
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.server_port}"
    listener.shutdown()
    listener.server_close()
    thread.join(5)


def environment(**more: str) -> Dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("THALWEG_", "GITHUB_", "CI_", "GITLAB_"))}
    return {**kept, **more}


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("github", ("PATCH", "/repos/o/r/issues/comments/2")),
        ("gitlab", ("PUT", "/projects/7/merge_requests/5/notes/2")),
    ],
)
def test_one_comment(kind: str, change: Tuple[str, str], host: str, tmp_path: Path) -> None:
    environ = {
        "github": {"GITHUB_API_URL": host, "GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": "t", "PULL_REQUEST": "5"},
        "gitlab": {
            "CI_API_V4_URL": host,
            "CI_PROJECT_ID": "7",
            "CI_MERGE_REQUEST_IID": "5",
            "GITLAB_TOKEN": "t",
        },
    }[kind]
    for text in ("first", "second", "x" * 100 + "\n" + "long " * 20_000):
        (tmp_path / "impact.md").write_text(f"{MARKER}\n{text}")
        program = ["python3", str(CI / "sticky_comment.py"), "impact.md"]
        subprocess.run(program, cwd=tmp_path, env=environment(**environ), check=True)
    assert [c[0] for c in Comments.calls] == ["POST", change[0], change[0]]
    assert Comments.calls[1] == change
    assert [c["body"].split("\n")[0] for c in Comments.comments] == ["Nice.", MARKER]
    assert Comments.comments[1]["body"].endswith("it is in the file of the job.\n")
    assert len(Comments.comments[1]["body"]) < 65_536


def steps() -> List[str]:
    """The commands of the action, in their order."""
    text = (CI / "github" / "action.yml").read_text()
    found = re.findall(r"^      run: (.*)$", text, re.MULTILINE)
    assert len(found) == 3
    return found


def production(server: Server, client: Client, schema: str, tmp_path: Path) -> Dict[str, str]:
    before = unpack(tmp_path / "production")
    imported = client.create_import(schema, before / "manifest.json", catalog=before / "catalog.json")
    client.wait_for_import(imported["data"]["id"])
    return {
        "THALWEG": str(server.binary),
        "THALWEG_SERVER": server.url,
        "THALWEG_SCHEMA": schema,
        "THALWEG_KEY": server.key("read:catalog", "read:dbt_imports", "read:artifacts"),
    }


@pytest.mark.parametrize(
    ("fail_on", "state", "code"), [("breaking", "after", 1), ("never", "after", 0), ("any", "before", 0)]
)
def test_action(
    fail_on: str, state: str, code: int, server: Server, client: Client, schema: str, host: str, tmp_path: Path
) -> None:
    where = production(server, client, schema, tmp_path)
    unpack(tmp_path / "repo" / "target", state)
    output, summary = tmp_path / "output", tmp_path / "summary"
    environ = environment(
        **where,
        FAIL_ON=fail_on,
        TARGET="target",
        GITHUB_ACTION_PATH=str(CI / "github"),
        GITHUB_OUTPUT=str(output),
        GITHUB_STEP_SUMMARY=str(summary),
        GITHUB_API_URL=host,
        GITHUB_REPOSITORY="o/r",
        GITHUB_TOKEN="t",
        PULL_REQUEST="5",
    )
    codes = []
    for step in steps():
        if output.exists():
            environ["CODE"] = output.read_text().strip().partition("=")[2]
        program = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step]
        done = subprocess.run(program, cwd=tmp_path / "repo", env=environ, capture_output=True, text=True)
        codes.append(done.returncode)
        assert where["THALWEG_KEY"] not in done.stdout + done.stderr
    assert codes == [0, 0, code]
    comment = Comments.comments[1]["body"]
    assert comment.startswith(MARKER)
    assert ("No difference." in comment) == (state == "before")
    assert ("dim_products" in comment) == (state == "after")
    results = json.loads((tmp_path / "repo" / "impact.sarif").read_text())["runs"][0]["results"]
    assert bool(results) == (state == "after")
    assert summary.read_text() == comment


def test_a_key_without_the_scope(server: Server, client: Client, schema: str, tmp_path: Path) -> None:
    where = production(server, client, schema, tmp_path)
    where["THALWEG_KEY"] = server.key("read:catalog", "read:dbt_imports")
    program = ["bash", str(CI / "impact.sh"), str(tmp_path / "production")]
    done = subprocess.run(program, cwd=tmp_path, env=environment(**where), capture_output=True, text=True)
    assert done.returncode == 1
    assert "read:artifacts" in done.stderr


def test_gitlab_runs_the_same() -> None:
    text = (CI / "gitlab.yml").read_text()
    assert re.findall(r"examples/ci/(\S+)", text) == ["impact.sh", "sticky_comment.py"]
    assert all((CI / name).exists() for name in ("impact.sh", "sticky_comment.py"))
