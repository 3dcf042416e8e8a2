"""What the synchronous and the asynchronous client share: addresses, replies, and when to try again."""

from __future__ import annotations

import json
import random
import urllib.parse
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Dict, Mapping, Optional

import httpx

from .errors import ServerUnreachable, UnexpectedReply, error_of, retry_after
from .version import __version__

IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
BUSY = frozenset({429, 502, 503, 504})


@dataclass(frozen=True)
class Retry:
    """How often and how long a request is tried.

    attempts: requests in all; 1 tries once. first: seconds before the second, doubled for each further one, up to
    longest, with chance in it so that many clients do not come back at once. A longer Retry-After of the server is
    followed up to `patience` seconds; beyond it the error is raised. Requests that are not idempotent are only
    repeated if the server cannot have seen them, or refused them (429), or if they have an Idempotency-Key.
    """

    attempts: int = 4
    first: float = 0.5
    longest: float = 8.0
    patience: float = 60.0

    def pause(self, attempt: int, asked: Optional[float]) -> Optional[float]:
        """Returns the seconds before the next try after this one (1, 2 …); None to give up."""
        if attempt >= self.attempts:
            return None
        if asked is not None and asked > self.patience:
            return None
        grown = min(self.longest, self.first * 2.0 ** (attempt - 1))
        return max(asked or 0.0, grown * random.uniform(0.5, 1.0))  # noqa: S311


class Document(Dict[str, Any]):
    """A JSON object of a reply, with the ETag that came with it."""

    etag: Optional[str] = None


def etag_of(document: Mapping[str, Any]) -> Optional[str]:
    """Returns the ETag of a document that a client returned: what If-Match takes."""
    return getattr(document, "etag", None)


def quoted(segment: str) -> str:
    """Returns a segment of a path, such as a unique_id or the name of a column, with what it must not have escaped."""
    if segment in ("", ".", ".."):
        raise ValueError(f"{segment!r} cannot be an id")
    return urllib.parse.quote(segment, safe="")


def query_of(values: Optional[Mapping[str, Any]]) -> Dict[str, str]:
    """Returns the parameters that are set, as the server reads them."""
    found: Dict[str, str] = {}
    for name, value in (values or {}).items():
        if value is None:
            continue
        if isinstance(value, bool):
            found[name] = "true" if value else "false"
        elif isinstance(value, datetime):
            found[name] = value.isoformat()
        elif isinstance(value, (list, tuple)):
            found[name] = ",".join(str(v) for v in value)
        else:
            found[name] = str(value)
    return found


def base_url(server: str) -> str:
    """Returns a server's address without its last slash. Raises ValueError for anything else."""
    parts = urllib.parse.urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{server!r} is not the address of a server, such as https://catalog.example.com")
    if parts.username or parts.password:
        raise ValueError("the address of the server must not have a user or password in it")
    return server.rstrip("/")


def headers_of(key: Optional[str]) -> Dict[str, str]:
    """Returns the headers of every request. Raises ValueError for a key that cannot be one."""
    headers = {"User-Agent": f"thalweg-python/{__version__}", "Accept": "application/json"}
    if key is not None:
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise ValueError("the key has characters that no key has, such as a line break; is it the whole key?")
        headers["Authorization"] = f"Bearer {key}"
    return headers


def may_repeat(method: str, headers: Mapping[str, str]) -> bool:
    return method in IDEMPOTENT or "Idempotency-Key" in headers


def pause_after_reply(retry: Retry, attempt: int, response: httpx.Response, repeatable: bool) -> Optional[float]:
    """Returns the seconds to wait before a request is repeated; None if its reply is the last word."""
    if response.status_code not in BUSY or not (repeatable or response.status_code == 429):
        return None
    return retry.pause(attempt, retry_after(response))


def pause_after_error(retry: Retry, attempt: int, error: httpx.TransportError, repeatable: bool) -> Optional[float]:
    never_sent = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.ProxyError)) or not (repeatable or never_sent):
        return None
    return retry.pause(attempt, None)


def unreachable(error: httpx.TransportError, server: str) -> ServerUnreachable:
    """Returns the error of a request without a reply. Its text has no header in it."""
    host = urllib.parse.urlsplit(server).netloc
    if isinstance(error, httpx.ConnectTimeout):
        return ServerUnreachable(f"{host} does not answer: no connection in time")
    if isinstance(error, httpx.TimeoutException):
        return ServerUnreachable(f"{host} was too slow: no reply in time")
    if isinstance(error, httpx.ConnectError):
        return ServerUnreachable(f"{host} cannot be reached: {error}")
    return ServerUnreachable(f"the connection to {host} broke: {error or type(error).__name__}")


def document_of(response: httpx.Response) -> Any:
    """Returns the JSON of a reply that has been read; None if it has no body. Raises what the reply says."""
    if not response.is_success:
        raise error_of(response)
    if response.status_code == 204 or not response.content:
        return None
    try:
        value = json.loads(response.content)
    except ValueError:
        raise UnexpectedReply(
            f"{response.request.url.host} replied {response.status_code} with what is not JSON: "
            "is this the address of a Thalweg server?",
            response.status_code,
        ) from None
    if isinstance(value, dict):
        value = Document(value)
        value.etag = response.headers.get("ETag")
    return value
