"""Multipart bodies that are read and compressed while they are sent, in memory that does not grow with the files."""

from __future__ import annotations

import asyncio
import os
import secrets
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import AsyncIterator, Callable, Dict, Iterator, List, Optional, Union

from .errors import ArtifactError

BLOCK = 256 * 1024
GZIP = 31  # zlib's name for the format

PathLike = Union[str, "os.PathLike[str]"]
Progress = Callable[[int, int], None]


@dataclass
class Part:
    """A file of a form."""

    name: str
    path: Path
    size: int = field(init=False)
    changed: int = field(init=False)

    def __post_init__(self) -> None:
        try:
            info = self.path.stat()
            if not self.path.is_file():
                raise ArtifactError(f"{self.path} is not a file")
        except OSError as e:
            raise ArtifactError(f"{self.path} cannot be read: {e.strerror or e}") from None
        self.size, self.changed = info.st_size, info.st_mtime_ns
        if self.size == 0:
            raise ArtifactError(f"{self.path} is empty")

    @property
    def packed(self) -> bool:
        return self.path.suffix == ".gz"

    @property
    def filename(self) -> str:
        """Returns what the server is told: never the path, which may say where this runs."""
        return self.name + ".json.gz"

    def blocks(self) -> Iterator[bytes]:
        """Yields the file. Raises ArtifactError if it is written to meanwhile."""
        try:
            with self.path.open("rb") as f:
                read = 0
                # Not beyond its size: what is appended as fast as it is read would never end.
                while read <= self.size and (block := f.read(BLOCK)):
                    read += len(block)
                    yield block
                info = os.fstat(f.fileno())
        except OSError as e:
            raise ArtifactError(f"{self.path} cannot be read: {e.strerror or e}") from None
        if (info.st_size, info.st_mtime_ns) != (self.size, self.changed):
            raise ArtifactError(f"{self.path} was written to while it was sent; is dbt still running?")


class Form:
    """A multipart body: fields first, then files. Iterating again sends the same bytes."""

    def __init__(self, fields: Dict[str, str], parts: List[Part], progress: Optional[Progress] = None) -> None:
        self.fields = fields
        self.parts = parts
        self.progress = progress
        self.boundary = "thalweg-" + secrets.token_hex(16)
        self.total = sum(p.size for p in parts)

    @property
    def content_type(self) -> str:
        return f"multipart/form-data; boundary={self.boundary}"

    def __iter__(self) -> Iterator[bytes]:
        done = 0
        for name, value in self.fields.items():
            yield self._head(f'name="{name}"') + value.encode() + b"\r\n"
        for part in self.parts:
            yield self._head(f'name="{part.name}"; filename="{part.filename}"', "application/gzip")
            press = None if part.packed else zlib.compressobj(1, zlib.DEFLATED, GZIP)
            for block in part.blocks():
                done += len(block)
                if self.progress:
                    self.progress(done, self.total)
                if press is None:
                    yield block
                elif pressed := press.compress(block):
                    yield pressed
            if press is not None:
                yield press.flush()
            yield b"\r\n"
        yield f"--{self.boundary}--\r\n".encode()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        blocks = iter(self)
        while (block := await asyncio.to_thread(next, blocks, None)) is not None:
            yield block

    def _head(self, disposition: str, media: str = "") -> bytes:
        kind = f"Content-Type: {media}\r\n" if media else ""
        return f"--{self.boundary}\r\nContent-Disposition: form-data; {disposition}\r\n{kind}\r\n".encode()


def parts_of(**files: Union[None, PathLike, List[PathLike]]) -> List[Part]:
    """Returns the parts of the files that are given; a list becomes several parts of one name."""
    parts: List[Part] = []
    for name, given in files.items():
        if given is None:
            continue
        parts += [Part(name, Path(path)) for path in (given if isinstance(given, list) else [given])]
    return parts
