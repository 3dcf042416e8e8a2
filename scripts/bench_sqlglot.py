#!/usr/bin/env python3
"""Times sqlglot over a file of lineage cases, for comparison with our own engine.

Usage: bench_sqlglot.py CASES.jsonl [EVERY]

Each case is parsed in its dialect and the lineage of all its columns is made with its
schema, as `go test ./internal/sql/resolve -bench ParseAndResolve` does over the same file;
EVERY takes each n-th case only. Printed: processor seconds of this process, and per case
and megabyte. Needs sqlglot: pip install "sqlglot==30.17.0".
"""

import json
import sys
import time

import sqlglot
from sqlglot import lineage


def schema_of(case):
    """The schema as sqlglot wants it: nested by the dots of the table's name."""
    nested = {}
    for table, columns in case["schema"].items():
        level = nested
        for part in table.replace('"', "").replace("`", "").split("."):
            level = level.setdefault(part, {})
        level.update({name: kind or "text" for name, kind in columns.items()})
    return nested


def dialect_of(case):
    name = case.get("original_dialect") or case["dialect"]
    return None if name == "ansi" else name


def main():
    every = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with open(sys.argv[1], encoding="utf-8") as f:
        cases = [json.loads(line) for i, line in enumerate(f) if i % every == 0]
    size = sum(len(c["sql"].encode()) for c in cases)
    failed = parsed = traced = 0
    for c in cases:
        start = time.process_time()
        try:
            sqlglot.parse(c["sql"], dialect=dialect_of(c))
        except Exception:  # what it cannot read costs time as well
            failed += 1
        parsed += time.process_time() - start
        start = time.process_time()
        try:
            lineage.lineage(None, c["sql"], schema=schema_of(c), dialect=dialect_of(c))
        except Exception:
            failed += 1
        traced += time.process_time() - start
    mb = size / 1e6
    print(f"sqlglot {sqlglot.__version__}: {len(cases)} texts, {mb:.2f} MB, {failed} failures")
    print(f"parse            {parsed:8.2f} s CPU  {mb / parsed:8.3f} MB/s  {1000 * parsed / len(cases):8.2f} ms a text")
    print(f"parse + lineage  {traced:8.2f} s CPU  {mb / traced:8.3f} MB/s  {1000 * traced / len(cases):8.2f} ms a text")


if __name__ == "__main__":
    main()
