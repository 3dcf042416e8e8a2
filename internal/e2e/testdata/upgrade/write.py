#!/usr/bin/env python3
"""Writes the fixture of an upgrade with an older binary.

    write.py THALWEG sqlite OUT
    write.py THALWEG postgres OUT postgres://owner@host/database

It serves a new data folder (or an empty database) with that binary, sends the
two states of the example shop and a third one, edits as two people, withholds,
confirms and dismisses removals, and keeps what every GET then answers: OUT gets
store.db or store.jsonl (a table per line) and replies.json, the folder above it
the third state, all gzip'd.
"""
import copy, gzip, json, os, pathlib, re, signal, sqlite3, subprocess, sys, tempfile, time, urllib.error, urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SHOP = HERE.parents[3] / "examples/shop/artifacts/1.12.6"
PARTS = {"manifest": "manifest", "catalog": "catalog", "run_results": "run_results", "sources": "sources"}


def shop(state):
    return {p: json.loads(gzip.open(SHOP / state / f"{f}.json.gz").read()) for p, f in PARTS.items()}


def later(after):
    """A week on: a description is blank, a model and a column are gone, nothing is compiled."""
    manifest, catalog = copy.deepcopy(after["manifest"]), copy.deepcopy(after["catalog"])
    for a in (manifest, catalog):
        a["metadata"]["generated_at"] = "2026-11-16T06:00:00.000000Z"
        a["metadata"]["invocation_id"] = "6d1f2a44-0000-4000-8000-000000000016"
    gone = "model.shop.fct_refunds"
    manifest["nodes"].pop(gone)
    catalog["nodes"].pop(gone)
    for m in ("parent_map", "child_map"):
        manifest[m] = {k: [v for v in l if v != gone] for k, l in manifest[m].items() if k != gone}
    for n in manifest["nodes"].values():
        for k in ("compiled_code", "compiled", "compiled_path"):
            n.pop(k, None)
    products = manifest["nodes"]["model.shop.dim_products"]
    products["description"] = ""
    next(iter(products["columns"].values()))["description"] = ""
    orders, listed = manifest["nodes"]["model.shop.stg_orders"], catalog["nodes"]["model.shop.stg_orders"]
    orders["description"] = orders["columns"]["status"]["description"] = ""
    listed["metadata"]["comment"] = None
    for c in listed["columns"].values():
        c["comment"] = None
    columns = catalog["nodes"]["model.shop.fct_orders"]["columns"]
    columns.pop(list(columns)[-1])
    return {"manifest": manifest, "catalog": catalog}


def empty(after):
    """A manifest without nodes, whose removals are withheld."""
    m = copy.deepcopy(after["manifest"])
    m["metadata"]["generated_at"] = "2026-11-17T06:00:00.000000Z"
    for k in ("nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests", "parent_map", "child_map", "groups", "functions"):
        if k in m:
            m[k] = {}
    return {"manifest": m}


class Server:
    def __init__(self, binary, folder, url):
        args = [binary, "serve", "--listen", "127.0.0.1:0", "--data", folder] + (["--database-url", url] if url else [])
        env = {k: v for k, v in os.environ.items() if not k.startswith("THALWEG_")}
        self.log = tempfile.NamedTemporaryFile("w+")
        self.process = subprocess.Popen(args, stderr=self.log, env=env)
        self.url, self.key = self.found(r"serves (http://\S+)"), self.found(r"shown this once: (\S+)")

    def found(self, pattern):
        for _ in range(600):
            m = re.search(pattern, open(self.log.name).read())
            if m:
                return m.group(1)
            time.sleep(0.05)
        sys.exit(open(self.log.name).read())

    def call(self, method, path, body=None, key=None, kind="application/json"):
        r = urllib.request.Request(self.url + path, method=method, data=body, headers={"Authorization": "Bearer " + (key or self.key)})
        if body is not None:
            r.add_header("Content-Type", kind)
        with urllib.request.urlopen(r) as reply:
            return json.loads(reply.read() or b"null")

    def key_of(self, name):
        body = json.dumps({"name": name, "scopes": ["read:catalog", "write:catalog"]}).encode()
        return self.call("POST", "/api/v1/keys", body)["data"]["attributes"]["secret"]

    def schema(self, name):
        return self.call("POST", "/api/v1/schemas", json.dumps({"name": name, "environment": "prod"}).encode())["data"]["id"]

    def send(self, schema, artifacts):
        out, edge = [], "fixture-boundary"
        out.append(f'--{edge}\r\nContent-Disposition: form-data; name="schema_id"\r\n\r\n{schema}\r\n'.encode())
        for part, content in artifacts.items():
            out.append(f'--{edge}\r\nContent-Disposition: form-data; name="{part}"; filename="{part}.json"\r\n\r\n'.encode() + content + b"\r\n")
        out.append(f"--{edge}--\r\n".encode())
        reply = self.call("POST", "/api/v1/dbt_imports?wait=60", b"".join(out), kind=f"multipart/form-data; boundary={edge}")
        if reply["data"]["attributes"]["status"] != "completed":
            sys.exit(json.dumps(reply, indent=1))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def bytes_of(artifacts):
    return {p: json.dumps(a, separators=(",", ":")).encode() for p, a in artifacts.items()}


def write(s, out):
    before, after = shop("before"), shop("after")
    third = bytes_of(later(after))
    main = s.schema("Analytics Warehouse")
    ana, ben = s.key_of("ana"), s.key_of("ben")
    s.send(main, bytes_of(before))
    ids = {a["attributes"]["name"]: a["id"] for a in s.call("GET", f"/api/v1/assets?schema_id={main}&limit=200")["data"]}
    edit = lambda key, path, **body: s.call("PATCH", "/api/v1/assets/" + path, json.dumps(body).encode(), key)
    edit(ana, ids["dim_products"], description="Everything that is sold.", owners=["ana", "shop-team"])
    edit(ben, ids["fct_orders"], tags=["finance", "gold"])
    edit(ben, ids["rpt_stock_cover"], description="How long the stock lasts.")
    s.send(main, bytes_of(after))
    edit(ben, ids["dim_products"], description="Everything that is or was sold.")
    edit(ana, ids["fct_orders"] + "/columns/order_id", description="Number of the order.", tags=["key"])
    edit(ana, ids["fct_order_lines"] + "/columns/order_line_id", description="Number of the line.")
    edit(ana, ids["fct_orders"], tags=None)
    s.send(main, third)
    s.send(main, {"manifest": third["manifest"]})
    for name, act in (("Waits", None), ("Confirmed", "confirm"), ("Dismissed", "dismiss")):
        schema = s.schema(name)
        s.send(schema, {p: b for p, b in bytes_of(after).items() if p in ("manifest", "catalog")})
        s.send(schema, bytes_of(empty(after)))
        if act:
            s.call("POST", f"/api/v1/schemas/{schema}/removals/{act}", b"", ana)
    for part, content in third.items():
        (out.parent / f"later.{part}.json.gz").write_bytes(gzip.compress(content, mtime=0))


def replies(s):
    got = {}

    def get(path):
        got[path] = s.call("GET", path)
        return got[path]

    for schema in get("/api/v1/schemas")["data"]:
        id, whole = schema["id"], schema["id"] == "SCH-101"
        get(f"/api/v1/schemas/{id}")
        get(f"/api/v1/schemas/{id}/removals?limit=100")
        get(f"/api/v1/changes?schema_id={id}&limit=200")
        get(f"/api/v1/projects?schema_id={id}")
        get(f"/api/v1/tests?schema_id={id}&limit=100")
        get(f"/api/v1/runs?schema_id={id}")
        for removed in ("false", "true"):
            for a in get(f"/api/v1/assets?schema_id={id}&removed={removed}&limit=200")["data"]:
                asset = f"/api/v1/assets/{a['id']}"
                for path in ("", "/facets", "/columns", "/changes?limit=100", "/code") if whole else ("", "/facets"):
                    get(asset + path)
                if whole and a["attributes"]["name"] in ("dim_products", "fct_orders", "fct_refunds"):
                    for path in ("/tests", "/runs", "/column_lineage", "?at=2026-11-20T00:00:00Z", "/facets?at=1", "/columns?at=1"):
                        try:
                            get(asset + path)
                        except urllib.error.HTTPError:
                            pass
    for i in get("/api/v1/dbt_imports?limit=100")["data"]:
        for path in ("", "/report", "/changes?limit=100"):
            get(f"/api/v1/dbt_imports/{i['id']}" + path)
    return got


def dump_postgres(url):
    """One table a line, as storetest's heaps: bytes are {"b": base64}, fractions {"f": 1.5}."""
    def ask(query):
        return subprocess.run(["psql", "-XqAt", url, "-c", query], check=True, capture_output=True, text=True).stdout
    tables = ask("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose%' ORDER BY 1").split()
    parents = ["workspaces", "schemas", "projects", "imports"]
    for table in sorted(tables, key=lambda t: (parents.index(t) if t in parents else 9, t)):
        columns = [l.split("|") for l in ask(f"SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position").split("\n") if l]
        shown = ", ".join(f"CASE WHEN {c} IS NULL THEN NULL ELSE jsonb_build_object('b', replace(encode({c}, 'base64'), E'\\n', '')) END" if t == "bytea"
                          else f"jsonb_build_object('f', {c})" if t == "double precision" else c for c, t in columns)
        rows = [json.loads(l) for l in ask(f"SELECT jsonb_build_array({shown}) FROM {table}").split("\n") if l]
        yield json.dumps({"table": table, "columns": [c for c, _ in columns], "rows": rows}, ensure_ascii=False, separators=(",", ":"))


def main():
    binary, engine, out = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    url = sys.argv[4] if engine == "postgres" else None
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="twg") as folder:
        s = Server(binary, folder, url)
        try:
            write(s, out)
            got = replies(s)
        finally:
            s.stop()
        (out / "replies.json.gz").write_bytes(gzip.compress(json.dumps(got, ensure_ascii=False, sort_keys=True).encode(), mtime=0))
        if url:
            (out / "store.jsonl.gz").write_bytes(gzip.compress("\n".join(dump_postgres(url)).encode(), mtime=0))
            return
        file = next(p for p in pathlib.Path(folder).glob("*.db"))
        db = sqlite3.connect(file)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("VACUUM")
        db.close()
        (out / "store.db.gz").write_bytes(gzip.compress(file.read_bytes(), mtime=0))


main()
