"""Lists, page by page."""

from __future__ import annotations

import urllib.parse
from typing import Any, AsyncIterator, Awaitable, Callable, Dict, Generic, Iterator, Optional, TypeVar

from .errors import UnexpectedReply

T = TypeVar("T")


def cursor_of(page: Dict[str, Any], before: Optional[str]) -> Optional[str]:
    """Returns the cursor of the page after this one, None at the end."""
    link = (page.get("links") or {}).get("next")
    if not link:
        return None
    cursor = urllib.parse.parse_qs(urllib.parse.urlsplit(str(link)).query)["cursor"][0]
    if cursor == before:
        raise UnexpectedReply("the server's next page is the one that was just read", 200)
    return cursor


class Pages(Generic[T]):
    """The elements of a list, read page by page while one goes through them."""

    def __init__(self, fetch: Callable[[Optional[str]], Dict[str, Any]]) -> None:
        self._fetch = fetch

    def pages(self) -> Iterator[Dict[str, Any]]:
        """Yields each page as the server sent it, with its `meta`."""
        cursor: Optional[str] = None
        while True:
            page = self._fetch(cursor)
            yield page
            cursor = cursor_of(page, cursor)
            if cursor is None:
                return

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page["data"] or []

    def first(self) -> Dict[str, Any]:
        """Returns the first page; its meta has the total."""
        return self._fetch(None)


class AsyncPages(Generic[T]):
    """The elements of a list, read page by page while one goes through them with `async for`."""

    def __init__(self, fetch: Callable[[Optional[str]], Awaitable[Dict[str, Any]]]) -> None:
        self._fetch = fetch

    async def pages(self) -> AsyncIterator[Dict[str, Any]]:
        """Yields each page as the server sent it, with its `meta`."""
        cursor: Optional[str] = None
        while True:
            page = await self._fetch(cursor)
            yield page
            cursor = cursor_of(page, cursor)
            if cursor is None:
                return

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for element in page["data"] or []:
                yield element

    async def first(self) -> Dict[str, Any]:
        """Returns the first page; its meta has the total."""
        return await self._fetch(None)
