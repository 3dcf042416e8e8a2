"""Client of Thalweg, the data catalog for dbt.

from thalweg import Client

with Client("https://catalog.example.com", key) as client:
    imported = client.create_import("SCH-101", "target/manifest.json", catalog="target/catalog.json")
    client.wait_for_import(imported["data"]["id"])
"""

from .aio import AsyncClient
from .client import Client
from .errors import (
    ApiError,
    ArtifactError,
    Conflict,
    Forbidden,
    ImportFailed,
    Invalid,
    NotFound,
    ServerError,
    ServerUnreachable,
    ThalwegError,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    UnexpectedReply,
    WaitTimeout,
)
from .events import Event
from .pages import AsyncPages, Pages
from .request import Retry, etag_of
from .version import __version__

__all__ = [
    "ApiError",
    "ArtifactError",
    "AsyncClient",
    "AsyncPages",
    "Client",
    "Conflict",
    "Event",
    "Forbidden",
    "ImportFailed",
    "Invalid",
    "NotFound",
    "Pages",
    "Retry",
    "ServerError",
    "ServerUnreachable",
    "ThalwegError",
    "TooLarge",
    "TooManyRequests",
    "Unauthorized",
    "UnexpectedReply",
    "WaitTimeout",
    "__version__",
    "etag_of",
]
