"""The clients against a real server."""

from __future__ import annotations

import asyncio
import gzip
import inspect
import json
from pathlib import Path

import pytest

import thalweg
from thalweg import AsyncClient, Client, etag_of

from .conftest import Server, unpack


def test_import_and_read(server: Server, client: Client, schema: str, target: Path) -> None:
    seen: list[int] = []
    created = client.create_import(
        schema,
        target / "manifest.json",
        catalog=target / "catalog.json",
        run_results=[target / "run_results.json"],
        sources=target / "sources.json",
        progress=lambda done, total: seen.append(done * 100 // total),
    )
    assert created["data"]["relationships"]["schema"]["id"] == schema
    assert created["meta"]["job_id"] == created["data"]["id"]
    assert seen == sorted(seen)
    assert seen[-1] == 100

    stages: set[str] = set()
    done = client.wait_for_import(
        created["data"]["id"], progress=lambda report: stages.update(s["name"] for s in report["stages"])
    )
    manifest = json.loads((target / "manifest.json").read_text())
    kinds = ("model", "seed", "snapshot")
    nodes = [n for n in manifest["nodes"].values() if n["resource_type"] in kinds]
    assert done["data"]["attributes"]["status"] == "completed"
    # A source that is a seed's table is one table with it.
    tables = {n["relation_name"] or n["unique_id"] for n in [*nodes, *manifest["sources"].values()]}
    assert done["data"]["attributes"]["tables_created"] == len(tables)

    # Pages of two: every element once, in the order of one large page.
    small = [a["id"] for a in client.list_assets(schema_id=schema, limit=2)]
    large = [a["id"] for a in client.list_assets(schema_id=schema, limit=200)]
    assert small == large
    assert len(set(small)) == client.list_assets(schema_id=schema).first()["meta"]["total"]

    models = {a["attributes"]["name"] for a in client.list_assets(schema_id=schema, kind="model")}
    assert models == {
        n["name"] + (f".v{n['version']}" if n.get("version") else "") for n in nodes if n["resource_type"] == "model"
    }

    columns = [c["attributes"]["name"] for c in client.list_columns("model.shop.fct_orders", schema_id=schema)]
    assert columns[0] == "order_id"
    impact = client.get_impact(asset="model.shop.int_order_lines_priced", schema_id=schema)
    assert impact["data"]["tables"]


def test_events_end(client: Client, schema: str, target: Path) -> None:
    imported = client.create_import(schema, target / "manifest.json")
    events = list(client.get_import_events(imported["data"]["id"]))
    assert events[-1].name == "end"
    assert {e.name for e in events[:-1]} <= {"progress"}
    assert events[-1].id


def test_packed_and_plain_are_the_same(client: Client, schema: str, target: Path) -> None:
    packed = target / "packed.json.gz"
    packed.write_bytes(gzip.compress((target / "manifest.json").read_bytes()))
    for path in (target / "manifest.json", packed):
        imported = client.create_import(schema, path)
        done = client.wait_for_import(imported["data"]["id"])
    # The second one is known: nothing is created, nothing updated.
    counts = done["data"]["attributes"]
    assert [counts["tables_created"], counts["tables_updated"], counts["columns_updated"]] == [0, 0, 0]


def test_one_idempotency_key_makes_one_import(client: Client, schema: str, target: Path) -> None:
    ids = {
        client.create_import(schema, target / "manifest.json", idempotency_key="build-4711")["data"]["id"]
        for _ in range(3)
    }
    assert len(ids) == 1
    assert len(list(client.list_imports(schema_id=schema))) == 1


def test_failed_import_raises(client: Client, schema: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text('{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"}, "no')
    imported = client.create_import(schema, path)
    with pytest.raises(thalweg.ImportFailed) as e:
        client.wait_for_import(imported["data"]["id"])
    assert e.value.import_id == imported["data"]["id"]
    assert "manifest" in str(e.value)


def test_errors_have_code_and_request(server: Server, client: Client, schema: str, target: Path) -> None:
    manifest = target / "manifest.json"
    with pytest.raises(thalweg.Invalid) as unknown:
        client.create_import("SCH-9999", manifest)
    assert unknown.value.code == "unknown-schema"
    assert unknown.value.request_id

    with Client(server.url) as nobody, pytest.raises(thalweg.Unauthorized) as missing:
        nobody.create_import(schema, manifest)
    assert missing.value.code == "missing-credentials"

    with Client(server.url, server.key("read:catalog")) as reader, pytest.raises(thalweg.Forbidden) as forbidden:
        reader.create_import(schema, manifest)
    assert forbidden.value.required_scope == "write:dbt_imports"

    with pytest.raises(thalweg.NotFound):
        client.get_asset("TBL-999999")


def test_etag_guards_an_edit(client: Client, schema: str) -> None:
    before = client.get_schema(schema)
    tag = etag_of(before)
    assert tag
    after = client.update_schema(schema, {"environment": "prod"}, if_match=tag)
    assert after["data"]["attributes"]["environment"] == "prod"
    with pytest.raises(thalweg.Conflict) as e:
        client.update_schema(schema, {"environment": "dev"}, if_match=tag)
    assert e.value.status == 412


def test_unusual_ids_are_escaped(client: Client, schema: str) -> None:
    with pytest.raises(thalweg.NotFound) as e:
        client.get_asset("model.shöp.a/b?c#d", schema_id=schema)
    assert "model.shöp.a/b?c#d" in e.value.detail


def test_export_and_artifacts(client: Client, schema: str, target: Path) -> None:
    imported = client.create_import(schema, target / "manifest.json")
    client.wait_for_import(imported["data"]["id"])
    lines = [json.loads(line) for line in b"".join(client.export_schema(schema)).splitlines()]
    assert lines[-1]["record"] == "end"
    artifact = client.list_import_artifacts(imported["data"]["id"])["data"][0]["attributes"]
    raw = b"".join(client.get_import_artifact(imported["data"]["id"], artifact["sha256"]))
    content = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    assert content == (target / "manifest.json").read_bytes()


def test_integration(client: Client, schema: str, target: Path) -> None:
    created = client.create_integration({"kind": "dbt_core", "name": "pushed", "schema_id": schema})
    uuid = created["data"]["id"]
    done = client.upload_integration_artifacts(
        uuid, manifest=target / "manifest.json", run_results=target / "run_results.json"
    )
    assert done["integration"] == uuid
    started = client.trigger_integration(uuid)
    assert started["id"]
    syncs = [s["id"] for s in client.list_syncs(uuid)]
    assert started["id"] in syncs
    assert client.upload_integration_manifest(uuid, target / "manifest.json")["id"]
    assert client.upload_integration_run_result(uuid, target / "run_results.json")["id"]


def test_lineage_event(server: Server, client: Client, schema: str) -> None:
    event = {
        "eventType": "COMPLETE",
        "eventTime": "2026-11-09T07:00:00Z",
        "producer": "https://example.com",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": "01928f3c-0000-7000-8000-000000000001"},
        "job": {"namespace": "nightly", "name": "load"},
        "inputs": [],
        "outputs": [],
    }
    assert client.create_lineage_event(event, schema_id=schema)["data"]


def test_asynchronous(server: Server, schema: str, target: Path) -> None:
    async def whole() -> None:
        async with AsyncClient(server.url, server.admin) as client:
            created = await client.create_import(
                schema, target / "manifest.json", run_results=target / "run_results.json"
            )
            done = await client.wait_for_import(created["data"]["id"])
            assert done["data"]["attributes"]["status"] == "completed"
            events = [e async for e in client.get_import_events(created["data"]["id"])]
            assert events[-1].name == "end"
            names = [a["attributes"]["name"] async for a in client.list_assets(schema_id=schema, limit=3)]
            assert "fct_orders" in names
            assert len(names) == (await client.list_assets(schema_id=schema).first())["meta"]["total"]
            lines = b"".join([block async for block in client.export_schema(schema)])
            assert b'"end"' in lines
            with pytest.raises(thalweg.NotFound):
                await client.get_asset("TBL-999999")

    asyncio.run(whole())


def test_both_clients_have_the_same_methods() -> None:
    def methods(kind: type) -> dict[str, list[str]]:
        return {
            name: list(inspect.signature(f).parameters)
            for name, f in inspect.getmembers(kind, inspect.isfunction)
            if not name.startswith("__")
        }

    assert methods(Client) == methods(AsyncClient)


def test_every_operation_of_the_server_has_a_method(client: Client) -> None:
    document = client.request("GET", "/api/v1/openapi.json")
    # Health under further names, this document, and a second name of upload-integration-run-result.
    aside = {"api-healthcheck", "livez", "readyz", "get-openapi", "upload-integration-run-results"}
    ids = {o["operationId"] for path in document["paths"].values() for o in path.values() if "operationId" in o}
    missing = [i for i in ids - aside if not hasattr(Client, i.replace("-", "_"))]
    assert missing == []


def test_the_key_is_not_shown(server: Server) -> None:
    with Client(server.url, server.admin) as client:
        assert server.admin not in repr(client) + repr(vars(client))


@pytest.mark.parametrize("key", ["", "twg_x\n", "a b", "schlüssel"])
def test_a_key_that_cannot_be_one(key: str) -> None:
    with pytest.raises(ValueError, match="characters") as e:
        Client("http://127.0.0.1:1", key)
    assert not key.strip() or key not in str(e.value)


@pytest.mark.parametrize("server", ["", "catalog.example.com", "ftp://x", "http://u:p@x"])
def test_an_address_that_cannot_be_one(server: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Client(server)


def test_two_states(client: Client, schema: str, tmp_path: Path) -> None:
    for state in ("before", "after"):
        folder = unpack(tmp_path / state, state)
        imported = client.create_import(schema, folder / "manifest.json", catalog=folder / "catalog.json")
        client.wait_for_import(imported["data"]["id"])
    differences = list(client.diff_schemas(base=f"{schema}@1", head=f"{schema}@2"))
    assert differences
