"""thalweg-push as a process, against a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from thalweg import Client

from .conftest import Server, unpack


def push(*arguments: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Runs thalweg-push in a folder with nothing of the tester's own settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("THALWEG_", "DBT_"))}
    return subprocess.run(
        [sys.executable, "-m", "thalweg", "push", *arguments],
        cwd=cwd,
        env={**kept, "XDG_CONFIG_HOME": str(cwd / "config"), **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def of(server: Server, schema: str, key: str) -> dict[str, str]:
    return {"THALWEG_SERVER": server.url, "THALWEG_SCHEMA": schema, "THALWEG_KEY": key}


def test_sends_what_is_in_target(server: Server, client: Client, schema: str, target: Path) -> None:
    # A key that may only import is enough, waiting included.
    key = server.key("write:dbt_imports")
    (target / "run_results_test.json").write_bytes((target / "run_results.json").read_bytes())
    done = push(cwd=target.parent, **of(server, schema, key))
    assert done.returncode == 0, done.stderr
    assert key not in done.stdout + done.stderr
    imported = next(iter(client.list_imports(schema_id=schema)))
    assert f"{imported['id']} completed: " in done.stdout
    assert f"{server.url}/imports/{imported['id']}" in done.stdout
    tables = imported["attributes"]["tables_created"]
    assert f"tables   {tables:>8}" in done.stdout
    sent = [a["attributes"]["name"] for a in client.list_import_artifacts(imported["id"])["data"]]
    assert sorted(set(sent)) == ["catalog", "manifest", "run_results", "semantic_manifest", "sources"]
    assert done.stderr == ""


def test_prints_json(server: Server, schema: str, target: Path) -> None:
    done = push("--json", "--no-wait", cwd=target.parent, **of(server, schema, server.admin))
    assert json.loads(done.stdout)["data"]["type"] == "dbt_import"


def test_named_files(server: Server, client: Client, schema: str, target: Path) -> None:
    arguments = ["--manifest", str(target / "manifest.json"), "--run-results", str(target / "run_results.json")]
    done = push(*arguments, cwd=target, **of(server, schema, server.admin))
    assert done.returncode == 0, done.stderr
    imported = next(iter(client.list_imports(schema_id=schema)))["attributes"]
    assert (imported["has_catalog"], imported["has_run_results"]) == (False, True)


def test_target_path_of_the_project(server: Server, schema: str, tmp_path: Path) -> None:
    unpack(tmp_path / "büild" / "out ﬁles")
    (tmp_path / "dbt_project.yml").write_text('name: shop\ntarget-path: "büild/out ﬁles"  # here\n', encoding="utf-8")
    done = push("--no-wait", cwd=tmp_path, **of(server, schema, server.admin))
    assert done.returncode == 0, done.stderr


def test_profile(server: Server, schema: str, target: Path) -> None:
    profiles = target.parent / "config" / "thalweg" / "profiles.ini"
    profiles.parent.mkdir(parents=True)
    profiles.write_text(f"[default]\nserver = {server.url}\n[prod]\nserver = {server.url}\nkey = {server.admin}\n")
    profiles.chmod(0o600)
    done = push("--profile", "prod", "--schema", schema, cwd=target.parent)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""

    profiles.chmod(0o644)
    done = push("--profile", "prod", "--schema", schema, cwd=target.parent)
    assert done.returncode == 0
    assert "chmod 600" in done.stderr

    done = push("--profile", "staging", cwd=target.parent)
    assert done.returncode == 2
    assert "it has: default, prod" in done.stderr


def test_a_wrong_profile_line_is_not_quoted(target: Path) -> None:
    profiles = target.parent / "config" / "thalweg" / "profiles.ini"
    profiles.parent.mkdir(parents=True)
    profiles.write_text("[default]\ntwg_secret\n")
    done = push(cwd=target.parent)
    assert done.returncode == 2
    assert "line 2" in done.stderr
    assert "secret" not in done.stdout + done.stderr


def test_docs_generate_is_said(server: Server, schema: str, target: Path) -> None:
    results = json.loads((target / "run_results.json").read_text())
    results["args"]["which"] = "generate"
    (target / "run_results.json").write_text(json.dumps(results))
    done = push(cwd=target.parent, **of(server, schema, server.admin))
    assert done.returncode == 0
    assert "`dbt docs generate`" in done.stderr
    assert "cp target/run_results.json" in done.stderr


@pytest.mark.parametrize(
    ("environ", "said"),
    [({}, "THALWEG_SERVER"), ({"THALWEG_SERVER": "http://127.0.0.1:9"}, "THALWEG_SCHEMA")],
)
def test_missing_settings(environ: dict[str, str], said: str, target: Path) -> None:
    done = push(cwd=target.parent, **environ)
    assert done.returncode == 2
    assert said in done.stderr


def test_unknown_arguments_are_not_quoted(tmp_path: Path) -> None:
    done = push("--kye", "twg_secret", cwd=tmp_path)
    assert done.returncode == 2
    assert "secret" not in done.stderr


def empty(target: Path) -> None:
    for path in target.iterdir():
        path.unlink()


def absent(target: Path) -> None:
    empty(target)
    target.rmdir()


def cut_off(target: Path) -> None:
    whole = (target / "manifest.json").read_bytes()
    (target / "manifest.json").write_bytes(whole[: len(whole) // 2])


def blank(target: Path) -> None:
    (target / "run_results.json").write_bytes(b"")


def other(target: Path) -> None:
    (target / "manifest.json").write_text("<html>")


def packed_cut_off(target: Path) -> None:
    import gzip

    whole = gzip.compress((target / "manifest.json").read_bytes())
    (target / "manifest.json").unlink()
    (target / "manifest.json.gz").write_bytes(whole[: len(whole) // 2])


def old(target: Path) -> None:
    for path in target.iterdir():
        os.utime(path, (time.time() - 7200,) * 2)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (empty, "has no manifest.json"),
        (absent, "there is no folder"),
        (cut_off, "manifest.json is cut off"),
        (packed_cut_off, "manifest.json.gz cannot be read"),
        (blank, "run_results.json is empty"),
        (other, "is not JSON"),
        (old, "is stale"),
    ],
)
def test_nothing_to_send(harm: object, said: str, server: Server, client: Client, schema: str, target: Path) -> None:
    assert callable(harm)
    harm(target)
    done = push("--max-age", "1h", cwd=target.parent, **of(server, schema, server.admin))
    assert done.returncode == 3, done.stderr
    assert said in done.stderr
    assert list(client.list_imports(schema_id=schema)) == []


def test_a_failed_import(server: Server, schema: str, target: Path) -> None:
    # Both ends are whole, so that only the server finds out.
    (target / "manifest.json").write_text('{"metadata": {"dbt_schema_version": "x"}, "nodes": {"a": }, "b": {}}')
    done = push(cwd=target.parent, **of(server, schema, server.admin))
    assert done.returncode == 1
    assert "manifest" in done.stderr
    assert "/imports/IMP-" in done.stderr


def test_denied(server: Server, schema: str, target: Path) -> None:
    wrong = "twg_" + "a" * 8 + "_" + "b" * 38
    for key, said in (("", "give --key"), (wrong, "401"), (server.key("read:catalog"), "needs the scope write:dbt")):
        done = push(cwd=target.parent, **of(server, schema, key))
        assert done.returncode == 5, done.stderr
        assert said in done.stderr
        assert not key or key not in done.stdout + done.stderr


def test_unknown_schema(server: Server, target: Path) -> None:
    done = push(cwd=target.parent, **of(server, "SCH-9999", server.admin))
    assert done.returncode == 1
    assert "unknown-schema" in done.stderr


def test_two_at_once(server: Server, client: Client, schema: str, target: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: push(cwd=target.parent, **of(server, schema, server.admin)), range(2)))
    assert [d.returncode for d in both] == [0, 0], [d.stderr for d in both]
    created = [i["attributes"]["tables_created"] for i in client.list_imports(schema_id=schema)]
    assert sorted(created)[0] == 0
    assert sorted(created)[1] > 0


def test_help_has_examples(tmp_path: Path) -> None:
    done = push("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "exit codes:" in done.stdout
