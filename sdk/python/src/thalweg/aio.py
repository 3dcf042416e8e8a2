"""The asynchronous client: the same methods as the synchronous one, as coroutines."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from typing import Any, AsyncIterator, Awaitable, Callable, Dict, List, Mapping, Optional, Union, cast

import httpx

from . import models as m
from ._operations import AsyncOperations
from .errors import ArtifactError, ImportFailed, WaitTimeout, error_of
from .events import Event, EventReader
from .pages import AsyncPages
from .request import (
    Document,
    Retry,
    base_url,
    document_of,
    headers_of,
    may_repeat,
    pause_after_error,
    pause_after_reply,
    query_of,
    quoted,
    unreachable,
)
from .upload import BLOCK, Form, PathLike, Progress, parts_of

__all__ = ["AsyncClient"]

IMPORTS = "/api/v1/dbt_imports"


class AsyncClient(AsyncOperations):
    """A server and a key.

    server: its address, such as https://catalog.example.com. key: an API key; None for a server that wants none, such
    as the demo. timeout: seconds without any progress of a connection, or an httpx.Timeout. retry: see Retry. verify:
    False or an ssl.SSLContext for a server with a certificate of its own.

    Methods return what the server sent as dictionaries with types (thalweg.models); `etag_of` has the ETag of each.
    They raise ApiError for what the server refuses and ServerUnreachable if there is no reply.

    >>> async with AsyncClient("http://127.0.0.1:8080") as client:  # doctest: +SKIP
    ...     async for asset in client.list_assets(schema_id="SCH-101", kind="model"):
    ...         print(asset["id"], asset["attributes"]["name"])
    """

    def __init__(
        self,
        server: str,
        key: Optional[str] = None,
        *,
        timeout: Union[float, httpx.Timeout] = 60.0,
        retry: Optional[Retry] = None,
        verify: Any = True,
    ) -> None:
        self.server = base_url(server)
        self._retry = retry or Retry()
        self._sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
        self._http = httpx.AsyncClient(base_url=self.server, headers=headers_of(key), timeout=timeout, verify=verify)

    def __repr__(self) -> str:
        return f"AsyncClient({self.server!r})"

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    # -- imports -----------------------------------------------------------------------------------------------------

    async def create_import(
        self,
        schema_id: str,
        manifest: PathLike,
        *,
        catalog: Optional[PathLike] = None,
        run_results: Union[None, PathLike, List[PathLike]] = None,
        sources: Optional[PathLike] = None,
        semantic_manifest: Optional[PathLike] = None,
        force: bool = False,
        idempotency_key: Optional[str] = None,
        progress: Optional[Progress] = None,
    ) -> m.ImportDocument:
        """Sends dbt artifacts and returns the import, which is pending.

        Files are read and compressed while they are sent; those that end in .gz are sent as they are. The request is
        repeated after a broken connection under one idempotency key (its own unless one is given), so that it makes
        one import however often it is sent. progress gets the bytes that were read and their total.

        Scope: write:dbt_imports. Raises ArtifactError for a file that is missing, empty or written to meanwhile,
        Invalid for an unknown schema, TooLarge for a file beyond the server's limits.
        """
        form = Form(
            {"schema_id": schema_id, **({"force": "true"} if force else {})},
            parts_of(
                manifest=manifest,
                catalog=catalog,
                run_results=run_results,
                sources=sources,
                semantic_manifest=semantic_manifest,
            ),
            progress,
        )
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        return cast("m.ImportDocument", await self._upload(IMPORTS, form, headers))

    async def wait_for_import(
        self,
        import_id: str,
        *,
        timeout: float = 600.0,
        progress: Optional[Callable[[m.Report], None]] = None,
    ) -> m.ImportDocument:
        """Returns an import once it has completed; progress gets its report whenever it was read.

        Scope: read:dbt_imports. Raises ImportFailed with the server's error_message, WaitTimeout after timeout seconds.
        """
        deadline = time.monotonic() + timeout
        pause = 0.1
        while True:
            report = (await self.get_import_report(import_id))["data"]["attributes"]
            if progress:
                progress(report)
            if report["status"] == "failed":
                raise ImportFailed(report["error_message"] or "the import failed", import_id)
            if report["status"] == "completed":
                return await self.get_import(import_id)
            if time.monotonic() + pause > deadline:
                raise WaitTimeout(import_id, report["status"], timeout)
            await self._sleep(pause)
            pause = min(2.0, pause * 1.5)

    def get_import_events(self, import_id: str, *, last_event_id: Optional[str] = None) -> AsyncIterator[Event]:
        """Yields the server-sent events of an import: `progress` with its report, `end` with the last one.

        The server ends the stream after some minutes; last_event_id continues it. Scope: read:dbt_imports.
        """
        return self._events(f"{IMPORTS}/{quoted(import_id)}/events", last_event_id)

    async def _events(self, path: str, last_event_id: Optional[str]) -> AsyncIterator[Event]:
        headers = {"Accept": "text/event-stream"}
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        response = await self._open("GET", path, headers=headers)
        try:
            reader = EventReader()
            async for line in response.aiter_lines():
                if event := reader.read(line):
                    yield event
        except httpx.TransportError as e:
            raise unreachable(e, self.server) from None
        finally:
            await response.aclose()

    def get_import_artifact(self, import_id: str, sha256: str) -> AsyncIterator[bytes]:
        """Yields a file of an import, as it was uploaded. Scope: admin:workspace."""
        return self._bytes("GET", f"{IMPORTS}/{quoted(import_id)}/artifacts/{quoted(sha256)}")

    # -- integrations ------------------------------------------------------------------------------------------------

    def get_sync_events(
        self, integration: str, sync: str, *, last_event_id: Optional[str] = None
    ) -> AsyncIterator[Event]:
        """Yields the server-sent events of a sync: `progress` with its state, `end` with the last one.

        The server ends the stream after some minutes; last_event_id continues it. Scope: read:integrations.
        """
        return self._events(f"/api/v1/integrations/{quoted(integration)}/syncs/{quoted(sync)}/events", last_event_id)

    async def upload_integration_manifest(self, integration: str, manifest: PathLike) -> Dict[str, Any]:
        """Sends a manifest to an integration, which starts a sync. Scope: run:syncs."""
        return await self._integration_upload("manifest", integration, manifest_file=manifest)

    async def upload_integration_run_result(self, integration: str, run_results: PathLike) -> Dict[str, Any]:
        """Sends run results to an integration, which starts a sync. Scope: run:syncs."""
        return await self._integration_upload("run_result", integration, run_result_file=run_results)

    async def upload_integration_artifacts(
        self,
        integration: str,
        *,
        manifest: Optional[PathLike] = None,
        run_results: Optional[PathLike] = None,
        catalog: Optional[PathLike] = None,
        sources: Optional[PathLike] = None,
    ) -> Dict[str, Any]:
        """Sends artifacts to an integration without a sync; `trigger_integration` starts it. Scope: run:syncs."""
        parts = parts_of(manifest=manifest, run_results=run_results, catalog=catalog, sources=sources)
        if not parts:
            raise ArtifactError("there is no file to send")
        path = f"/api/v1/integration/dbt/{quoted(integration)}/upload_artifacts"
        return cast("Dict[str, Any]", await self._upload(path, Form({}, parts), {}))

    async def _integration_upload(self, route: str, integration: str, **files: PathLike) -> Dict[str, Any]:
        form = Form({"integration": integration}, parts_of(**files))
        return cast("Dict[str, Any]", await self._upload(f"/api/v1/integration/dbt/{route}", form, {}))

    # -- other bodies than JSON --------------------------------------------------------------------------------------

    async def create_lineage_event(
        self, event: Union[Mapping[str, Any], List[Any]], *, schema_id: Optional[str] = None
    ) -> m.LineageReceipt:
        """Sends an OpenLineage event, or a list of them. Scope: write:lineage."""
        query = {"schema_id": schema_id}
        return cast("m.LineageReceipt", await self._call("POST", "/api/v1/lineage", query=query, body=event))

    def export_schema(
        self,
        schema_id: str,
        *,
        format: str = "jsonl",
        at: Optional[str] = None,
        records: Optional[str] = None,
        removed: Optional[bool] = None,
        code: Optional[bool] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> AsyncIterator[bytes]:
        """Yields one version of a schema as JSON Lines or Parquet, in pieces as they arrive. Scope: read:catalog."""
        query = {"schema_id": schema_id, "format": format, "at": at, "records": records}
        more = {"removed": removed, "code": code, "limit": limit, "cursor": cursor}
        return self._bytes("GET", "/api/v1/export", query={**query, **more})

    # -- requests ----------------------------------------------------------------------------------------------------

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        headers: Optional[Mapping[str, Optional[str]]] = None,
        body: Any = None,
    ) -> Any:
        """Sends a request that no method is for, and returns the JSON of its reply."""
        return await self._call(method, path, query=query, headers=headers, body=body)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        headers: Optional[Mapping[str, Optional[str]]] = None,
        body: Any = None,
    ) -> Any:
        sent = {k: v for k, v in (headers or {}).items() if v is not None}
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        build = self._http.build_request
        response = await self._send(
            lambda: build(method, path, params=query_of(query) or None, headers=sent, content=content),
            may_repeat(method, sent),
        )
        return document_of(response)

    def _pages(
        self,
        path: str,
        *,
        query: Mapping[str, Any],
        headers: Optional[Mapping[str, Optional[str]]] = None,
    ) -> AsyncPages[Any]:
        async def fetch(cursor: Optional[str]) -> Document:
            return cast("Document", await self._call("GET", path, query={**query, "cursor": cursor}, headers=headers))

        return AsyncPages(fetch)

    async def _upload(self, path: str, form: Form, headers: Dict[str, str]) -> Any:
        sent = {"Content-Type": form.content_type, **headers}
        build = self._http.build_request
        response = await self._send(
            lambda: build("POST", path, headers=sent, content=form.__aiter__()), may_repeat("POST", headers)
        )
        return document_of(response)

    async def _bytes(self, method: str, path: str, query: Optional[Mapping[str, Any]] = None) -> AsyncIterator[bytes]:
        response = await self._open(method, path, query=query, headers={"Accept": "*/*"})
        try:
            async for block in response.aiter_bytes(BLOCK):
                yield block
        except httpx.TransportError as e:
            raise unreachable(e, self.server) from None
        finally:
            await response.aclose()

    async def _open(
        self, method: str, path: str, *, query: Optional[Mapping[str, Any]] = None, headers: Dict[str, str]
    ) -> httpx.Response:
        response = await self._send(
            lambda: self._http.build_request(method, path, params=query_of(query) or None, headers=headers),
            may_repeat(method, headers),
            stream=True,
        )
        if not response.is_success:
            await response.aread()
            await response.aclose()
            raise error_of(response)
        return response

    async def _send(
        self, build: Callable[[], httpx.Request], repeatable: bool, *, stream: bool = False
    ) -> httpx.Response:
        attempt = 0
        while True:
            attempt += 1
            try:
                response = await self._http.send(build(), stream=stream)
            except httpx.TransportError as e:
                pause = pause_after_error(self._retry, attempt, e, repeatable)
                if pause is None:
                    raise unreachable(e, self.server) from None
            else:
                pause = pause_after_reply(self._retry, attempt, response, repeatable)
                if pause is None:
                    return response
                await response.aclose()
            await self._sleep(pause)
