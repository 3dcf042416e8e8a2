"""Real dbt through the wrapper: `scripts/sdk.sh dbt` installs it and names the programs in THALWEG_TEST_DBT."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from thalweg import Client

from .conftest import Server

DBT = [Path(p) for p in os.environ.get("THALWEG_TEST_DBT", "").split(os.pathsep) if p]

pytestmark = pytest.mark.skipif(not DBT, reason="SKIPPED: no dbt; scripts/sdk.sh dbt")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a source of a seed, a model, a test that passes and one that fails."""
    files = {
        "dbt_project.yml": "name: jaffle\nversion: '1.0'\nprofile: jaffle\n",
        "profiles.yml": "jaffle: {target: dev, outputs: {dev: {type: duckdb, path: jaffle.duckdb}}}\n",
        "seeds/raw_orders.csv": "id,amount\n1,10\n2,\n",
        "models/orders.sql": "select id as order_id, amount from {{ ref('raw_orders') }}\n",
        "models/schema.yml": (
            "version: 2\nmodels:\n  - name: orders\n    description: One row per order.\n    columns:\n"
            "      - name: order_id\n        tests: [unique]\n      - name: amount\n        tests: [not_null]\n"
        ),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("dbt", DBT, ids=lambda p: p.parent.parent.name)
def test_build_and_docs(dbt: Path, server: Server, client: Client, schema: str, project: Path) -> None:
    environ = {
        **os.environ,
        "DBT_PROFILES_DIR": str(project),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "THALWEG_DBT": str(dbt),
        "THALWEG_SERVER": server.url,
        "THALWEG_SCHEMA": schema,
        "THALWEG_KEY": server.key("write:dbt_imports"),
        "THALWEG_QUEUE": "off",
    }

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True, timeout=170)

    alone = run(str(dbt), "build")
    wrapped = run(sys.executable, "-m", "thalweg", "dbt", "build")
    assert wrapped.returncode == alone.returncode == 1, wrapped.stdout + wrapped.stderr
    assert "thalweg: sent " in wrapped.stderr, wrapped.stderr
    (imported,) = client.list_imports(schema_id=schema)
    client.wait_for_import(imported["id"])

    (run_,) = client.list_runs(schema_id=schema)
    assert run_["attributes"]["outcome"] == "failed"
    invocation = json.loads((project / "target" / "run_results.json").read_text())["metadata"]["invocation_id"]
    assert run_["attributes"]["invocation_id"] == invocation
    assets = {a["attributes"]["name"]: a["attributes"] for a in client.list_assets(schema_id=schema)}
    assert assets["orders"]["description"]["value"] == "One row per order."
    assert assets["orders"]["tests"]["fail"] == 1
    edges = client.get_impact(asset="seed.jaffle.raw_orders", column="amount", schema_id=schema)["data"]["tables"]
    assert [e["attributes"]["name"] for e in edges] == ["orders"]


RUNNER = """
import sys
from dbt.cli.main import dbtRunner
from thalweg.dbt import PushCallback, invoke
result = dbtRunner(callbacks=[PushCallback()]).invoke(["build", "--target-path", "elsewhere"])
assert result.success is False and result.result is not None
again = invoke(dbtRunner(), ["run", "--quiet"])
assert again.success, again.exception
"""


@pytest.mark.parametrize(
    "dbt", [p for p in DBT if (p.parent / "thalweg-dbt").exists()], ids=lambda p: p.parent.parent.name
)
def test_runner(dbt: Path, server: Server, client: Client, schema: str, project: Path) -> None:
    environ = {
        **os.environ,
        "DBT_PROFILES_DIR": str(project),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "THALWEG_SERVER": server.url,
        "THALWEG_SCHEMA": schema,
        "THALWEG_KEY": server.admin,
        "THALWEG_QUEUE": "off",
    }
    done = subprocess.run(
        [str(dbt.parent / "python"), "-c", RUNNER],
        cwd=project,
        env=environ,
        capture_output=True,
        text=True,
        timeout=170,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.count("thalweg: sent ") == 2, done.stderr
    assert len(list(client.list_imports(schema_id=schema))) == 2
