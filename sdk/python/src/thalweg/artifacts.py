"""Finds what dbt wrote, and looks at it without reading all of it."""

from __future__ import annotations

import gzip
import json
import os
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, BinaryIO, Callable, Dict, List, Mapping, Optional, Tuple, cast

from .errors import ArtifactError

# dbt writes metadata first and args last; neither is longer than this.
EDGE = 128 * 1024

SINGLE = ("manifest", "catalog", "sources", "semantic_manifest")

# Commands whose run results say success of every node although nothing ran.
RUN_NOTHING = frozenset({"generate", "compile", "docs", "list", "ls", "parse", "show"})


@dataclass
class Artifact:
    """One file. written: when it was last written to. metadata and args: what dbt says in it, {} if not found."""

    name: str
    path: Path
    written: datetime
    metadata: Dict[str, Any] = field(default_factory=dict)
    args: Dict[str, Any] = field(default_factory=dict)

    @property
    def command(self) -> Optional[str]:
        """Returns the dbt command that wrote run results, such as build; None where the file does not say."""
        which = self.args.get("which") or self.args.get("rpc_method")
        return str(which) if which else None

    @property
    def ran_nothing(self) -> bool:
        return self.command in RUN_NOTHING


@dataclass
class Artifacts:
    """What a target folder has."""

    folder: Path
    manifest: Artifact
    catalog: Optional[Artifact] = None
    run_results: List[Artifact] = field(default_factory=list)
    sources: Optional[Artifact] = None
    semantic_manifest: Optional[Artifact] = None

    def all(self) -> List[Artifact]:
        single = [self.manifest, self.catalog, self.sources, self.semantic_manifest]
        return [a for a in single if a] + self.run_results

    def files(self) -> Dict[str, Any]:
        """Returns the arguments of create_import."""
        return {
            "manifest": self.manifest.path,
            "catalog": self.catalog and self.catalog.path,
            "run_results": [a.path for a in self.run_results],
            "sources": self.sources and self.sources.path,
            "semantic_manifest": self.semantic_manifest and self.semantic_manifest.path,
        }


def target_of(project: Path, environ: Mapping[str, str]) -> Path:
    """Returns the folder that dbt writes to: DBT_TARGET_PATH, target-path of dbt_project.yml, else target."""
    if given := environ.get("DBT_TARGET_PATH"):
        return project / given
    try:
        text = (project / "dbt_project.yml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return project / "target"
    line = re.search(r"""^target-path:\s*["']?([^"'#\n{}]+?)["']?\s*(?:#.*)?$""", text, re.MULTILINE)
    return project / (line[1] if line else "target")


Fresh = Callable[[Path], bool]


def find(folder: Path, *, fresh: Optional[Fresh] = None) -> Artifacts:
    """Returns the artifacts of a folder. Raises ArtifactError if there is nothing to send.

    fresh: reports whether a file is of this run; the others are left out, except the manifest, to which they belong.
    """
    if not folder.is_dir():
        raise ArtifactError(f"there is no folder {folder}; run dbt first, or name the folder with --target")
    keep = [p for p in candidates(folder) if fresh is None or fresh(p)]
    manifest = newest(folder, "manifest")
    if manifest is None:
        raise ArtifactError(f"{folder} has no manifest.json; dbt build writes one")
    if not keep:
        when = datetime.fromtimestamp(manifest.stat().st_mtime, timezone.utc)
        raise ArtifactError(f"{folder} is stale: its manifest is of {when:%Y-%m-%d %H:%M:%SZ}, and nothing is newer")

    def one(name: str) -> Optional[Artifact]:
        path = newest(folder, name)
        return look(name, path) if path and path in keep else None

    results = [look("run_results", p) for p in result_files(folder) if p in keep]
    return Artifacts(
        folder, look("manifest", manifest), one("catalog"), results, one("sources"), one("semantic_manifest")
    )


def newer_than(seconds: float) -> Fresh:
    """Returns what reports whether a file was written since then, in seconds since the epoch."""
    return lambda path: path.stat().st_mtime >= seconds


def changed_since_now(folder: Path) -> Fresh:
    """Returns what reports whether a file was written after this call, whatever the clock of its disk."""

    def state(path: Path) -> Tuple[int, int, int]:
        info = path.stat()
        return info.st_mtime_ns, info.st_size, info.st_ino

    before = {path: state(path) for path in candidates(folder)}
    return lambda path: before.get(path) != state(path)


def candidates(folder: Path) -> List[Path]:
    """Returns every file of a folder that could be sent."""
    single = [newest(folder, name) for name in SINGLE]
    return [p for p in single if p] + result_files(folder)


def newest(folder: Path, name: str) -> Optional[Path]:
    """Returns an artifact's file, plain or packed, whichever was written last."""
    there = [p for p in (folder / f"{name}.json", folder / f"{name}.json.gz") if p.is_file()]
    return max(there, key=lambda p: p.stat().st_mtime) if there else None


def result_files(folder: Path) -> List[Path]:
    """Returns run_results.json and further ones beside it, such as run_results_build.json, oldest first."""
    files = [p for p in folder.glob("run_results*.json*") if p.name.endswith((".json", ".json.gz")) and p.is_file()]
    return sorted(files, key=lambda p: (p.stat().st_mtime, p.name))


def look(name: str, path: Path) -> Artifact:
    """Reads both ends of a file. Raises ArtifactError for one that is empty, cut off or not JSON."""
    try:
        written = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
        with path.open("rb") as f:
            head, tail = gzip_edges(path) if path.suffix == ".gz" else edges(f)
    except (OSError, EOFError) as e:
        raise ArtifactError(f"{path} cannot be read: {getattr(e, 'strerror', None) or e}") from None
    if not head.strip():
        raise ArtifactError(f"{path} is empty; was dbt stopped while it wrote?")
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        raise ArtifactError(f"{path} is not JSON; dbt's artifacts begin with a brace")
    if not tail.rstrip().endswith(b"}"):
        raise ArtifactError(f"{path} is cut off; was dbt stopped while it wrote, or is it still running?")
    return Artifact(name, path, written, value_after(head, b'"metadata"'), value_after(tail, b'"args"', last=True))


def edges(f: BinaryIO) -> tuple[bytes, bytes]:
    head = f.read(EDGE)
    f.seek(max(0, f.seek(0, os.SEEK_END) - EDGE))
    return head, f.read(EDGE)


def gzip_edges(path: Path) -> tuple[bytes, bytes]:
    with gzip.open(path) as unpacked:
        stream = cast("BinaryIO", unpacked)
        head = tail = stream.read(EDGE)
        while block := stream.read(EDGE):
            tail = (tail + block)[-EDGE:]
        return head, tail


def value_after(text: bytes, name: bytes, *, last: bool = False) -> Dict[str, Any]:
    """Returns the object behind a name in a piece of JSON; {} if it is not whole."""
    at = text.rfind(name) if last else text.find(name)
    brace = text.find(b"{", at)
    if at < 0 or brace < 0:
        return {}
    try:
        value, _ = json.JSONDecoder().raw_decode(text[brace:].decode("utf-8", "replace"))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
