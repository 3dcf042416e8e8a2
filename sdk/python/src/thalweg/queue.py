"""What could not be sent, on disk until it can be.

Each entry is a folder with copies of the artifacts and entry.json. Keys are not in it. An entry is sent under the
idempotency key that it got when it was made, by one process at a time, and removed once the server has it: it becomes
one import, also if the reply to its first sending was lost.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional

from .artifacts import Artifacts
from .client import Client
from .errors import ApiError, ArtifactError, Conflict, Invalid, NotFound, ThalwegError, TooLarge

# Older entries give way to newer ones beyond this.
MOST_ENTRIES = 200
MOST_BYTES = 4 << 30


def queue_folder(environ: Mapping[str, str]) -> Optional[Path]:
    """Returns where the queue is; None if it is switched off by THALWEG_QUEUE=off."""
    if given := environ.get("THALWEG_QUEUE"):
        return None if given == "off" else Path(given)
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA", "~")).expanduser() / "thalweg" / "queue"
    return Path(environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser() / "thalweg" / "queue"


@dataclass
class Entry:
    """One import that waits."""

    folder: Path
    server: str
    schema: str
    idempotency_key: str
    force: bool
    files: Dict[str, Any]

    @property
    def size(self) -> int:
        return sum(p.stat().st_size for p in self.folder.iterdir())


@dataclass
class Flushed:
    """The result of sending the queue. left: entries that still wait. refused: what the server said to others."""

    sent: List[str]
    refused: List[str]
    left: int = 0


class Queue:
    """The entries in a folder, oldest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, artifacts: Artifacts, server: str, schema: str, idempotency_key: str, *, force: bool = False) -> int:
        """Copies artifacts, and returns how many older entries had to give way."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
        making = self.folder / f".{name}"
        making.mkdir(mode=0o700)
        try:
            files: Dict[str, List[str]] = {}
            for number, artifact in enumerate(artifacts.all()):
                copy = f"{number}-{artifact.path.name}"
                shutil.copyfile(artifact.path, making / copy)
                files.setdefault(artifact.name, []).append(copy)
            entry = {
                "server": server,
                "schema": schema,
                "idempotency_key": idempotency_key,
                "force": force,
                "files": files,
            }
            (making / "entry.json").write_text(json.dumps(entry, indent=2), encoding="utf-8")
            # From here on it is an entry; before, nobody sees it.
            making.rename(self.folder / name)
        except OSError:
            shutil.rmtree(making, ignore_errors=True)
            raise
        return self._limit()

    def _limit(self) -> int:
        entries, dropped = self.entries(), 0
        total = sum(e.size for e in entries)
        while len(entries) > 1 and (len(entries) > MOST_ENTRIES or total > MOST_BYTES):
            oldest = entries.pop(0)
            total -= oldest.size
            shutil.rmtree(oldest.folder, ignore_errors=True)
            dropped += 1
        return dropped

    def entries(self) -> List[Entry]:
        found = []
        folders = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        for folder in folders:
            if folder.name.startswith(".") or folder.name in ("lock", "refused"):
                continue
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                read = json.loads((folder / "entry.json").read_text(encoding="utf-8"))
                files = {n: [folder / f for f in names] for n, names in read["files"].items()}
                found.append(
                    Entry(folder, read["server"], read["schema"], read["idempotency_key"], bool(read["force"]), files)
                )
        return found

    def flush(self, client: Client) -> Flushed:
        """Sends what waits for the client's server. Raises what stops it, such as ServerUnreachable.

        What the server refuses for good is kept aside in `refused`, with its reason.
        """
        done = Flushed([], [])
        if not self.folder.is_dir():
            return done
        with self._lock() as locked:
            mine = [e for e in self.entries() if e.server.rstrip("/") == client.server]
            if not locked:
                done.left = len(mine)
                return done
            for entry in mine:
                self._send(entry, client, done)
        return done

    def _send(self, entry: Entry, client: Client, done: Flushed) -> None:
        files = {n: paths if n == "run_results" else paths[0] for n, paths in entry.files.items()}
        try:
            document = client.create_import(
                entry.schema, force=entry.force, idempotency_key=entry.idempotency_key, **files
            )
        except (Invalid, TooLarge, Conflict, NotFound, ArtifactError) as e:
            self._put_aside(entry, e)
            done.refused.append(str(e))
        else:
            shutil.rmtree(entry.folder)
            done.sent.append(document["data"]["id"])

    def _put_aside(self, entry: Entry, error: ThalwegError) -> None:
        aside = self.folder / "refused"
        aside.mkdir(exist_ok=True, mode=0o700)
        code = error.code if isinstance(error, ApiError) else ""
        (entry.folder / "refused.json").write_text(json.dumps({"code": code, "detail": str(error)}), encoding="utf-8")
        entry.folder.rename(aside / entry.folder.name)

    @contextlib.contextmanager
    def _lock(self) -> Iterator[bool]:
        """Holds the queue, or yields False if another process does."""
        descriptor = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            yield lock(descriptor)
        finally:
            os.close(descriptor)  # which ends the lock


if sys.platform == "win32":
    import msvcrt

    def lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
