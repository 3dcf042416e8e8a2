"""Makes the artifacts of one dbt run fit to be published.

    scrub.py IN_DIR OUT_DIR --root DIR=/NAME… --began UNIX_SECONDS --date YYYY-MM-DD [--used-macros]

Reads the artifacts that dbt left in IN_DIR and writes each as OUT_DIR/NAME.gz:

* each folder given is replaced by its name, in `root_path` as in every message: the project's, dbt's own;
* whatever tells of the machine or the person is emptied: `user_id`, `env`,
  `invocation_command`, and all of run_results' `args` but `which`, `select`,
  `exclude` and `full_refresh`;
* all times move by one whole number of seconds, so that the run began at
  06:00 UTC of the date given. Times further than TIME_WINDOW from the run
  are data, not clocks, and stay;
* with --used-macros, the macros of dbt's own packages that no node calls are left out: hundreds, which
  are the same in every project.

The gzip header holds no name and no time: the same JSON gives the same bytes.
"""

import argparse
import datetime
import gzip
import json
import pathlib
import re

ARTIFACTS = ["manifest.json", "catalog.json", "run_results.json", "sources.json", "semantic_manifest.json"]
NOT_BY_EVERY_DBT = {"sources.json", "semantic_manifest.json"}
KEPT_ARGS = ["which", "select", "exclude", "full_refresh"]
EMPTIED = {"user_id": None, "env": {}, "invocation_command": "dbt build"}
TIME_WINDOW = datetime.timedelta(days=10)
TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(\.\d+)?(Z|\+00:00)?")
UTC = datetime.timezone.utc


class Scrubber:
    def __init__(self, roots: list[tuple[str, str]], began: datetime.datetime, shift: datetime.timedelta):
        self.roots, self.began, self.shift = roots, began, shift

    def near(self, moment: datetime.datetime) -> bool:
        return abs(moment - self.began) <= TIME_WINDOW

    def timestamp(self, match: re.Match) -> str:
        moment = datetime.datetime.fromisoformat(match[1]).replace(tzinfo=UTC)
        if not self.near(moment):
            return match[0]
        moved = (moment + self.shift).replace(tzinfo=None).isoformat(match[1][10])
        return moved + (match[2] or "") + (match[3] or "")

    def text(self, value: str) -> str:
        for folder, name in self.roots:
            value = value.replace(folder, name)
        return TIMESTAMP.sub(self.timestamp, value)

    def value(self, key: str, value):
        if key in EMPTIED:
            return EMPTIED[key]
        if key == "args" and isinstance(value, dict) and "which" in value:
            return {k: self.value(k, value[k]) for k in KEPT_ARGS if k in value}
        if key == "created_at" and isinstance(value, (int, float)):
            moment = datetime.datetime.fromtimestamp(value, UTC)
            return value + self.shift.total_seconds() if self.near(moment) else value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value("", v) for v in value]
        if isinstance(value, dict):
            return {k: self.value(k, v) for k, v in value.items()}
        return value


def without_unused_macros(manifest: dict) -> dict:
    nodes = [n for section in manifest.values() if isinstance(section, dict) for n in section.values() if isinstance(n, dict)]
    used = {m for n in nodes if n.get("resource_type") != "macro" for m in (n.get("depends_on") or {}).get("macros") or []}
    own = {n["package_name"] for n in manifest["nodes"].values()}
    macros = manifest["macros"]
    return manifest | {"macros": {k: m for k, m in macros.items() if k in used or m["package_name"] in own}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("target", type=pathlib.Path)
    parser.add_argument("--root", required=True, action="append", help="a folder as dbt saw it, and what is written in its place")
    parser.add_argument("--used-macros", action="store_true", help="leave out what no node calls of dbt's own macros")
    parser.add_argument("--began", required=True, type=int, help="when the run began, Unix seconds")
    parser.add_argument("--date", required=True, type=datetime.date.fromisoformat)
    args = parser.parse_args()

    began = datetime.datetime.fromtimestamp(args.began, UTC)
    wanted = datetime.datetime.combine(args.date, datetime.time(6), UTC)
    scrubber = Scrubber([tuple(r.split("=", 1)) for r in args.root], began, wanted - began)
    args.target.mkdir(parents=True, exist_ok=True)
    for name in ARTIFACTS:
        path = args.source / name
        if not path.exists() and name in NOT_BY_EVERY_DBT:
            continue
        if not path.exists():
            raise SystemExit(f"{path} is missing")
        scrubbed = scrubber.value("", json.loads(path.read_bytes()))
        if args.used_macros and name == "manifest.json":
            scrubbed = without_unused_macros(scrubbed)
        text = json.dumps(scrubbed, ensure_ascii=False, separators=(",", ":"))
        (args.target / f"{name}.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
