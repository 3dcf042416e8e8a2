"""Takes a dbt project on PostgreSQL through its life and compares the catalog with the database after each step.

usage: lifecycle.py THALWEG DBT FOLDER, with PGHOST, PGPORT, PGUSER and PGDATABASE of an empty database

Steps: a first build, changed rows for the snapshots, a failing model, models that go, a renamed and a moved model,
another target, most models gone and back, a renamed project. After each one the columns of the catalog must be those of
the database, edges those of dbt's parent_map, statuses those of run_results.json, and what a view is traced to among
what PostgreSQL's view_column_usage has.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request

THALWEG, DBT, WORK = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
PROJECT, DATA = WORK / "project", WORK / "data"
LISTEN = "127.0.0.1:" + os.environ.get("LIFECYCLE_PORT", "18970")
faults = []


def write(name, text):
    path = PROJECT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def run(*command, ok=(0,), **more):
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, **more)
    if done.returncode not in ok:
        sys.exit(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def dbt(*args, target="prod"):
    run(DBT, "--no-use-colors", *args, "--target", target, "--profiles-dir", ".", ok=(0, 1))


def psql(query):
    out = run("psql", "--no-psqlrc", "-At", "-F", "\t", "-c", query)
    return [tuple(line.split("\t")) for line in out.splitlines()]


def api(path, method="GET", body=None, **query):
    url = f"http://{LISTEN}/api/v1{path}"
    if query:
        url += "?" + urllib.parse.urlencode(query)
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, {"Authorization": "Bearer " + KEY, "Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request) as reply:
            return json.loads(reply.read() or "null")
    except urllib.error.HTTPError as fault:
        return {"status": fault.code, **json.loads(fault.read() or "{}")}


def every(path, **query):
    rows = []
    while True:
        page = api(path, limit=200, **query)
        rows += page["data"]
        following = page["links"]["next"]
        if not following:
            return rows
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(following).query))
        query.pop("limit", None)


def fault(step, text):
    faults.append(f"{step}: {text}")
    print("FAULT", step, text)


def same(step, what, got, want):
    if got != want:
        if isinstance(got, (set, dict)) and isinstance(want, (set, dict)):
            gone, more = [k for k in want if k not in got or isinstance(want, dict) and got[k] != want[k]], [k for k in got if k not in want]
            text = f"{what}: lacks or differs {[(k, want[k], got.get(k)) if isinstance(want, dict) else k for k in gone][:5]}, has besides {more[:5]}"
        else:
            text = f"{what}: {got}, want {want}"
        fault(step, text)


def send(step, build=("build",), target="prod", files=("manifest", "catalog", "run_results"), docs=True):
    """What a nightly job does: build, keep the results, docs, import."""
    if build:
        dbt(*build, target=target)
        results = (PROJECT / "target/run_results.json").read_bytes()
    if docs:
        dbt("docs", "generate", target=target)
    if build:
        (PROJECT / "target/run_results.json").write_bytes(results)
    args = []
    for name in files:
        args += ["--" + name.replace("_", "-"), str(PROJECT / "target" / (name + ".json"))]
    out = subprocess.run([THALWEG, "import", "--server", "http://" + LISTEN, "--schema", SCHEMA, "--wait", "--json", *args],
                         capture_output=True, text=True, env={**os.environ, "THALWEG_KEY": KEY})
    reply = json.loads(out.stdout)
    attributes = reply["data"]["attributes"]
    if attributes["status"] != "completed":
        fault(step, f"import {attributes}")
    report = api(f"/dbt_imports/{reply['data']['id']}/report")
    issues = [(i["code"], i["severity"]) for i in report["data"]["attributes"]["issues"]]
    counters = {k: v for k, v in attributes.items() if re.match("tables|columns|lineages", k)}
    print(f"{step}: {reply['data']['id']} {report['data']['attributes'].get('outcome')} {counters} {issues}")
    return report["data"]["attributes"]


def artifact(name):
    return json.loads((PROJECT / f"target/{name}.json").read_text())


BUILT = ("model", "seed", "snapshot")


def compare(step, runs=True):
    """Compares the catalog with the database, the manifest and the results."""
    manifest, results = artifact("manifest"), artifact("run_results")
    assets = {a["id"]: a["attributes"] for a in every("/assets", schema_id=SCHEMA, kind="model,seed,snapshot,source")}
    by_node = {}
    for asset in list(assets):
        full = api("/assets/" + asset)["data"]["attributes"]
        assets[asset] = full
        for node in full["nodes"]:
            by_node[node["unique_id"]] = asset
    nodes = {k: n for k, n in manifest["nodes"].items() if n["resource_type"] in BUILT} | manifest["sources"]
    same(step, "nodes", set(by_node), set(nodes))
    columns = {}
    for schema, table, column, kind in psql(
            "select n.nspname, c.relname, a.attname, a.atttypid::regtype from pg_attribute a join pg_class c on c.oid = a.attrelid "
            "join pg_namespace n on n.oid = c.relnamespace where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'v', 'm') "
            "and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1, 2, a.attnum"):
        columns.setdefault((schema, table), []).append(column)
    views = {}
    for schema, view, of_schema, of, column in psql(
            "select view_schema, view_name, table_schema, table_name, column_name from information_schema.view_column_usage "
            "where view_schema not in ('pg_catalog', 'information_schema')"):
        views.setdefault((schema, view), set()).add((of_schema, of, column))
    relation = {}
    for unique_id, node in nodes.items():
        name = node.get("alias") or node.get("identifier") or node["name"]
        relation[unique_id] = (node["schema"], name)
    traced = 0
    for unique_id, node in nodes.items():
        asset = by_node.get(unique_id)
        if asset is None:
            continue
        if node["resource_type"] == "model" and node["config"]["materialized"] == "ephemeral":
            continue
        place = relation[unique_id]
        have = [c["attributes"]["name"] for c in every(f"/assets/{asset}/columns") if c["attributes"]["present"]]
        if have != columns.get(place, []):
            fault(step, f"columns of {unique_id}: {have}, in the database {columns.get(place)}")
        if place in views:
            reads = set()
            for column in have:
                for edge in upstream(asset, column):
                    reads.add(edge)
            want = {(s, t, c) for s, t, c in views[place]}
            if reads - want:
                fault(step, f"{unique_id} reads {reads - want}, which the database does not know of")
            if want - reads:
                fault(step, f"{unique_id} does not read {want - reads}, as the database does")
            traced += len(reads)
    tests = {t["attributes"]["unique_id"]: (t["attributes"]["latest"] or {}).get("status") for t in every("/tests", schema_id=SCHEMA)}
    want_tests = {k for k, n in manifest["nodes"].items() if n["resource_type"] == "test"}
    same(step, "tests", set(tests), want_tests)
    if runs:
        status = {r["unique_id"]: r["status"] for r in results["results"]}
        got = {}
        for unique_id, value in status.items():
            if unique_id in tests:
                got[unique_id] = tests[unique_id]
            elif unique_id in by_node:
                last = assets[by_node[unique_id]].get("last_run") or {}
                got[unique_id] = last.get("status")
            else:
                got[unique_id] = value
        same(step, "statuses", got, status)
    edges = set()
    for node in every_edge():
        edges.add(node)
    want_edges = set()
    for child, parents in manifest["parent_map"].items():
        if child in nodes:
            for parent in parents:
                if parent in nodes:
                    want_edges.add((parent, child))
    named = {}
    for unique_id, asset in by_node.items():
        named.setdefault(asset, set()).add(unique_id)
    want_pairs = {(by_node[p], by_node[c]) for p, c in want_edges if p in by_node and c in by_node}
    same(step, "edges", {e for e in edges if e[0] in named and e[1] in named}, want_pairs)
    print(f"{step}: {len(nodes)} nodes, {sum(map(len, columns.values()))} columns, {len(want_pairs)} edges, {len(tests)} tests, {traced} columns of views compared")
    return by_node


def every_edge():
    graph = api("/lineage", schema_id=SCHEMA, limit=2000)
    for edge in graph["data"]["edges"]:
        if edge.get("type") != "test":
            yield (edge["from"], edge["to"])


relations = {}


def upstream(asset, column):
    """Columns of tables that a column is made of or its rows depend on."""
    reply = api(f"/assets/{asset}/columns/{urllib.parse.quote(column, safe='')}/lineage", direction="upstream", depth=1)
    if "data" not in reply:
        print(reply)
        return
    for edge in reply["data"]["edges"] + reply["data"]["rows"]:
        table, _, name = edge.get("from", edge.get("column")).partition(".")
        if table not in relations:
            relations[table] = api("/assets/" + table)["data"]["attributes"]["relation"]
        r = relations[table]
        if r and r.get("schema"):
            yield (r["schema"], r["identifier"], name)


# --- the project

write("dbt_project.yml", "name: harbour\nversion: '1.0'\nprofile: harbour\nmodels:\n  harbour:\n    +materialized: view\n")
write("profiles.yml", "harbour:\n  target: prod\n  outputs:\n" + "".join(f"""    {target}:
      type: postgres
      host: "{{{{ env_var('PGHOST') }}}}"
      port: "{{{{ env_var('PGPORT') | int }}}}"
      user: "{{{{ env_var('PGUSER') }}}}"
      password: none
      dbname: "{{{{ env_var('PGDATABASE') }}}}"
      schema: {schema}
      threads: 2
""" for target, schema in (("prod", "analytics"), ("dev", "dev_ana"))))
write("seeds/ships.csv", "ship_id,name,flag,updated_at\n1,Ann,NL,2026-01-01\n2,Bo,DK,2026-01-01\n3,Cy,NL,2026-01-01\n")
write("seeds/ports.csv", "port_id,Port Name,country\n1,Delft,NL\n2,Aarhus,DK\n")
write("models/sources.yml", """version: 2
sources:
  - name: raw
    schema: raw
    tables:
      - name: calls
        columns:
          - name: call_id
            data_tests: [unique, not_null]
          - name: ship_id
      - name: Odd Name
        identifier: Odd Name
        quoting: {identifier: true}
""")
write("models/schema.yml", """version: 2
models:
  - name: stg_calls
    description: Calls of ships.
    columns:
      - name: call_id
        data_tests: [unique]
  - name: calls_by_ship
    columns:
      - name: ship_id
        description: The ship.
        data_tests: [not_null, {relationships: {arguments: {to: ref('ships'), field: ship_id}}}]
      - name: flag
        data_tests: [{accepted_values: {arguments: {values: [NL]}, config: {severity: warn}}}]
seeds:
  - name: ships
    columns: [{name: ship_id, data_tests: [unique]}]
exposures:
  - name: board
    type: dashboard
    owner: {name: Port, email: port@example.com}
    depends_on: [ref('calls_by_ship')]
""")
write("models/stg_calls.sql", "select call_id, ship_id, port_id, arrived_at, (arrived_at at time zone 'utc')::date as day from {{ source('raw', 'calls') }}")
write("models/stg_odd.sql", """select "Id" as id, "Mixed Case", "from" as origin from {{ source('raw', 'Odd Name') }}""")
write("models/eph.sql", "{{ config(materialized='ephemeral') }} select ship_id, count(*) as calls from {{ ref('stg_calls') }} group by 1")
write("models/calls_by_ship.sql", "{{ config(materialized='table') }} select s.ship_id, s.name, s.flag, coalesce(e.calls, 0) as calls from {{ ref('ships') }} s left join {{ ref('eph') }} e using (ship_id)")
write("models/calls_by_port.sql", """select p."Port Name" as port, c.day, count(distinct c.ship_id) as ships, max(o."Mixed Case") filter (where o.id > 1) as odd
from {{ ref('stg_calls') }} c join {{ ref('ports') }} p using (port_id) left join {{ ref('stg_odd') }} o on o.id = c.call_id group by 1, 2""")
write("models/recent.sql", "{{ config(materialized='incremental', unique_key='call_id') }} select * from {{ ref('stg_calls') }} {% if is_incremental() %} where arrived_at > (select max(arrived_at) from {{ this }}) {% endif %}")
write("models/flags.sql", "with x as (select flag, name from {{ ref('ships') }} union all select country, \"Port Name\" from {{ ref('ports') }}) select flag, count(name) as n, row_number() over (order by flag) as place from x group by flag")
write("models/old_one.sql", "select flag, upper(name) as loud from {{ ref('ships') }}")
write("models/old_two.sql", "select flag, length(loud) as size from {{ ref('old_one') }}")
write("models/fresh.sql", "{{ config(materialized='materialized_view') }} select ship_id, min(day) as first_day from {{ ref('stg_calls') }} group by ship_id")
write("snapshots/ship_history.sql", "{% snapshot ship_history %}{{ config(target_schema='history', unique_key='ship_id', strategy='check', check_cols=['name', 'flag']) }} select * from {{ ref('ships') }} {% endsnapshot %}")
write("snapshots/call_history.yml", """snapshots:
  - name: call_history
    relation: source('raw', 'calls')
    config: {schema: hist, unique_key: call_id, strategy: timestamp, updated_at: arrived_at, hard_deletes: new_record}
""")

psql("""create schema raw; create table raw.calls(call_id int, ship_id int, port_id int, arrived_at timestamptz);
insert into raw.calls values (1,1,1,'2026-02-01 10:00+00'),(2,2,1,'2026-02-02 10:00+00'),(3,1,2,'2026-02-03 10:00+00');
create table raw."Odd Name"("Id" int, "Mixed Case" text, "from" text); insert into raw."Odd Name" values (1,'a','b'),(2,'c','d')""")

log = (WORK / "serve.log").open("w")
server = subprocess.Popen([THALWEG, "serve", "--data", str(DATA), "--listen", LISTEN], stdout=log, stderr=log)
try:
    for _ in range(100):
        found = re.search(r"twg_[\w-]+", (WORK / "serve.log").read_text())
        if found:
            break
        time.sleep(0.1)
    KEY = found.group()
    SCHEMA = api("/schemas", "POST", {"name": "Harbour"})["data"]["id"]

    send("first")
    first = compare("first")
    api(f"/assets/{first['model.harbour.calls_by_ship']}", "PATCH", {"tags": ["people"]})
    api(f"/assets/{first['model.harbour.old_one']}", "PATCH", {"tags": ["kept"]})

    report = send("again", build=None, docs=False)
    if report.get("outcome") not in ("unchanged", None):
        fault("again", f"outcome {report.get('outcome')}")

    # rows change: snapshots get a second version of some, a source gets a column
    write("seeds/ships.csv", "ship_id,name,flag,updated_at\n1,Ann,DE,2026-03-01\n2,Bo,DK,2026-01-01\n4,Di,NL,2026-03-01\n")
    psql("alter table raw.calls add column berth text; insert into raw.calls values (4,2,2,'2026-03-03 10:00+00','B1'); delete from raw.calls where call_id = 1")
    send("snapshots")
    compare("snapshots")

    # a failing test and a failing model
    write("models/flags.sql", "select flag, 1 / 0 as n, 1 as place from {{ ref('ships') }}")
    write("models/flags_by.sql", "{{ config(materialized='table') }} select flag, n from {{ ref('flags') }}")
    send("failing")
    write("models/flags.sql", "select flag, count(*) as n, 1 as place from {{ ref('ships') }} group by flag")
    send("repaired")
    compare("repaired")

    # two models go, their relations with them
    for name in ("old_one", "old_two"):
        (PROJECT / f"models/{name}.sql").unlink()
        psql(f"drop view if exists analytics.{name} cascade")
    send("gone")
    compare("gone")
    print("removed:", [(a["id"], a["attributes"]["name"]) for a in every("/assets", schema_id=SCHEMA, removed="true")])

    # a model is renamed by its file and keeps its relation, another one moves to another schema
    os.rename(PROJECT / "models/calls_by_ship.sql", PROJECT / "models/ship_calls.sql")
    write("models/ship_calls.sql", "{{ config(materialized='table', alias='calls_by_ship') }} select s.ship_id, s.name, s.flag, coalesce(e.calls, 0) as calls from {{ ref('ships') }} s left join {{ ref('eph') }} e using (ship_id)")
    write("models/schema.yml", (PROJECT / "models/schema.yml").read_text().replace("calls_by_ship", "ship_calls"))
    write("models/flags.sql", "{{ config(schema='marts') }} select flag, count(*) as n, 1 as place from {{ ref('ships') }} group by flag")
    send("renamed")
    psql("drop view if exists analytics.flags cascade")
    now = compare("renamed")
    same("renamed", "asset of the renamed model", now["model.harbour.ship_calls"], first["model.harbour.calls_by_ship"])
    same("renamed", "asset of the moved model", now["model.harbour.flags"], first["model.harbour.flags"])
    tags = api(f"/assets/{now['model.harbour.ship_calls']}")["data"]["attributes"]["tags"]
    if "people" not in json.dumps(tags):
        fault("renamed", f"tags {tags}")

    # a developer's target must not move production
    report = send("developer", target="dev")
    if "target-moved" not in json.dumps(report["issues"]):
        fault("developer", "no issue target-moved")
    waiting = api(f"/schemas/{SCHEMA}/removals")
    print("waiting:", [(r.get("attributes", r).get("reason"), r.get("id")) for r in waiting["data"]][:3], len(waiting["data"]))
    dbt("docs", "generate")
    dbt("build")
    results = (PROJECT / "target/run_results.json").read_bytes()
    dbt("docs", "generate")
    (PROJECT / "target/run_results.json").write_bytes(results)
    send("back", build=None, docs=False)
    same("back", "assets", compare("back"), now)

    # most of the project goes: pending until confirmed
    keep = {"stg_calls.sql", "sources.yml", "eph.sql"}
    moved = WORK / "aside"
    moved.mkdir(exist_ok=True)
    for path in list((PROJECT / "models").iterdir()) + list((PROJECT / "snapshots").iterdir()):
        if path.name not in keep:
            os.rename(path, moved / path.name)
    report = send("most gone")
    print(sorted(i["code"] for i in report["issues"]))
    waiting = every(f"/schemas/{SCHEMA}/removals")
    print("pending", sorted((r["attributes"]["reason"], r["attributes"].get("name")) for r in waiting))
    confirmed = api(f"/schemas/{SCHEMA}/removals/confirm", "POST", reason="removed")
    print("confirmed", json.dumps(confirmed)[:300])
    compare("most gone")
    for path in moved.iterdir():
        os.rename(path, PROJECT / ("snapshots" if "history" in path.name else "models") / path.name)
    send("restored")
    same("restored", "assets", compare("restored"), now)

    # the project is renamed
    write("dbt_project.yml", (PROJECT / "dbt_project.yml").read_text().replace("harbour", "port").replace("profile: port", "profile: harbour"))
    send("project renamed")
    after = compare("project renamed")
    same("project renamed", "assets", after, {k.replace(".harbour.", ".port."): v for k, v in now.items()})
finally:
    server.terminate()
    server.wait()
print(f"{len(faults)} faults")
for f in faults:
    print("-", f)
sys.exit(1 if faults else 0)
