"""The recipes of examples/orchestrators, each with its orchestrator, where that is installed."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from thalweg import Client

from .conftest import ROOT, Server
from .faulty import closed_port

pytestmark = pytest.mark.filterwarnings("default")


def recipe(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "examples" / "orchestrators"))
    sys.modules.pop(name, None)
    return importlib.import_module(name)


@pytest.fixture
def settings(server: Server, schema: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THALWEG_SERVER", server.url)
    monkeypatch.setenv("THALWEG_SCHEMA", schema)
    monkeypatch.setenv("THALWEG_KEY", server.key("write:dbt_imports"))
    monkeypatch.setenv("THALWEG_QUEUE", str(tmp_path / "queue"))


def imports(client: Client, schema: str) -> int:
    return len(list(client.list_imports(schema_id=schema)))


@pytest.mark.usefixtures("settings")
def test_cosmos(client: Client, schema: str, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Needs no Cosmos: the callback is called with a folder."""
    module = recipe("cosmos_push", monkeypatch)
    module.push_after_dbt(str(target.parent), context={})
    assert imports(client, schema) == 1
    monkeypatch.setenv("THALWEG_SERVER", closed_port())
    module.push_after_dbt(str(target.parent))


@pytest.mark.usefixtures("settings")
def test_cosmos_calls_it(client: Client, schema: str, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    local = pytest.importorskip("cosmos.operators.local", reason="SKIPPED: no Cosmos; scripts/sdk.sh recipes")
    module = recipe("cosmos_push", monkeypatch)
    config = importlib.import_module("cosmos").ProfileConfig
    profiles = target.parent / "profiles.yml"
    profiles.write_text("shop: {target: dev, outputs: {dev: {type: duckdb, path: x.duckdb}}}\n")
    operator: Any = local.DbtBuildLocalOperator(
        task_id="build",
        project_dir=str(target.parent),
        profile_config=config(profile_name="shop", target_name="dev", profiles_yml_filepath=profiles),
        callback=module.push_after_dbt,
        should_store_compiled_sql=False,
    )
    operator._handle_post_execution(str(target.parent), {})
    assert imports(client, schema) == 1


@pytest.mark.usefixtures("settings")
def test_airflow(client: Client, schema: str, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("airflow", reason="SKIPPED: no Airflow; scripts/sdk.sh recipes")
    module = recipe("airflow_push", monkeypatch)
    operator = module.ThalwegPushOperator(task_id="send", project=str(target.parent), strict=True)
    assert operator.execute({}) is True
    assert imports(client, schema) == 1
    module.push_callback(str(target.parent))({})
    assert imports(client, schema) == 2

    monkeypatch.setenv("THALWEG_SERVER", closed_port())
    assert module.ThalwegPushOperator(task_id="send2", project=str(target.parent)).execute({}) is False
    with pytest.raises(RuntimeError, match="not sent"):
        operator.execute({})


@pytest.mark.usefixtures("settings")
def test_dagster(client: Client, schema: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dagster_dbt = pytest.importorskip("dagster_dbt", reason="SKIPPED: no Dagster; scripts/sdk.sh recipes")
    from .conftest import unpack
    from .test_dbt import PROGRAM

    module = recipe("dagster_push", monkeypatch)
    project = tmp_path / "shop"
    unpack(project / "made")
    (project / "dbt_project.yml").write_text("name: shop\nprofile: shop\n")
    (project / "profiles.yml").write_text("shop: {target: dev, outputs: {dev: {type: duckdb, path: x.duckdb}}}\n")
    program = tmp_path / "dbt"
    program.write_text(f"#!{sys.executable}\n" + PROGRAM.replace('"FAKE_TARGET"', '"DBT_TARGET_PATH"'))
    program.chmod(0o755)
    monkeypatch.setenv("FAKE_SHOP", str(ROOT / "examples" / "shop" / "artifacts" / "1.12.6" / "before"))
    resource = dagster_dbt.DbtCliResource(project_dir=str(project), dbt_executable=str(program))
    invocation = resource.cli(["build"], manifest=project / "made" / "manifest.json", raise_on_error=False)
    list(module.stream_and_push(invocation))
    assert imports(client, schema) == 1
