"""Records what `dbt ls` selects of a project.

    record.py PROJECT_DIR SELECTORS OUT_DIR

Parses the project, writes its manifest as OUT_DIR/manifest.json.gz and, for each
line of SELECTORS, the ids that dbt selects as a line of OUT_DIR/selected.jsonl.
What depends on the machine or the time is replaced by fixed values, so that a
second run writes the same bytes.
"""

import gzip
import json
import pathlib
import sys

from dbt.cli.main import dbtRunner

FIXED = {
    "user_id": None,
    "env": {},
    "invocation_id": "00000000-0000-4000-8000-000000000000",
    "invocation_started_at": "2026-11-02T06:00:00.000000Z",
    "run_started_at": "2026-11-02T06:00:00.000000Z",
    "generated_at": "2026-11-02T06:00:00.000000Z",
    "created_at": 1793599200.0,
}


def scrubbed(value, root: str):
    if isinstance(value, dict):
        return {k: FIXED[k] if k in FIXED else scrubbed(v, root) for k, v in value.items()}
    if isinstance(value, list):
        return [scrubbed(v, root) for v in value]
    if isinstance(value, str):
        return value.replace(root, "/jaffle")
    return value


def selected(dbt: dbtRunner, flags: list[str], selector: str) -> list[str]:
    result = dbt.invoke(["ls", *flags, "--output", "json", "--output-keys", "unique_id", "--resource-type", "all", "--select", selector])
    if not result.success:
        raise SystemExit(f"dbt ls --select {selector!r}: {result.exception}")
    return sorted(json.loads(line)["unique_id"] for line in result.result)


def main() -> None:
    project, selectors, out = (pathlib.Path(p).resolve() for p in sys.argv[1:])
    flags = ["--quiet", "--project-dir", str(project), "--profiles-dir", str(project)]
    parsed = dbtRunner().invoke(["parse", *flags])
    if not parsed.success:
        raise SystemExit(f"dbt parse: {parsed.exception}")
    manifest = json.loads((project / "target" / "manifest.json").read_text())
    text = json.dumps(scrubbed(manifest, str(project)), sort_keys=True, separators=(",", ":"))
    # Neither a name nor a time is in the header: the same JSON gives the same bytes.
    (out / "manifest.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    dbt = dbtRunner(manifest=parsed.result)
    with open(out / "selected.jsonl", "w") as file:
        for selector in selectors.read_text().splitlines():
            file.write(json.dumps({"select": selector, "ids": selected(dbt, flags, selector)}) + "\n")


if __name__ == "__main__":
    main()
