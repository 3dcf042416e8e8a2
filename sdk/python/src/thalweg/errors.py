"""What can go wrong. Everything this package raises on purpose is a ThalwegError."""

from __future__ import annotations

import json
from typing import Dict, List, Optional, Type

import httpx


class ThalwegError(Exception):
    """The base of all errors of this package."""


class ServerUnreachable(ThalwegError):
    """No reply: the server is away, its name is unknown, or it was too slow."""


class UnexpectedReply(ThalwegError):
    """A reply that this API does not give, such as a proxy's page."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class ArtifactError(ThalwegError):
    """A file cannot be sent: missing, empty, cut off, or changed while it was read."""


class ImportFailed(ThalwegError):
    """An import ended as failed. The text is the server's error_message."""

    def __init__(self, message: str, import_id: str) -> None:
        super().__init__(message)
        self.import_id = import_id


class WaitTimeout(ThalwegError):
    """An import had not ended in the time given. It goes on."""

    def __init__(self, import_id: str, status: str, seconds: float) -> None:
        super().__init__(f"import {import_id} is still {status} after {seconds:g} s; it goes on")
        self.import_id = import_id
        self.status = status


class ApiError(ThalwegError):
    """The server refused a request with a problem document (RFC 9457).

    status: the HTTP status. code: the stable name of the problem, such as "unknown-schema". detail: a sentence.
    request_id: what the server's log has of it. errors: {"field", "detail"} of each wrong field.
    required_scope: what the key lacks, with 403. retry_after: seconds, where the server names them.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        title: str = "",
        request_id: str = "",
        errors: Optional[List[Dict[str, str]]] = None,
        required_scope: Optional[str] = None,
        retry_after: Optional[float] = None,
    ) -> None:
        super().__init__(detail or title)
        self.status = status
        self.code = code
        self.detail = detail
        self.title = title
        self.request_id = request_id
        self.errors = errors or []
        self.required_scope = required_scope
        self.retry_after = retry_after

    def __str__(self) -> str:
        fields = "; ".join(f"{e.get('field')}: {e.get('detail')}" for e in self.errors)
        text = self.detail or self.title
        if fields and fields not in text:
            text += f" ({fields})"
        return f"{text} [{self.status} {self.code}, request {self.request_id}]"


class Unauthorized(ApiError):
    """401: no key, a wrong one, or one that has expired (code "expired-credentials")."""


class Forbidden(ApiError):
    """403: the key lacks a scope (required_scope) or may not do this."""


class NotFound(ApiError):
    """404: what was named does not exist, or the key does not see it."""


class Conflict(ApiError):
    """409 or 412: the state is not what the request takes for granted."""


class TooLarge(ApiError):
    """413: a file or the request exceeds a limit of the server."""


class Invalid(ApiError):
    """400, 415 or 422: a parameter, a field or a part is wrong."""


class TooManyRequests(ApiError):
    """429: more requests than the server allows. retry_after has the seconds to wait."""


class ServerError(ApiError):
    """500 and above: not the fault of the request."""


_BY_STATUS: Dict[int, Type[ApiError]] = {
    400: Invalid,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: Conflict,
    413: TooLarge,
    415: Invalid,
    422: Invalid,
    429: TooManyRequests,
}


def retry_after(response: httpx.Response) -> Optional[float]:
    """Returns the seconds of Retry-After, None without the header or with a date in it."""
    try:
        return max(0.0, float(response.headers["Retry-After"]))
    except (KeyError, ValueError):
        return None


def error_of(response: httpx.Response) -> ThalwegError:
    """Returns the error of a reply that is not 2xx and whose body has been read."""
    status = response.status_code
    try:
        problem = json.loads(response.content)
    except ValueError:
        problem = None
    if response.is_redirect:
        where = response.headers.get("Location", "elsewhere")
        return UnexpectedReply(f"{response.request.url.host} redirects to {where}; give that address", status)
    if not isinstance(problem, dict) or "detail" not in problem:
        if status in (429, 502, 503, 504):  # what a proxy says for a server
            return _BY_STATUS.get(status, ServerError)(
                status,
                "no-problem-document",
                f"The server's proxy replied {status} {response.reason_phrase}.",
                retry_after=retry_after(response),
            )
        return UnexpectedReply(
            f"{response.request.url.host} replied {status} {response.reason_phrase} without a problem document: "
            "is this the address of a Thalweg server?",
            status,
        )
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else ApiError)
    return kind(
        status,
        str(problem.get("code", "")),
        str(problem["detail"]),
        title=str(problem.get("title", "")),
        request_id=str(problem.get("request_id", "")),
        errors=problem.get("errors") or [],
        required_scope=problem.get("required_scope"),
        retry_after=retry_after(response),
    )
