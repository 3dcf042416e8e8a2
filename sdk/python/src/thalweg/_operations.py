"""The operations of the API whose bodies and replies are JSON.

Generated from docs/openapi.json by scripts/gen_sdk.py; run `make gen` to write it again.
"""

from __future__ import annotations

from typing import Any, List, Mapping, Optional, cast

from . import models as m
from .pages import AsyncPages, Pages
from .request import quoted


class Operations:
    """One method per operation."""

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        headers: Optional[Mapping[str, Optional[str]]] = None,
        body: Any = None,
    ) -> Any:
        raise NotImplementedError

    def _pages(
        self,
        path: str,
        *,
        query: Mapping[str, Any],
        headers: Optional[Mapping[str, Optional[str]]] = None,
    ) -> Pages[Any]:
        raise NotImplementedError

    def accept_invitation(
        self,
        body: m.Acceptance,
    ) -> m.DocumentSession:
        """Accept an invitation.

        Sets the password of the person who was invited, and signs the person in. Sessions that the person had
        end.
        """
        return cast("m.DocumentSession", self._call("POST", "/api/v1/invitations/accept", body=body))

    def cancel_import(
        self,
        id: str,
    ) -> m.DocumentReport:
        """Cancel an import.

        A pending import ends at once, a running one at its next step; nothing of it is applied. One that has
        ended is a conflict.

        Scope: write:dbt_imports. Route: POST /api/v1/dbt_imports/{id}/cancel.
        """
        return cast("m.DocumentReport", self._call("POST", f"/api/v1/dbt_imports/{quoted(id)}/cancel"))

    def cancel_sync(
        self,
        id: str,
        sync: str,
    ) -> m.DocumentSync:
        """Cancel a sync.

        A pending sync ends at once, a running one soon; imports that it started continue. For one that has
        ended the reply is 409.

        Scope: run:syncs. Route: POST /api/v1/integrations/{id}/syncs/{sync}/cancel.
        """
        return cast("m.DocumentSync", self._call("POST", f"/api/v1/integrations/{quoted(id)}/syncs/{quoted(sync)}/cancel"))

    def confirm_removals(
        self,
        id: str,
        *,
        reason: Optional[str] = None,
    ) -> m.DocumentRemovalsOutcome:
        """Apply pending removals.

        The tables, their edges and tests, and exposures and the like that the last manifest no longer has,
        are removed in one version. The target of the newest manifest that waits is the one that feeds the
        schema from then on; the manifest is applied by a new import, with the catalog that came with it.

        Scope: write:catalog. Route: POST /api/v1/schemas/{id}/removals/confirm.

        reason: Only those with this reason; without it, all
        """
        return cast("m.DocumentRemovalsOutcome", self._call("POST", f"/api/v1/schemas/{quoted(id)}/removals/confirm", query={"reason": reason}))

    def create_integration(
        self,
        body: m.NewIntegration,
    ) -> m.DocumentIntegration:
        """Create an integration.

        Without `schema_id` it feeds the workspace's only schema, else a new one of its name. Without
        credentials one of dbt waits for uploads.

        Scope: write:integrations. Route: POST /api/v1/integrations.
        """
        return cast("m.DocumentIntegration", self._call("POST", "/api/v1/integrations", body=body))

    def create_integration_draft(
        self,
        body: m.DraftInputBody,
    ) -> m.DocumentDraft:
        """Prepare an integration with a role.

        Returns the External ID of the integration to come and the policies of its role. The draft is kept for
        seven days; `POST /integrations` takes its UUID as `draft`.

        Scope: write:integrations. Route: POST /api/v1/integrations/drafts.
        """
        return cast("m.DocumentDraft", self._call("POST", "/api/v1/integrations/drafts", body=body))

    def create_integration_integration(
        self,
        body: m.CreateIntegrationIntegrationBody,
    ) -> m.CreateIntegrationIntegrationReply:
        """Create an integration.

        With empty credentials it has no source and waits for uploads.

        Scope: write:integrations. Route: POST /api/v1/integration/integrations.
        """
        return cast("m.CreateIntegrationIntegrationReply", self._call("POST", "/api/v1/integration/integrations", body=body))

    def create_invitation(
        self,
        body: m.NewInvitation,
    ) -> m.DocumentInvitation:
        """Invite a person.

        Makes a one-time link, valid for 7 days, with which the person sets a password. It adds the person, or
        with `user` lets one who is there set another password. The link is in this reply only: pass it on
        yourself. It replaces earlier ones of the person.

        Scope: admin:workspace. Route: POST /api/v1/invitations.
        """
        return cast("m.DocumentInvitation", self._call("POST", "/api/v1/invitations", body=body))

    def create_key(
        self,
        body: m.NewKey,
    ) -> m.DocumentKey:
        """Create an API key.

        The secret is shown in this reply only. A key that is limited to schemas, networks or a time makes
        keys with at least the same limits: what the request leaves open is taken from it, more is refused
        with 403.

        Scope: admin:workspace. Route: POST /api/v1/keys.
        """
        return cast("m.DocumentKey", self._call("POST", "/api/v1/keys", body=body))

    def create_schema(
        self,
        body: m.NewSchema,
    ) -> m.DocumentSchema:
        """Create a schema.

        The name is unique in the workspace; another schema of that name is a conflict (409).

        Scope: write:catalog. Route: POST /api/v1/schemas.
        """
        return cast("m.DocumentSchema", self._call("POST", "/api/v1/schemas", body=body))

    def create_setup_link(
        self,
    ) -> m.DocumentSetupLink:
        """Make a link of the setup.

        For the first administrator, valid for 24 hours. 409 once somebody can sign in.

        Scope: admin:workspace. Route: POST /api/v1/setup/links.
        """
        return cast("m.DocumentSetupLink", self._call("POST", "/api/v1/setup/links"))

    def create_user(
        self,
        body: m.NewUser,
    ) -> m.DocumentUser:
        """Add a person.

        A person has a role, and keys (`user` of POST /keys) that may do no more than the role. Their changes
        are recorded as the person's.

        Scope: admin:workspace. Route: POST /api/v1/users.
        """
        return cast("m.DocumentUser", self._call("POST", "/api/v1/users", body=body))

    def create_webhook(
        self,
        body: m.NewWebhook,
    ) -> m.DocumentWebhook:
        """Create a webhook.

        Events are sent as POST with the headers of Standard Webhooks: `webhook-id`, `webhook-timestamp` and
        `webhook-signature`, HMAC-SHA256 by the secret. A reply of 2xx within 15 seconds is a receipt; else it
        is sent again, ten times over about three days. The address must be public, or in a network that the
        operator allows.

        Scope: admin:workspace. Route: POST /api/v1/webhooks.
        """
        return cast("m.DocumentWebhook", self._call("POST", "/api/v1/webhooks", body=body))

    def delete_integration(
        self,
        id: str,
        *,
        assets: Optional[str] = None,
        if_match: Optional[str] = None,
    ) -> None:
        """Delete an integration.

        With its credentials and syncs. `assets` decides about what it brought: nothing is deleted, and what
        people wrote stays in either case.

        Scope: write:integrations. Route: DELETE /api/v1/integrations/{id}.

        assets: What becomes of what it brought. keep: it stays as it is; remove: it is flagged as removed,
        unless something else reports it. Required

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        self._call("DELETE", f"/api/v1/integrations/{quoted(id)}", query={"assets": assets}, headers={"If-Match": if_match})

    def delete_integration_integration(
        self,
        id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Delete an integration.

        What it imported is kept.

        Scope: write:integrations. Route: DELETE /api/v1/integration/integrations/{id}.
        """
        self._call("DELETE", f"/api/v1/integration/integrations/{quoted(id)}", headers={"If-Match": if_match})

    def delete_one_session(
        self,
        id: str,
    ) -> None:
        """End a session.

        One of the person's own. It needs a session: keys do not do it.

        Scope: authenticated. Route: DELETE /api/v1/sessions/{id}.
        """
        self._call("DELETE", f"/api/v1/sessions/{quoted(id)}")

    def delete_schema(
        self,
        id: str,
        *,
        confirm: Optional[str] = None,
        if_match: Optional[str] = None,
    ) -> None:
        """Delete a schema.

        The schema and everything in it are hidden at once, its imports are canceled and its name is free. The
        rows are deleted after 30 days.

        Scope: admin:workspace. Route: DELETE /api/v1/schemas/{id}.

        confirm: Name of the schema, to confirm; required

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        self._call("DELETE", f"/api/v1/schemas/{quoted(id)}", query={"confirm": confirm}, headers={"If-Match": if_match})

    def delete_session(
        self,
    ) -> None:
        """Sign out.

        Ends the session of the cookie; without one it does nothing.
        """
        self._call("DELETE", "/api/v1/session")

    def delete_sessions(
        self,
        *,
        keep_current: Optional[bool] = None,
    ) -> None:
        """Sign out everywhere.

        Ends all sessions of the person. It needs a session: keys do not do it.

        Scope: authenticated. Route: DELETE /api/v1/sessions.

        keep_current: Keep the session that makes the request
        """
        self._call("DELETE", "/api/v1/sessions", query={"keep_current": keep_current})

    def delete_webhook(
        self,
        id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Delete a webhook.

        With its deliveries; those that are pending are not sent.

        Scope: admin:workspace. Route: DELETE /api/v1/webhooks/{id}.

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        self._call("DELETE", f"/api/v1/webhooks/{quoted(id)}", headers={"If-Match": if_match})

    def diff_schemas(
        self,
        *,
        base: str,
        head: str,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceAssetDiff]:
        """Compare two versions of a schema, or two schemas.

        Lists the assets that differ. Each has who and what set it in the base and in the head. Assets of two
        schemas are paired by project and unique_id; where tables are, their statistics and who described them
        are not compared, and their compiled code and column lineage by the names that tables have in both. A
        page may be shorter than limit, or empty, where many assets are the same; links.next goes on.

        Scope: read:catalog. Route: GET /api/v1/diff.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        base: A schema at its served version (SCH-101), at a version (SCH-101@12) or at a time
        (SCH-101@2026-01-10T18:00:00Z)

        head: What the base is compared with, named in the same way
        """
        return self._pages("/api/v1/diff", query={"limit": limit, "base": base, "head": head})

    def dismiss_removals(
        self,
        id: str,
        *,
        reason: Optional[str] = None,
    ) -> m.DocumentRemovalsOutcome:
        """Dismiss pending removals.

        What the last manifest no longer has stays, with its edges and tests. Later manifests without it do
        not make its removal pending again, until one contains it or is sent with force. Manifests of another
        target that wait are forgotten.

        Scope: write:catalog. Route: POST /api/v1/schemas/{id}/removals/dismiss.

        reason: Only those with this reason; without it, all
        """
        return cast("m.DocumentRemovalsOutcome", self._call("POST", f"/api/v1/schemas/{quoted(id)}/removals/dismiss", query={"reason": reason}))

    def edit_asset(
        self,
        id: str,
        body: m.AssetPatch,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        if_match: Optional[str] = None,
    ) -> m.EditReplyAsset:
        """Edit an asset.

        Sets description, owners and tags on behalf of the key's owner. Nothing is overwritten: an undo is a
        new edit. With `If-Match` it is refused (412) if the asset has changed since it was read; the reply's
        `ETag` is the next one. The reply has the effective value and the person's own; `meta.warnings` lists
        edits that the schema's policy hides.

        Scope: write:catalog. Route: PATCH /api/v1/assets/{id}.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        return cast("m.EditReplyAsset", self._call("PATCH", f"/api/v1/assets/{quoted(id)}", query={"schema_id": schema_id, "project": project}, headers={"If-Match": if_match}, body=body))

    def edit_column(
        self,
        id: str,
        name: str,
        body: m.ColumnPatch,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        if_match: Optional[str] = None,
    ) -> m.EditReplyColumn:
        """Edit a column.

        As for assets: description and tags of a column. `If-Match` takes the `ETag` of the column; the
        reply's is the next one.

        Scope: write:catalog. Route: PATCH /api/v1/assets/{id}/columns/{name}.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        return cast("m.EditReplyColumn", self._call("PATCH", f"/api/v1/assets/{quoted(id)}/columns/{quoted(name)}", query={"schema_id": schema_id, "project": project}, headers={"If-Match": if_match}, body=body))

    def get_asset(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
    ) -> m.DocumentAsset:
        """Read an asset.

        With its relation, texts and their origins, tags, owners, latest run and numbers of tests, columns and
        neighbours. The id may also be a dbt unique_id or a relation, with schema_id.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then
        """
        return cast("m.DocumentAsset", self._call("GET", f"/api/v1/assets/{quoted(id)}", query={"schema_id": schema_id, "project": project, "at": at}))

    def get_asset_by_relation(
        self,
        *,
        schema_id: str,
        relation: str,
        at: Optional[str] = None,
    ) -> m.DocumentAsset:
        """Find a table by its physical address.

        By the case rules of every adapter in the schema, quoted or not. The database may be omitted if only
        one has such a table; otherwise the reply is 409 with the candidates.

        Scope: read:catalog. Route: GET /api/v1/assets/by-relation.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        relation: A relation such as analytics.orders, quoted or not
        """
        return cast("m.DocumentAsset", self._call("GET", "/api/v1/assets/by-relation", query={"at": at, "schema_id": schema_id, "relation": relation}))

    def get_asset_by_unique_id(
        self,
        *,
        schema_id: str,
        unique_id: str,
        at: Optional[str] = None,
        project: Optional[str] = None,
    ) -> m.DocumentAsset:
        """Find an asset by dbt's unique_id.

        A node keeps its asset through renames. Where nodes of several projects have the unique_id and
        different assets, project is required: until then the reply is 409 with the candidates.

        Scope: read:catalog. Route: GET /api/v1/assets/by-unique-id.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        project: Key, name or id of the project; required if several have the unique_id
        """
        return cast("m.DocumentAsset", self._call("GET", "/api/v1/assets/by-unique-id", query={"at": at, "schema_id": schema_id, "project": project, "unique_id": unique_id}))

    def get_auth(
        self,
    ) -> m.DocumentWaysIn:
        """Read how people sign in.

        What a page offers to somebody who is not signed in.
        """
        return cast("m.DocumentWaysIn", self._call("GET", "/api/v1/auth"))

    def get_code(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        parts: Optional[bool] = None,
    ) -> m.DocumentSQL:
        """Read the SQL of an asset.

        Raw and compiled SQL; of a macro its text. Compiled SQL stays while the raw code is the same, even if
        later artifacts come without it.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/code.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        parts: Include where keywords, functions, names, strings, numbers, comments and Jinja are, by the
        lexer of the SQL dialect; nothing for other languages
        """
        return cast("m.DocumentSQL", self._call("GET", f"/api/v1/assets/{quoted(id)}/code", query={"schema_id": schema_id, "project": project, "at": at, "parts": parts}))

    def get_column(
        self,
        id: str,
        name: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
    ) -> m.DocumentColumn:
        """Read a column.

        Its ETag is what PATCH takes as If-Match. Where the warehouse folds names, any case finds the column.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/columns/{name}.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then
        """
        return cast("m.DocumentColumn", self._call("GET", f"/api/v1/assets/{quoted(id)}/columns/{quoted(name)}", query={"schema_id": schema_id, "project": project, "at": at}))

    def get_column_lineage(
        self,
        id: str,
        name: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        kinds: Optional[str] = None,
        confidence: Optional[str] = None,
        direction: Optional[str] = None,
        depth: Optional[int] = None,
        limit: Optional[int] = None,
        expressions: Optional[bool] = None,
    ) -> m.ColumnLineage:
        """Upstream and downstream of a column, to any depth.

        Columns from which the column derives and those that derive from it, nearest first, with kinds and
        confidence of each edge, and the columns that decide which rows there are.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/columns/{name}/lineage.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        kinds: Edges of at least one of these kinds, separated by commas; value and indirect select all of
        their group; default: all

        confidence: Edges of at least this confidence: schema, single_source, inferred or ambiguous (the
        default)

        depth: Maximum number of steps; unlimited by default

        limit: Maximum number of columns in each direction, nearest first

        expressions: Include the SQL expression of every column
        """
        return cast("m.ColumnLineage", self._call("GET", f"/api/v1/assets/{quoted(id)}/columns/{quoted(name)}/lineage", query={"schema_id": schema_id, "project": project, "at": at, "kinds": kinds, "confidence": confidence, "direction": direction, "depth": depth, "limit": limit, "expressions": expressions}))

    def get_coverage(
        self,
        *,
        schema_id: str,
        at: Optional[str] = None,
    ) -> m.DocumentCoverage:
        """What is documented, tested and matched in a schema.

        Counts of its present tables and their columns; with at, those of an older version.

        Scope: read:catalog. Route: GET /api/v1/coverage.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then
        """
        return cast("m.DocumentCoverage", self._call("GET", "/api/v1/coverage", query={"at": at, "schema_id": schema_id}))

    def get_delivery(
        self,
        id: str,
        delivery: str,
    ) -> m.DocumentDelivery:
        """Read a delivery.

        With what was sent and what was replied.

        Scope: admin:workspace. Route: GET /api/v1/webhooks/{id}/deliveries/{delivery}.
        """
        return cast("m.DocumentDelivery", self._call("GET", f"/api/v1/webhooks/{quoted(id)}/deliveries/{quoted(delivery)}"))

    def get_health(
        self,
        *,
        schema_id: str,
        at: Optional[str] = None,
    ) -> m.DocumentSchemaHealth:
        """How healthy the tables of a schema are.

        The score of a table is 100 · Σ weight · value / Σ weight over the aspects that it has; that of a
        schema or folder is the mean of the scores of its tables. The weights are a setting of the schema
        (`PATCH /schemas/{id}` with `health`). With at what was known then, with the weights of now.

        Scope: read:catalog. Route: GET /api/v1/health.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then
        """
        return cast("m.DocumentSchemaHealth", self._call("GET", "/api/v1/health", query={"at": at, "schema_id": schema_id}))

    def get_impact(
        self,
        *,
        asset: str,
        at: Optional[str] = None,
        kinds: Optional[str] = None,
        confidence: Optional[str] = None,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        column: Optional[str] = None,
        rows: Optional[bool] = None,
        limit: Optional[int] = None,
    ) -> m.Impact:
        """What a change to a table or column reaches.

        Columns, tables, exposures, metrics and owners that a change of a table or column reaches, nearest
        first, each with the reason.

        Scope: read:catalog. Route: GET /api/v1/impact.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        kinds: Edges of at least one of these kinds, separated by commas; value and indirect select all of
        their group; default: all

        confidence: Edges of at least this confidence: schema, single_source, inferred or ambiguous (the
        default)

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        asset: The asset that changes: an id, or with schema_id a dbt unique_id or a relation

        column: The column that changes; default: the whole table

        rows: Also follow columns that decide rows (joins, filters, grouping)

        limit: Maximum number of rows per list
        """
        return cast("m.Impact", self._call("GET", "/api/v1/impact", query={"at": at, "kinds": kinds, "confidence": confidence, "schema_id": schema_id, "project": project, "asset": asset, "column": column, "rows": rows, "limit": limit}))

    def get_import(
        self,
        id: str,
    ) -> m.ImportDocument:
        """State of an import.

        Status, counters and times. `GET …/report` has stages and issues.

        Scope: read:dbt_imports. Route: GET /api/v1/dbt_imports/{id}.
        """
        return cast("m.ImportDocument", self._call("GET", f"/api/v1/dbt_imports/{quoted(id)}"))

    def get_import_report(
        self,
        id: str,
    ) -> m.DocumentReport:
        """Read the report of an import.

        Stages with their time, what was read and stored, and every issue with its remedy.

        Scope: read:dbt_imports. Route: GET /api/v1/dbt_imports/{id}/report.
        """
        return cast("m.DocumentReport", self._call("GET", f"/api/v1/dbt_imports/{quoted(id)}/report"))

    def get_integration(
        self,
        id: str,
    ) -> m.DocumentIntegration:
        """Read an integration.

        Secrets are never shown.

        Scope: read:integrations. Route: GET /api/v1/integrations/{id}.
        """
        return cast("m.DocumentIntegration", self._call("GET", f"/api/v1/integrations/{quoted(id)}"))

    def get_integration_integration(
        self,
        id: str,
    ) -> m.GetIntegrationIntegrationReply:
        """Read an integration.

        Credentials are never shown.

        Scope: read:integrations. Route: GET /api/v1/integration/integrations/{id}.
        """
        return cast("m.GetIntegrationIntegrationReply", self._call("GET", f"/api/v1/integration/integrations/{quoted(id)}"))

    def get_key(
        self,
        id: str,
    ) -> m.DocumentKey:
        """Read an API key.

        Without its secret; revoked and expired keys, too.

        Scope: admin:workspace. Route: GET /api/v1/keys/{id}.
        """
        return cast("m.DocumentKey", self._call("GET", f"/api/v1/keys/{quoted(id)}"))

    def get_limits(
        self,
    ) -> m.LimitsReply:
        """Limits of requests.

        Limits of requests and artifacts of this server. They are settings (limits.*).
        """
        return cast("m.LimitsReply", self._call("GET", "/api/v1/limits"))

    def get_lineage(
        self,
        *,
        schema_id: str,
        at: Optional[str] = None,
        select: Optional[str] = None,
        depth: Optional[int] = None,
        limit: Optional[int] = None,
        kind: Optional[str] = None,
        hooks: Optional[str] = None,
        layout: Optional[str] = None,
        fold: Optional[int] = None,
    ) -> m.Lineage:
        """Read the part of the graph that a dbt selector selects.

        Nodes and edges between tables, exposures and the like, nearest first, up to a limit; meta has the
        totals. With layout=true each node has a place in a picture of lanes from left to right, and each edge
        the points of its line. With `Accept: image/svg+xml` the reply is that picture.

        Scope: read:catalog. Route: GET /api/v1/lineage.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        select: dbt selector, such as 1+orders+1 or tag:nightly+, of at most 64 terms; default: everything

        depth: Maximum number of steps from the selected assets; unlimited by default

        limit: Maximum number of nodes, nearest first; with layout of boxes, at most 200

        kind: Only nodes of these kinds, separated by commas

        hooks: With operations (hooks), which are left out unless a selector selects nothing else

        layout: With a place for each node and points for each edge

        fold: With layout: neighbours of a box in one lane beyond which further ones are folded into one box
        """
        return cast("m.Lineage", self._call("GET", "/api/v1/lineage", query={"at": at, "schema_id": schema_id, "select": select, "depth": depth, "limit": limit, "kind": kind, "hooks": hooks, "layout": layout, "fold": fold}))

    def get_map(
        self,
        *,
        schema_id: str,
        at: Optional[str] = None,
        by: Optional[str] = None,
        depth: Optional[int] = None,
        limit: Optional[int] = None,
        expand: Optional[str] = None,
    ) -> m.Map:
        """Read a whole schema as a map of groups.

        Groups of tables, exposures, metrics and the like, how many edges lead from one to another, and their
        places in a picture from left to right. Sources are groups of their own, as source: and their name.
        With `Accept: image/svg+xml` the reply is that picture.

        Scope: read:catalog. Route: GET /api/v1/map.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        by: What assets are grouped by; one with several tags or owners is in several groups

        depth: With by=folder: folders of a group's name; default: as many as make at most 40 groups

        limit: Maximum number of groups, largest first

        expand: Name of a group: its assets are boxes of their own, and count as groups
        """
        return cast("m.Map", self._call("GET", "/api/v1/map", query={"at": at, "schema_id": schema_id, "by": by, "depth": depth, "limit": limit, "expand": expand}))

    def get_me(
        self,
    ) -> m.DocumentMe:
        """Read who makes the request.

        The caller, what it may do, and what a person keeps: stars, and when it last looked. 401 without a key
        or session.

        Scope: authenticated. Route: GET /api/v1/me.
        """
        return cast("m.DocumentMe", self._call("GET", "/api/v1/me"))

    def get_model_column_lineage(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        uses: Optional[bool] = None,
    ) -> m.DocumentModelLineage:
        """Column lineage of a model and how completely its code was read.

        Status, every column with its origins, and what could not be read, with its position in the compiled
        code.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/column_lineage.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        uses: Include what uses the table's columns directly
        """
        return cast("m.DocumentModelLineage", self._call("GET", f"/api/v1/assets/{quoted(id)}/column_lineage", query={"schema_id": schema_id, "project": project, "at": at, "uses": uses}))

    def get_owner(
        self,
        owner: str,
        *,
        schema_id: str,
        at: Optional[str] = None,
    ) -> m.DocumentOwner:
        """Read an owner.

        By name, in the case of letters that assets have it in. `GET /assets` with `owner` has the assets.

        Scope: read:catalog. Route: GET /api/v1/owners/{owner}.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then
        """
        return cast("m.DocumentOwner", self._call("GET", f"/api/v1/owners/{quoted(owner)}", query={"at": at, "schema_id": schema_id}))

    def get_project(
        self,
        id: str,
    ) -> m.DocumentProject:
        """Read a dbt project.

        Its dbt version, adapter, last manifest and numbers of assets by kind.

        Scope: read:catalog. Route: GET /api/v1/projects/{id}.
        """
        return cast("m.DocumentProject", self._call("GET", f"/api/v1/projects/{quoted(id)}"))

    def get_run(
        self,
        id: str,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        class_: Optional[str] = None,
    ) -> m.RunDocument:
        """Read a dbt invocation.

        limit and cursor page through its node results, or with class through those of one class.

        Scope: read:catalog. Route: GET /api/v1/runs/{id}.

        limit: Maximum number of rows per page

        cursor: Position of the page, from links.next of the previous one

        class_: Only results of this class
        """
        return cast("m.RunDocument", self._call("GET", f"/api/v1/runs/{quoted(id)}", query={"limit": limit, "cursor": cursor, "class": class_}))

    def get_run_critical_path(
        self,
        id: str,
    ) -> m.DocumentCriticalPath:
        """What decided when a dbt invocation was done.

        The chain of nodes back from the one that completed last: before each the one among its parents, and
        with dbt build among the tests of what it is made of, that completed last. The graph is that of the
        served version. operations are the hooks of the run.

        Scope: read:catalog. Route: GET /api/v1/runs/{id}/critical_path.
        """
        return cast("m.DocumentCriticalPath", self._call("GET", f"/api/v1/runs/{quoted(id)}/critical_path"))

    def get_run_steps(
        self,
        id: str,
    ) -> m.DocumentRunSteps:
        """What a dbt invocation did, step by step.

        The hooks of its start, one by one; all of its nodes; the hooks of its end. At most 1,000 hooks. GET
        /runs/{id} has the results of the nodes.

        Scope: read:catalog. Route: GET /api/v1/runs/{id}/steps.
        """
        return cast("m.DocumentRunSteps", self._call("GET", f"/api/v1/runs/{quoted(id)}/steps"))

    def get_schema(
        self,
        id: str,
    ) -> m.DocumentSchema:
        """Read a schema.

        Name, environment, merge policy, served version, number of tables and last import.

        Scope: read:catalog. Route: GET /api/v1/schemas/{id}.
        """
        return cast("m.DocumentSchema", self._call("GET", f"/api/v1/schemas/{quoted(id)}"))

    def get_schema_column_lineage(
        self,
        id: str,
        *,
        at: Optional[str] = None,
    ) -> m.DocumentSchemaLineage:
        """How completely the code of a schema's models was read.

        Numbers of models by status of reading, and those that were not read completely.

        Scope: read:catalog. Route: GET /api/v1/schemas/{id}/column_lineage.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then
        """
        return cast("m.DocumentSchemaLineage", self._call("GET", f"/api/v1/schemas/{quoted(id)}/column_lineage", query={"at": at}))

    def get_sync(
        self,
        id: str,
        sync: str,
    ) -> m.DocumentSync:
        """Read a sync.

        Its stages, counts and error. With `Accept: text/event-stream` the reply is the stream that the path
        with `/events` has.

        Scope: read:integrations. Route: GET /api/v1/integrations/{id}/syncs/{sync}.
        """
        return cast("m.DocumentSync", self._call("GET", f"/api/v1/integrations/{quoted(id)}/syncs/{quoted(sync)}"))

    def get_sync_log(
        self,
        id: str,
        sync: str,
        *,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceLogLine]:
        """Read the log of a sync.

        Oldest line first; never a secret.

        Scope: read:integrations. Route: GET /api/v1/integrations/{id}/syncs/{sync}/log.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/integrations/{quoted(id)}/syncs/{quoted(sync)}/log", query={"limit": limit})

    def get_test(
        self,
        id: str,
        *,
        at: Optional[str] = None,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
    ) -> m.DocumentTest:
        """Read a data test.

        With its latest result. A test that is gone can still be read by its id, in its last state.

        Scope: read:catalog. Route: GET /api/v1/tests/{id}.

        id: An id such as TST-12; with schema_id also a dbt unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id
        """
        return cast("m.DocumentTest", self._call("GET", f"/api/v1/tests/{quoted(id)}", query={"at": at, "schema_id": schema_id, "project": project}))

    def get_user(
        self,
        id: str,
    ) -> m.DocumentUser:
        """Read a person.

        Name, e-mail address and role.

        Scope: admin:workspace. Route: GET /api/v1/users/{id}.
        """
        return cast("m.DocumentUser", self._call("GET", f"/api/v1/users/{quoted(id)}"))

    def get_webhook(
        self,
        id: str,
    ) -> m.DocumentWebhook:
        """Read a webhook.

        Which events it sends, and where to; its secret is not shown.

        Scope: admin:workspace. Route: GET /api/v1/webhooks/{id}.
        """
        return cast("m.DocumentWebhook", self._call("GET", f"/api/v1/webhooks/{quoted(id)}"))

    def healthcheck(
        self,
    ) -> m.Health:
        """Health.

        Needs no key and answers to every host name. Reports that the process runs.
        """
        return cast("m.Health", self._call("GET", "/healthcheck"))

    def list_asset_changes(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Pages[m.ChangeRow]:
        """List the changes of an asset, newest first.

        What imports, edits and confirmed removals changed, field by field, with cause and actor.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/changes.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/changes", query={"schema_id": schema_id, "project": project, "limit": limit})

    def list_asset_freshness(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceFreshness]:
        """List the freshness of a source over time, newest first.

        One for each dbt source freshness that looked at it, with its lag and whether that is within what is
        demanded; with at those that were known then. Empty for an asset that is not a source.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/freshness.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/freshness", query={"schema_id": schema_id, "project": project, "at": at, "limit": limit})

    def list_asset_runs(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceResult]:
        """List the results of an asset's node over time, newest first.

        Results of runs that build; with at, those known by then. Where tables were made without their rows,
        counts_as is history.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/runs.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/runs", query={"schema_id": schema_id, "project": project, "at": at, "limit": limit})

    def list_asset_tests(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceTest]:
        """Data tests of a table, with their latest results.

        Each with its latest result. `GET /tests?asset=` has filters and pages.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/tests.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/tests", query={"schema_id": schema_id, "project": project, "at": at, "limit": limit})

    def list_assets(
        self,
        *,
        limit: Optional[int] = None,
        at: Optional[str] = None,
        schema_id: Optional[str] = None,
        kind: Optional[str] = None,
        project: Optional[str] = None,
        package: Optional[str] = None,
        tag: Optional[str] = None,
        owner: Optional[str] = None,
        group: Optional[str] = None,
        status: Optional[str] = None,
        test_status: Optional[str] = None,
        column_tag: Optional[str] = None,
        materialized: Optional[str] = None,
        removed: Optional[str] = None,
        has_description: Optional[str] = None,
        q: Optional[str] = None,
        sort: Optional[str] = None,
        breakdown: Optional[str] = None,
    ) -> Pages[m.ResourceAsset]:
        """List assets.

        Tables, exposures, metrics and all other kinds. Tables come first unless sort is given. Removed assets
        are left out unless removed=true; operations (hooks), macros and docs blocks unless kind names them.

        Scope: read:catalog. Route: GET /api/v1/assets.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        kind: One or more kinds, separated by commas

        project: Id of a project, or with schema_id its name or key

        owner: Name of an owner, or an e-mail address that a dbt group or exposure gives for one

        status: Class of the latest result

        test_status: Assets with a data test whose latest result is of this class

        column_tag: Tables that have a column with this tag

        q: A query as of /search: words, and keys such as column:email

        sort: Tables first and then by name, unless given; downstream is the number of direct children and
        requires schema_id

        breakdown: Counts over the whole list, separated by commas: kind, tag, owner, group, package,
        materialized
        """
        return self._pages("/api/v1/assets", query={"limit": limit, "at": at, "schema_id": schema_id, "kind": kind, "project": project, "package": package, "tag": tag, "owner": owner, "group": group, "status": status, "test_status": test_status, "column_tag": column_tag, "materialized": materialized, "removed": removed, "has_description": has_description, "q": q, "sort": sort, "breakdown": breakdown})

    def list_audit(
        self,
        *,
        limit: Optional[int] = None,
        action: Optional[str] = None,
        subject: Optional[str] = None,
        actor: Optional[str] = None,
        from_: Optional[str] = None,
        to: Optional[str] = None,
    ) -> Pages[m.ResourceAuditEntry]:
        """Read the audit log.

        Sign-ins, keys, people, schemas and their policies, removals and reverts, newest first. Entries are
        only added, and kept forever. A sign-in is the first request with a key from an address since the
        server started; an address with too many invalid keys is a refused one. Both are added within a
        minute. A key that is limited to schemas does not read it.

        Scope: read:audit. Route: GET /api/v1/audit.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        action: One action, such as key.created

        subject: What it was done to, such as KEY-3

        actor: Id of who did it, such as KEY-3 or USR-2

        from_: RFC 3339 time; entries from then on

        to: RFC 3339 time; entries before it
        """
        return self._pages("/api/v1/audit", query={"limit": limit, "action": action, "subject": subject, "actor": actor, "from": from_, "to": to})

    def list_blame(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        limit: Optional[int] = None,
        column: Optional[str] = None,
    ) -> Pages[m.ResourceBlamedValue]:
        """Who or what last set each value of an asset.

        Its own values, then those of its columns in their order. It is recorded when values change, and is
        kept when old versions are deleted. A page has fewer than `limit` values if they exceed 1 MiB or were
        set by more than 20 versions.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/blame.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page

        column: Only the values of this column
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/blame", query={"schema_id": schema_id, "project": project, "at": at, "limit": limit, "column": column})

    def list_changes(
        self,
        *,
        schema_id: str,
        limit: Optional[int] = None,
        from_: Optional[str] = None,
        to: Optional[str] = None,
    ) -> Pages[m.ChangeRow]:
        """List the changes between two versions.

        Ordered by version. A page has less than `limit` changes where their values have more than 1 MiB.
        `total` counts changes, and is null where more than 200 assets changed.

        Scope: read:catalog. Route: GET /api/v1/changes.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        from_: Version or time after which changes are listed; default: the first version

        to: Version or time up to which changes are listed; default: the served version
        """
        return self._pages("/api/v1/changes", query={"limit": limit, "schema_id": schema_id, "from": from_, "to": to})

    def list_columns(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        limit: Optional[int] = None,
        removed: Optional[str] = None,
        tag: Optional[str] = None,
    ) -> Pages[m.ResourceColumn]:
        """List the columns of a table.

        In the table's order. Removed columns are left out unless removed=true. A page has less than `limit`
        columns where they have more than 4 MiB.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/columns.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page

        removed: true: the columns that are not there any more, instead of the others

        tag: Only columns with this tag
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/columns", query={"schema_id": schema_id, "project": project, "at": at, "limit": limit, "removed": removed, "tag": tag})

    def list_coverage_history(
        self,
        *,
        schema_id: str,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceCoverage]:
        """The coverage of a schema at each version, newest first.

        With at, from that version on. A page may be shorter than limit where versions changed many tables;
        the next one continues.

        Scope: read:catalog. Route: GET /api/v1/coverage/history.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/coverage/history", query={"at": at, "limit": limit, "schema_id": schema_id})

    def list_deliveries(
        self,
        id: str,
        *,
        limit: Optional[int] = None,
        state: Optional[str] = None,
    ) -> Pages[m.ResourceDelivery]:
        """List deliveries of a webhook.

        Newest first; kept as long as jobs are.

        Scope: admin:workspace. Route: GET /api/v1/webhooks/{id}/deliveries.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        state: Only those in this state
        """
        return self._pages(f"/api/v1/webhooks/{quoted(id)}/deliveries", query={"limit": limit, "state": state})

    def list_edits(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceEdit]:
        """List the edits of an asset, newest first.

        Everything that people wrote about the asset and its columns. It is kept when old versions of the
        schema are deleted. A page has less than `limit` edits where their values have more than 1 MiB.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/edits.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/edits", query={"schema_id": schema_id, "project": project, "at": at, "limit": limit})

    def list_facets(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceFacet]:
        """What each origin reports about an asset.

        What each origin reports about the asset, before it is merged: dbt projects and people. Of edits it
        has the newest 100; `GET /api/v1/assets/{id}/edits` lists all. A page has less than `limit` facets
        where they have more than 1 MiB.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/facets.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/facets", query={"schema_id": schema_id, "project": project, "at": at, "limit": limit})

    def list_flaky_tests(
        self,
        *,
        schema_id: str,
        limit: Optional[int] = None,
        at: Optional[str] = None,
        changes: Optional[int] = None,
    ) -> Pages[m.ResourceFlakyTest]:
        """List the data tests whose outcome changes without a change of code.

        Those with most such changes among their 20 newest executions come first. The code compared is that at
        the end of the import of the results. They are computed from the newest runs of the schema, at most
        200 with 500,000 results; meta.from has their numbers. With at those that were known then.

        Scope: read:catalog. Route: GET /api/v1/flaky_tests.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        changes: How many changes without a change of code make a test flaky: 2 are a failure that goes away
        again
        """
        return self._pages("/api/v1/flaky_tests", query={"limit": limit, "at": at, "schema_id": schema_id, "changes": changes})

    def list_folder_health(
        self,
        *,
        schema_id: str,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceFolderHealth]:
        """How healthy the tables of each folder are.

        By the folders of their files, by name. See `GET /health` for the score.

        Scope: read:catalog. Route: GET /api/v1/health/folders.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/health/folders", query={"at": at, "schema_id": schema_id, "limit": limit})

    def list_freshness(
        self,
        *,
        schema_id: str,
        limit: Optional[int] = None,
        at: Optional[str] = None,
        status: Optional[str] = None,
        project: Optional[str] = None,
        asset: Optional[str] = None,
    ) -> Pages[m.ResourceFreshness]:
        """List the freshness of the sources of a schema.

        The newest result of dbt source freshness of each source that has one. With at it is what was known
        then.

        Scope: read:catalog. Route: GET /api/v1/freshness.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        project: Id of a project, or with schema_id its name or key

        asset: A table: an id, a dbt unique_id or a relation
        """
        return self._pages("/api/v1/freshness", query={"limit": limit, "at": at, "schema_id": schema_id, "status": status, "project": project, "asset": asset})

    def list_import_artifacts(
        self,
        id: str,
    ) -> m.ListArtifact:
        """List the files of an import.

        Raw files may contain secrets of the environment, so they require a scope of their own,
        read:artifacts.

        Scope: read:artifacts. Route: GET /api/v1/dbt_imports/{id}/artifacts.
        """
        return cast("m.ListArtifact", self._call("GET", f"/api/v1/dbt_imports/{quoted(id)}/artifacts"))

    def list_import_changes(
        self,
        id: str,
        *,
        limit: Optional[int] = None,
    ) -> Pages[m.ChangeRow]:
        """List the changes of an import.

        A page contains all changes of up to `limit` assets.

        Scope: read:dbt_imports. Route: GET /api/v1/dbt_imports/{id}/changes.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/dbt_imports/{quoted(id)}/changes", query={"limit": limit})

    def list_imports(
        self,
        *,
        limit: Optional[int] = None,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        status: Optional[str] = None,
    ) -> Pages[m.ImportResource]:
        """List imports, newest first.

        Filters by schema, project and status. Unknown parameters are ignored.

        Scope: read:dbt_imports. Route: GET /api/v1/dbt_imports.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.
        """
        return self._pages("/api/v1/dbt_imports", query={"limit": limit, "schema_id": schema_id, "project": project, "status": status})

    def list_integration_failing_tests(
        self,
        id: str,
    ) -> m.ListIntegrationFailingTestsReply:
        """Tables with failing tests.

        Of the schema that the integration feeds: tables of which a test failed, or could not run, when it ran
        last.

        Scope: read:catalog. Route: GET /api/v1/integration/dbt/{id}/failing_tests.
        """
        return cast("m.ListIntegrationFailingTestsReply", self._call("GET", f"/api/v1/integration/dbt/{quoted(id)}/failing_tests"))

    def list_integration_integrations(
        self,
        *,
        page: Optional[int] = None,
        type: Optional[str] = None,
    ) -> m.ListIntegrationIntegrationsReply:
        """List integrations by pages.

        Numbered pages with the links to the next and the previous one. Unknown parameters are ignored.

        Scope: read:integrations. Route: GET /api/v1/integration/integrations.
        """
        return cast("m.ListIntegrationIntegrationsReply", self._call("GET", "/api/v1/integration/integrations", query={"page": page, "type": type}))

    def list_integrations(
        self,
        *,
        limit: Optional[int] = None,
        kind: Optional[str] = None,
        schema_id: Optional[str] = None,
    ) -> Pages[m.ResourceIntegration]:
        """List integrations.

        With their last sync.

        Scope: read:integrations. Route: GET /api/v1/integrations.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        kind: Only those of this kind

        schema_id: Only those that feed this schema
        """
        return self._pages("/api/v1/integrations", query={"limit": limit, "kind": kind, "schema_id": schema_id})

    def list_invitations(
        self,
        *,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceInvitation]:
        """List open invitations.

        Those that were not used yet and have not expired, without their links.

        Scope: admin:workspace. Route: GET /api/v1/invitations.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/invitations", query={"limit": limit})

    def list_issues(
        self,
        *,
        schema_id: str,
        limit: Optional[int] = None,
        at: Optional[str] = None,
        source: Optional[str] = None,
        severity: Optional[str] = None,
        code: Optional[str] = None,
        project: Optional[str] = None,
    ) -> Pages[m.ResourceSchemaIssue]:
        """List the problems of a schema.

        First those that its 50 newest imports reported, each once, with the newest import that reported it;
        an import reads only what has changed, so one that does not report a problem again has not necessarily
        seen it solved. Then what could not be read in the SQL of its models. With at those of that time.

        Scope: read:catalog. Route: GET /api/v1/issues.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        project: Id, name or key of a project
        """
        return self._pages("/api/v1/issues", query={"limit": limit, "at": at, "schema_id": schema_id, "source": source, "severity": severity, "code": code, "project": project})

    def list_keys(
        self,
        *,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceKey]:
        """List API keys.

        Without their secrets. A key is shown once, in the reply to its creation.

        Scope: admin:workspace. Route: GET /api/v1/keys.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/keys", query={"limit": limit})

    def list_lineage_jobs(
        self,
        *,
        schema_id: str,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceLineageJob]:
        """List the jobs outside dbt that sent events.

        With their newest runs, the tables that they read and write, and what is not a table.

        Scope: read:catalog. Route: GET /api/v1/lineage/jobs.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/lineage/jobs", query={"limit": limit, "schema_id": schema_id})

    def list_owners(
        self,
        *,
        schema_id: str,
        at: Optional[str] = None,
        limit: Optional[int] = None,
        sort: Optional[str] = None,
    ) -> Pages[m.ResourceOwner]:
        """List the owners of a schema's assets.

        Who owns something, by name: with e-mail addresses, numbers of assets by kind, latest results of their
        data tests and the health of their tables. `GET /assets` with `owner` has the assets of an owner.

        Scope: read:catalog. Route: GET /api/v1/owners.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page

        sort: -assets: who owns most comes first
        """
        return self._pages("/api/v1/owners", query={"at": at, "limit": limit, "schema_id": schema_id, "sort": sort})

    def list_projects(
        self,
        *,
        limit: Optional[int] = None,
        schema_id: Optional[str] = None,
    ) -> Pages[m.ResourceProject]:
        """List dbt projects.

        dbt projects that have sent a manifest, with dbt version, adapter and numbers of their assets.

        Scope: read:catalog. Route: GET /api/v1/projects.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/projects", query={"limit": limit, "schema_id": schema_id})

    def list_removals(
        self,
        id: str,
        *,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceRemoval]:
        """List pending removals.

        A manifest that drops more than 30 % and at least 5 of its models, seeds, snapshots and sources, or
        has none at all, is applied without its removals; they are pending until confirmed or dismissed. A
        node whose table lives on as another node, or which another project or a crawl has, is not listed: its
        table is not removed. A manifest most of whose models, seeds and snapshots are in another database or
        schema than the target that feeds the schema is not applied; the tables that it would move are listed
        with the reason `target_moved`.

        Scope: read:catalog. Route: GET /api/v1/schemas/{id}/removals.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/schemas/{quoted(id)}/removals", query={"limit": limit})

    def list_runs(
        self,
        *,
        limit: Optional[int] = None,
        at: Optional[str] = None,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        outcome: Optional[str] = None,
        command: Optional[str] = None,
        artifact: Optional[str] = None,
        partial: Optional[str] = None,
        sort: Optional[str] = None,
    ) -> Pages[m.ResourceRun]:
        """List dbt invocations.

        One for each run_results.json and sources.json that was sent, the newest first unless sort says
        otherwise. With at, which requires schema_id or project, those that were known then.

        Scope: read:catalog. Route: GET /api/v1/runs.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        project: Id of a project, or with schema_id its name or key

        command: build, run, test, retry, generate …

        artifact: The file that it comes from

        partial: Whether nodes were chosen

        sort: With - the largest first. failures are counts.fail and counts.error together. Of equal values
        generated_at decides
        """
        return self._pages("/api/v1/runs", query={"limit": limit, "at": at, "schema_id": schema_id, "project": project, "outcome": outcome, "command": command, "artifact": artifact, "partial": partial, "sort": sort})

    def list_schemas(
        self,
        *,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceSchema]:
        """List schemas.

        A schema is one environment of one warehouse. A key that is limited to some sees those.

        Scope: read:catalog. Route: GET /api/v1/schemas.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/schemas", query={"limit": limit})

    def list_sessions(
        self,
        *,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceSession]:
        """List the caller's sessions.

        Those of the person who makes the request, newest first. A key without a person has none.

        Scope: authenticated. Route: GET /api/v1/sessions.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/sessions", query={"limit": limit})

    def list_slowdowns(
        self,
        *,
        schema_id: str,
        limit: Optional[int] = None,
        at: Optional[str] = None,
        project: Optional[str] = None,
        factor: Optional[float] = None,
        seconds: Optional[float] = None,
        nodes: Optional[str] = None,
    ) -> Pages[m.ResourceSlowdown]:
        """List the nodes whose newest execution took longer than usual.

        Usual is the median of the executions among the 20 results before it, at least three. Those that took
        most seconds more come first. They are computed from the newest runs of the schema, at most 200 with
        500,000 results; meta.from has their numbers. With at those that were known then.

        Scope: read:catalog. Route: GET /api/v1/slowdowns.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        project: Id, name or key of a project

        factor: Of the median, from which on an execution is slow

        seconds: How much longer than the median it took, at least

        nodes: tests: data tests; others: models, seeds, snapshots and whatever else dbt executes
        """
        return self._pages("/api/v1/slowdowns", query={"limit": limit, "at": at, "schema_id": schema_id, "project": project, "factor": factor, "seconds": seconds, "nodes": nodes})

    def list_syncs(
        self,
        id: str,
        *,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceSync]:
        """List syncs of an integration.

        Newest first, with stages, counts and errors.

        Scope: read:integrations. Route: GET /api/v1/integrations/{id}/syncs.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/integrations/{quoted(id)}/syncs", query={"limit": limit})

    def list_table_health(
        self,
        *,
        schema_id: str,
        at: Optional[str] = None,
        limit: Optional[int] = None,
        folder: Optional[str] = None,
        asset: Optional[str] = None,
        sort: Optional[str] = None,
    ) -> Pages[m.ResourceTableHealth]:
        """How healthy each table is.

        With what its score is made of, the least healthy first unless sort says otherwise. See `GET /health`
        for the score.

        Scope: read:catalog. Route: GET /api/v1/health/tables.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page

        folder: Only tables of this folder and of those in it

        asset: Only this table: an id, a dbt unique_id or a relation

        sort: With - the healthiest first; tables without a score come last
        """
        return self._pages("/api/v1/health/tables", query={"at": at, "schema_id": schema_id, "limit": limit, "folder": folder, "asset": asset, "sort": sort})

    def list_test_history(
        self,
        id: str,
        *,
        at: Optional[str] = None,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        limit: Optional[int] = None,
        class_: Optional[str] = None,
    ) -> Pages[m.ResourceResult]:
        """List the results of a data test over time, newest first.

        One for each invocation of dbt that executed it, with its number of failures and its time; with at
        those that were known then. Invocations that only compile it, such as docs generate, are not among
        them.

        Scope: read:catalog. Route: GET /api/v1/tests/{id}/history.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TST-12; with schema_id also a dbt unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        limit: Maximum number of rows per page

        class_: Only results of this class
        """
        return self._pages(f"/api/v1/tests/{quoted(id)}/history", query={"at": at, "schema_id": schema_id, "project": project, "limit": limit, "class": class_})

    def list_tests(
        self,
        *,
        limit: Optional[int] = None,
        at: Optional[str] = None,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        asset: Optional[str] = None,
        status: Optional[str] = None,
        sort: Optional[str] = None,
    ) -> Pages[m.ResourceTest]:
        """Data tests of a schema or of an asset.

        Data tests with their latest results, by id unless sort says otherwise. Filters by status, asset and
        project.

        Scope: read:catalog. Route: GET /api/v1/tests.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        asset: Only the tests of this asset: an id, or with schema_id a dbt unique_id or a relation

        status: Class of the latest result

        sort: By the latest result, with - the largest first; tests without one come last. status begins with
        the worst. By id if it is not given
        """
        return self._pages("/api/v1/tests", query={"limit": limit, "at": at, "schema_id": schema_id, "project": project, "asset": asset, "status": status, "sort": sort})

    def list_users(
        self,
        *,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceUser]:
        """List people.

        With their roles. Those that were removed are in the audit log.

        Scope: admin:workspace. Route: GET /api/v1/users.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/users", query={"limit": limit})

    def list_uses(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceUse]:
        """List what uses a macro or a docs block.

        Assets that call a macro, other macros among them, by name, then data tests; of a docs block the
        assets and columns whose descriptions have it, which dbt reports from 1.10 on. Everything else is used
        along the lineage: for it the list is empty.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/used_by.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/used_by", query={"schema_id": schema_id, "project": project, "at": at, "limit": limit})

    def list_versions(
        self,
        id: str,
        *,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceVersion]:
        """List the versions of a schema, newest first.

        Those that can be read with at=; older ones are deleted after a time. Each has who and what made it,
        and how much it changed. With at from that version on.

        Scope: read:catalog. Route: GET /api/v1/schemas/{id}/versions.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/schemas/{quoted(id)}/versions", query={"at": at, "limit": limit})

    def list_webhooks(
        self,
        *,
        limit: Optional[int] = None,
    ) -> Pages[m.ResourceWebhook]:
        """List webhooks.

        Without their secrets.

        Scope: admin:workspace. Route: GET /api/v1/webhooks.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/webhooks", query={"limit": limit})

    def redeliver(
        self,
        id: str,
        delivery: str,
    ) -> m.DocumentDelivery:
        """Send a delivery again.

        With the same `webhook-id`, so that a receiver that has it ignores it. A pending one is 409.

        Scope: admin:workspace. Route: POST /api/v1/webhooks/{id}/deliveries/{delivery}/redeliver.
        """
        return cast("m.DocumentDelivery", self._call("POST", f"/api/v1/webhooks/{quoted(id)}/deliveries/{quoted(delivery)}/redeliver"))

    def remove_user(
        self,
        id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Remove a person.

        The person's keys are revoked. What the person changed stays, under the person's name.

        Scope: admin:workspace. Route: DELETE /api/v1/users/{id}.

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        self._call("DELETE", f"/api/v1/users/{quoted(id)}", headers={"If-Match": if_match})

    def retry_sync(
        self,
        id: str,
        sync: str,
    ) -> m.DocumentSync:
        """Run a sync again.

        Starts a new sync of the integration.

        Scope: run:syncs. Route: POST /api/v1/integrations/{id}/syncs/{sync}/retry.
        """
        return cast("m.DocumentSync", self._call("POST", f"/api/v1/integrations/{quoted(id)}/syncs/{quoted(sync)}/retry"))

    def revert_import(
        self,
        id: str,
        *,
        force: Optional[bool] = None,
    ) -> m.DocumentRevert:
        """Revert an import.

        What the import's project reported before it is restored, as a new version. Edits made since stay, and
        so do results of runs. If later versions changed some of the same things, it is a conflict; with
        `force` those stay and the rest is restored. The same files are applied again only with force; a newer
        manifest or catalog is applied as always.

        Scope: write:catalog. Route: POST /api/v1/dbt_imports/{id}/revert.

        force: Restore what no later version changed, and leave the rest
        """
        return cast("m.DocumentRevert", self._call("POST", f"/api/v1/dbt_imports/{quoted(id)}/revert", query={"force": force}))

    def revoke_invitation(
        self,
        id: str,
    ) -> None:
        """Revoke an invitation.

        Its link can no longer be used. The person stays.

        Scope: admin:workspace. Route: DELETE /api/v1/invitations/{id}.
        """
        self._call("DELETE", f"/api/v1/invitations/{quoted(id)}")

    def revoke_key(
        self,
        id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Revoke an API key.

        It is refused from then on by every process.

        Scope: admin:workspace. Route: DELETE /api/v1/keys/{id}.

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        self._call("DELETE", f"/api/v1/keys/{quoted(id)}", headers={"If-Match": if_match})

    def search(
        self,
        *,
        q: str,
        limit: Optional[int] = None,
        kind: Optional[str] = None,
        schema_id: Optional[str] = None,
    ) -> Pages[m.SearchHit]:
        """Search the catalog.

        Finds assets by words of their names, columns, tags, owners, descriptions, meta, properties of kinds
        (the URL of an exposure) and SQL, in the served version. All words have to be found; each may be the
        beginning of a word, in any case, with or without underscores. One hit per asset: exact names first,
        then names that begin with the query, words, and texts, of equals those with most downstream.

        Scope: read:catalog. Route: GET /api/v1/search.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        q: Words, and filters such as kind:model tag:pii owner:finance column:email package:shop
        has:description; a minus in front excludes

        kind: One or more kinds, separated by commas

        schema_id: Default: all schemas
        """
        return self._pages("/api/v1/search", query={"limit": limit, "q": q, "kind": kind, "schema_id": schema_id})

    def set_up(
        self,
        body: m.SetUp,
    ) -> m.DocumentSession:
        """Make the first administrator.

        By the one-time link that the server prints while nobody can sign in. The person is signed in by the
        reply. Once somebody can sign in it is 404.
        """
        return cast("m.DocumentSession", self._call("POST", "/api/v1/setup", body=body))

    def sign_in(
        self,
        body: m.SignIn,
    ) -> m.DocumentSession:
        """Sign in.

        Begins a session, whose cookie is then sent by the browser. A session that the client had before ends.
        It lasts 7 days, and ends after 12 hours without a request. An unknown address and a wrong password
        have the same reply (401). After 10 attempts that failed within 15 minutes from an address, or for an
        account, it is 429.
        """
        return cast("m.DocumentSession", self._call("POST", "/api/v1/session", body=body))

    def start_sync(
        self,
        id: str,
    ) -> m.DocumentSync:
        """Start a sync.

        A sync that has not begun is joined: it is returned.

        Scope: run:syncs. Route: POST /api/v1/integrations/{id}/syncs.
        """
        return cast("m.DocumentSync", self._call("POST", f"/api/v1/integrations/{quoted(id)}/syncs"))

    def test_integration(
        self,
        id: str,
    ) -> m.DocumentTrial:
        """Test the connection of an integration.

        Lists the bucket as a sync does, and reads the first byte of the newest manifest; or lists the schemas
        of the warehouse. Changes nothing.

        Scope: write:integrations. Route: POST /api/v1/integrations/{id}/test.
        """
        return cast("m.DocumentTrial", self._call("POST", f"/api/v1/integrations/{quoted(id)}/test"))

    def test_new_integration(
        self,
        body: m.NewIntegration,
    ) -> m.DocumentTrial:
        """Test a connection that is not saved.

        As `POST /integrations` takes it. Creates nothing.

        Scope: write:integrations. Route: POST /api/v1/integrations/test.
        """
        return cast("m.DocumentTrial", self._call("POST", "/api/v1/integrations/test", body=body))

    def test_webhook(
        self,
        id: str,
    ) -> m.DocumentDelivery:
        """Test a webhook.

        Sends an event `webhook.test` and returns its delivery, which is pending; read it again to see what
        became of it.

        Scope: admin:workspace. Route: POST /api/v1/webhooks/{id}/test.
        """
        return cast("m.DocumentDelivery", self._call("POST", f"/api/v1/webhooks/{quoted(id)}/test"))

    def trigger_integration(
        self,
        id: str,
    ) -> m.TriggerIntegrationReply:
        """Start a sync.

        Without a body. A sync that has not begun is joined.

        Scope: run:syncs. Route: POST /api/v1/integration/dbt/{id}/trigger.
        """
        return cast("m.TriggerIntegrationReply", self._call("POST", f"/api/v1/integration/dbt/{quoted(id)}/trigger"))

    def undo_import_revert(
        self,
        id: str,
        *,
        force: Optional[bool] = None,
    ) -> m.DocumentRevert:
        """Undo the revert of an import.

        What the revert restored is as the import left it, as a new version.

        Scope: write:catalog. Route: DELETE /api/v1/dbt_imports/{id}/revert.

        force: Restore what no later version changed, and leave the rest
        """
        return cast("m.DocumentRevert", self._call("DELETE", f"/api/v1/dbt_imports/{quoted(id)}/revert", query={"force": force}))

    def update_integration(
        self,
        id: str,
        body: m.IntegrationPatch,
        *,
        if_match: Optional[str] = None,
    ) -> m.DocumentIntegration:
        """Update an integration.

        With `If-Match` it is refused (412) if the integration has changed since it was read.

        Scope: write:integrations. Route: PATCH /api/v1/integrations/{id}.

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        return cast("m.DocumentIntegration", self._call("PATCH", f"/api/v1/integrations/{quoted(id)}", headers={"If-Match": if_match}, body=body))

    def update_integration_integration(
        self,
        id: str,
        body: m.UpdateIntegrationIntegrationBody,
        *,
        if_match: Optional[str] = None,
    ) -> m.UpdateIntegrationIntegrationReply:
        """Update an integration.

        Sets the name, and replaces the credentials if they are not empty.

        Scope: write:integrations. Route: PATCH /api/v1/integration/integrations/{id}.
        """
        return cast("m.UpdateIntegrationIntegrationReply", self._call("PATCH", f"/api/v1/integration/integrations/{quoted(id)}", headers={"If-Match": if_match}, body=body))

    def update_me(
        self,
        body: m.MePatch,
        *,
        if_match: Optional[str] = None,
    ) -> m.DocumentMe:
        """Change what the caller keeps.

        Stars, the time of the last look, and the password. A key without a person keeps nothing (403).

        Scope: authenticated. Route: PATCH /api/v1/me.

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        return cast("m.DocumentMe", self._call("PATCH", "/api/v1/me", headers={"If-Match": if_match}, body=body))

    def update_schema(
        self,
        id: str,
        body: m.SchemaPatch,
        *,
        if_match: Optional[str] = None,
    ) -> m.DocumentSchema:
        """Update a schema.

        Changes name, environment, policy, weights of health or targets; rules that are not given stay. With
        `If-Match` it is refused (412) if the schema has changed since it was read; the reply's `ETag` is the
        next one. The policy decides for each property of assets and of columns whether dbt's or a person's
        value is effective; what a new policy changes is changed at once, in one version. A manifest of
        another target than the one of its project waits until it is confirmed (see removals); with `expected`
        that is so of its first one, too. A new target moves nothing by itself: what is served stays until a
        manifest of it is applied, which is queued at once if it waits.

        Scope: write:catalog. Route: PATCH /api/v1/schemas/{id}.

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        return cast("m.DocumentSchema", self._call("PATCH", f"/api/v1/schemas/{quoted(id)}", headers={"If-Match": if_match}, body=body))

    def update_user(
        self,
        id: str,
        body: m.UserPatch,
        *,
        if_match: Optional[str] = None,
    ) -> m.DocumentUser:
        """Update a person.

        A new role applies to the person's keys at once, in other processes within five seconds. With `If-
        Match` it is refused (412) if the person has changed since it was read.

        Scope: admin:workspace. Route: PATCH /api/v1/users/{id}.

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        return cast("m.DocumentUser", self._call("PATCH", f"/api/v1/users/{quoted(id)}", headers={"If-Match": if_match}, body=body))

    def update_webhook(
        self,
        id: str,
        body: m.WebhookPatch,
        *,
        if_match: Optional[str] = None,
    ) -> m.DocumentWebhook:
        """Update a webhook.

        With `If-Match` it is refused (412) if the webhook has changed since it was read.

        Scope: admin:workspace. Route: PATCH /api/v1/webhooks/{id}.

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        return cast("m.DocumentWebhook", self._call("PATCH", f"/api/v1/webhooks/{quoted(id)}", headers={"If-Match": if_match}, body=body))


class AsyncOperations:
    """One coroutine per operation."""

    async def _call(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        headers: Optional[Mapping[str, Optional[str]]] = None,
        body: Any = None,
    ) -> Any:
        raise NotImplementedError

    def _pages(
        self,
        path: str,
        *,
        query: Mapping[str, Any],
        headers: Optional[Mapping[str, Optional[str]]] = None,
    ) -> AsyncPages[Any]:
        raise NotImplementedError

    async def accept_invitation(
        self,
        body: m.Acceptance,
    ) -> m.DocumentSession:
        """Accept an invitation.

        Sets the password of the person who was invited, and signs the person in. Sessions that the person had
        end.
        """
        return cast("m.DocumentSession", await self._call("POST", "/api/v1/invitations/accept", body=body))

    async def cancel_import(
        self,
        id: str,
    ) -> m.DocumentReport:
        """Cancel an import.

        A pending import ends at once, a running one at its next step; nothing of it is applied. One that has
        ended is a conflict.

        Scope: write:dbt_imports. Route: POST /api/v1/dbt_imports/{id}/cancel.
        """
        return cast("m.DocumentReport", await self._call("POST", f"/api/v1/dbt_imports/{quoted(id)}/cancel"))

    async def cancel_sync(
        self,
        id: str,
        sync: str,
    ) -> m.DocumentSync:
        """Cancel a sync.

        A pending sync ends at once, a running one soon; imports that it started continue. For one that has
        ended the reply is 409.

        Scope: run:syncs. Route: POST /api/v1/integrations/{id}/syncs/{sync}/cancel.
        """
        return cast("m.DocumentSync", await self._call("POST", f"/api/v1/integrations/{quoted(id)}/syncs/{quoted(sync)}/cancel"))

    async def confirm_removals(
        self,
        id: str,
        *,
        reason: Optional[str] = None,
    ) -> m.DocumentRemovalsOutcome:
        """Apply pending removals.

        The tables, their edges and tests, and exposures and the like that the last manifest no longer has,
        are removed in one version. The target of the newest manifest that waits is the one that feeds the
        schema from then on; the manifest is applied by a new import, with the catalog that came with it.

        Scope: write:catalog. Route: POST /api/v1/schemas/{id}/removals/confirm.

        reason: Only those with this reason; without it, all
        """
        return cast("m.DocumentRemovalsOutcome", await self._call("POST", f"/api/v1/schemas/{quoted(id)}/removals/confirm", query={"reason": reason}))

    async def create_integration(
        self,
        body: m.NewIntegration,
    ) -> m.DocumentIntegration:
        """Create an integration.

        Without `schema_id` it feeds the workspace's only schema, else a new one of its name. Without
        credentials one of dbt waits for uploads.

        Scope: write:integrations. Route: POST /api/v1/integrations.
        """
        return cast("m.DocumentIntegration", await self._call("POST", "/api/v1/integrations", body=body))

    async def create_integration_draft(
        self,
        body: m.DraftInputBody,
    ) -> m.DocumentDraft:
        """Prepare an integration with a role.

        Returns the External ID of the integration to come and the policies of its role. The draft is kept for
        seven days; `POST /integrations` takes its UUID as `draft`.

        Scope: write:integrations. Route: POST /api/v1/integrations/drafts.
        """
        return cast("m.DocumentDraft", await self._call("POST", "/api/v1/integrations/drafts", body=body))

    async def create_integration_integration(
        self,
        body: m.CreateIntegrationIntegrationBody,
    ) -> m.CreateIntegrationIntegrationReply:
        """Create an integration.

        With empty credentials it has no source and waits for uploads.

        Scope: write:integrations. Route: POST /api/v1/integration/integrations.
        """
        return cast("m.CreateIntegrationIntegrationReply", await self._call("POST", "/api/v1/integration/integrations", body=body))

    async def create_invitation(
        self,
        body: m.NewInvitation,
    ) -> m.DocumentInvitation:
        """Invite a person.

        Makes a one-time link, valid for 7 days, with which the person sets a password. It adds the person, or
        with `user` lets one who is there set another password. The link is in this reply only: pass it on
        yourself. It replaces earlier ones of the person.

        Scope: admin:workspace. Route: POST /api/v1/invitations.
        """
        return cast("m.DocumentInvitation", await self._call("POST", "/api/v1/invitations", body=body))

    async def create_key(
        self,
        body: m.NewKey,
    ) -> m.DocumentKey:
        """Create an API key.

        The secret is shown in this reply only. A key that is limited to schemas, networks or a time makes
        keys with at least the same limits: what the request leaves open is taken from it, more is refused
        with 403.

        Scope: admin:workspace. Route: POST /api/v1/keys.
        """
        return cast("m.DocumentKey", await self._call("POST", "/api/v1/keys", body=body))

    async def create_schema(
        self,
        body: m.NewSchema,
    ) -> m.DocumentSchema:
        """Create a schema.

        The name is unique in the workspace; another schema of that name is a conflict (409).

        Scope: write:catalog. Route: POST /api/v1/schemas.
        """
        return cast("m.DocumentSchema", await self._call("POST", "/api/v1/schemas", body=body))

    async def create_setup_link(
        self,
    ) -> m.DocumentSetupLink:
        """Make a link of the setup.

        For the first administrator, valid for 24 hours. 409 once somebody can sign in.

        Scope: admin:workspace. Route: POST /api/v1/setup/links.
        """
        return cast("m.DocumentSetupLink", await self._call("POST", "/api/v1/setup/links"))

    async def create_user(
        self,
        body: m.NewUser,
    ) -> m.DocumentUser:
        """Add a person.

        A person has a role, and keys (`user` of POST /keys) that may do no more than the role. Their changes
        are recorded as the person's.

        Scope: admin:workspace. Route: POST /api/v1/users.
        """
        return cast("m.DocumentUser", await self._call("POST", "/api/v1/users", body=body))

    async def create_webhook(
        self,
        body: m.NewWebhook,
    ) -> m.DocumentWebhook:
        """Create a webhook.

        Events are sent as POST with the headers of Standard Webhooks: `webhook-id`, `webhook-timestamp` and
        `webhook-signature`, HMAC-SHA256 by the secret. A reply of 2xx within 15 seconds is a receipt; else it
        is sent again, ten times over about three days. The address must be public, or in a network that the
        operator allows.

        Scope: admin:workspace. Route: POST /api/v1/webhooks.
        """
        return cast("m.DocumentWebhook", await self._call("POST", "/api/v1/webhooks", body=body))

    async def delete_integration(
        self,
        id: str,
        *,
        assets: Optional[str] = None,
        if_match: Optional[str] = None,
    ) -> None:
        """Delete an integration.

        With its credentials and syncs. `assets` decides about what it brought: nothing is deleted, and what
        people wrote stays in either case.

        Scope: write:integrations. Route: DELETE /api/v1/integrations/{id}.

        assets: What becomes of what it brought. keep: it stays as it is; remove: it is flagged as removed,
        unless something else reports it. Required

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        await self._call("DELETE", f"/api/v1/integrations/{quoted(id)}", query={"assets": assets}, headers={"If-Match": if_match})

    async def delete_integration_integration(
        self,
        id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Delete an integration.

        What it imported is kept.

        Scope: write:integrations. Route: DELETE /api/v1/integration/integrations/{id}.
        """
        await self._call("DELETE", f"/api/v1/integration/integrations/{quoted(id)}", headers={"If-Match": if_match})

    async def delete_one_session(
        self,
        id: str,
    ) -> None:
        """End a session.

        One of the person's own. It needs a session: keys do not do it.

        Scope: authenticated. Route: DELETE /api/v1/sessions/{id}.
        """
        await self._call("DELETE", f"/api/v1/sessions/{quoted(id)}")

    async def delete_schema(
        self,
        id: str,
        *,
        confirm: Optional[str] = None,
        if_match: Optional[str] = None,
    ) -> None:
        """Delete a schema.

        The schema and everything in it are hidden at once, its imports are canceled and its name is free. The
        rows are deleted after 30 days.

        Scope: admin:workspace. Route: DELETE /api/v1/schemas/{id}.

        confirm: Name of the schema, to confirm; required

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        await self._call("DELETE", f"/api/v1/schemas/{quoted(id)}", query={"confirm": confirm}, headers={"If-Match": if_match})

    async def delete_session(
        self,
    ) -> None:
        """Sign out.

        Ends the session of the cookie; without one it does nothing.
        """
        await self._call("DELETE", "/api/v1/session")

    async def delete_sessions(
        self,
        *,
        keep_current: Optional[bool] = None,
    ) -> None:
        """Sign out everywhere.

        Ends all sessions of the person. It needs a session: keys do not do it.

        Scope: authenticated. Route: DELETE /api/v1/sessions.

        keep_current: Keep the session that makes the request
        """
        await self._call("DELETE", "/api/v1/sessions", query={"keep_current": keep_current})

    async def delete_webhook(
        self,
        id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Delete a webhook.

        With its deliveries; those that are pending are not sent.

        Scope: admin:workspace. Route: DELETE /api/v1/webhooks/{id}.

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        await self._call("DELETE", f"/api/v1/webhooks/{quoted(id)}", headers={"If-Match": if_match})

    def diff_schemas(
        self,
        *,
        base: str,
        head: str,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceAssetDiff]:
        """Compare two versions of a schema, or two schemas.

        Lists the assets that differ. Each has who and what set it in the base and in the head. Assets of two
        schemas are paired by project and unique_id; where tables are, their statistics and who described them
        are not compared, and their compiled code and column lineage by the names that tables have in both. A
        page may be shorter than limit, or empty, where many assets are the same; links.next goes on.

        Scope: read:catalog. Route: GET /api/v1/diff.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        base: A schema at its served version (SCH-101), at a version (SCH-101@12) or at a time
        (SCH-101@2026-01-10T18:00:00Z)

        head: What the base is compared with, named in the same way
        """
        return self._pages("/api/v1/diff", query={"limit": limit, "base": base, "head": head})

    async def dismiss_removals(
        self,
        id: str,
        *,
        reason: Optional[str] = None,
    ) -> m.DocumentRemovalsOutcome:
        """Dismiss pending removals.

        What the last manifest no longer has stays, with its edges and tests. Later manifests without it do
        not make its removal pending again, until one contains it or is sent with force. Manifests of another
        target that wait are forgotten.

        Scope: write:catalog. Route: POST /api/v1/schemas/{id}/removals/dismiss.

        reason: Only those with this reason; without it, all
        """
        return cast("m.DocumentRemovalsOutcome", await self._call("POST", f"/api/v1/schemas/{quoted(id)}/removals/dismiss", query={"reason": reason}))

    async def edit_asset(
        self,
        id: str,
        body: m.AssetPatch,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        if_match: Optional[str] = None,
    ) -> m.EditReplyAsset:
        """Edit an asset.

        Sets description, owners and tags on behalf of the key's owner. Nothing is overwritten: an undo is a
        new edit. With `If-Match` it is refused (412) if the asset has changed since it was read; the reply's
        `ETag` is the next one. The reply has the effective value and the person's own; `meta.warnings` lists
        edits that the schema's policy hides.

        Scope: write:catalog. Route: PATCH /api/v1/assets/{id}.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        return cast("m.EditReplyAsset", await self._call("PATCH", f"/api/v1/assets/{quoted(id)}", query={"schema_id": schema_id, "project": project}, headers={"If-Match": if_match}, body=body))

    async def edit_column(
        self,
        id: str,
        name: str,
        body: m.ColumnPatch,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        if_match: Optional[str] = None,
    ) -> m.EditReplyColumn:
        """Edit a column.

        As for assets: description and tags of a column. `If-Match` takes the `ETag` of the column; the
        reply's is the next one.

        Scope: write:catalog. Route: PATCH /api/v1/assets/{id}/columns/{name}.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        return cast("m.EditReplyColumn", await self._call("PATCH", f"/api/v1/assets/{quoted(id)}/columns/{quoted(name)}", query={"schema_id": schema_id, "project": project}, headers={"If-Match": if_match}, body=body))

    async def get_asset(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
    ) -> m.DocumentAsset:
        """Read an asset.

        With its relation, texts and their origins, tags, owners, latest run and numbers of tests, columns and
        neighbours. The id may also be a dbt unique_id or a relation, with schema_id.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then
        """
        return cast("m.DocumentAsset", await self._call("GET", f"/api/v1/assets/{quoted(id)}", query={"schema_id": schema_id, "project": project, "at": at}))

    async def get_asset_by_relation(
        self,
        *,
        schema_id: str,
        relation: str,
        at: Optional[str] = None,
    ) -> m.DocumentAsset:
        """Find a table by its physical address.

        By the case rules of every adapter in the schema, quoted or not. The database may be omitted if only
        one has such a table; otherwise the reply is 409 with the candidates.

        Scope: read:catalog. Route: GET /api/v1/assets/by-relation.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        relation: A relation such as analytics.orders, quoted or not
        """
        return cast("m.DocumentAsset", await self._call("GET", "/api/v1/assets/by-relation", query={"at": at, "schema_id": schema_id, "relation": relation}))

    async def get_asset_by_unique_id(
        self,
        *,
        schema_id: str,
        unique_id: str,
        at: Optional[str] = None,
        project: Optional[str] = None,
    ) -> m.DocumentAsset:
        """Find an asset by dbt's unique_id.

        A node keeps its asset through renames. Where nodes of several projects have the unique_id and
        different assets, project is required: until then the reply is 409 with the candidates.

        Scope: read:catalog. Route: GET /api/v1/assets/by-unique-id.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        project: Key, name or id of the project; required if several have the unique_id
        """
        return cast("m.DocumentAsset", await self._call("GET", "/api/v1/assets/by-unique-id", query={"at": at, "schema_id": schema_id, "project": project, "unique_id": unique_id}))

    async def get_auth(
        self,
    ) -> m.DocumentWaysIn:
        """Read how people sign in.

        What a page offers to somebody who is not signed in.
        """
        return cast("m.DocumentWaysIn", await self._call("GET", "/api/v1/auth"))

    async def get_code(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        parts: Optional[bool] = None,
    ) -> m.DocumentSQL:
        """Read the SQL of an asset.

        Raw and compiled SQL; of a macro its text. Compiled SQL stays while the raw code is the same, even if
        later artifacts come without it.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/code.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        parts: Include where keywords, functions, names, strings, numbers, comments and Jinja are, by the
        lexer of the SQL dialect; nothing for other languages
        """
        return cast("m.DocumentSQL", await self._call("GET", f"/api/v1/assets/{quoted(id)}/code", query={"schema_id": schema_id, "project": project, "at": at, "parts": parts}))

    async def get_column(
        self,
        id: str,
        name: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
    ) -> m.DocumentColumn:
        """Read a column.

        Its ETag is what PATCH takes as If-Match. Where the warehouse folds names, any case finds the column.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/columns/{name}.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then
        """
        return cast("m.DocumentColumn", await self._call("GET", f"/api/v1/assets/{quoted(id)}/columns/{quoted(name)}", query={"schema_id": schema_id, "project": project, "at": at}))

    async def get_column_lineage(
        self,
        id: str,
        name: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        kinds: Optional[str] = None,
        confidence: Optional[str] = None,
        direction: Optional[str] = None,
        depth: Optional[int] = None,
        limit: Optional[int] = None,
        expressions: Optional[bool] = None,
    ) -> m.ColumnLineage:
        """Upstream and downstream of a column, to any depth.

        Columns from which the column derives and those that derive from it, nearest first, with kinds and
        confidence of each edge, and the columns that decide which rows there are.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/columns/{name}/lineage.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        kinds: Edges of at least one of these kinds, separated by commas; value and indirect select all of
        their group; default: all

        confidence: Edges of at least this confidence: schema, single_source, inferred or ambiguous (the
        default)

        depth: Maximum number of steps; unlimited by default

        limit: Maximum number of columns in each direction, nearest first

        expressions: Include the SQL expression of every column
        """
        return cast("m.ColumnLineage", await self._call("GET", f"/api/v1/assets/{quoted(id)}/columns/{quoted(name)}/lineage", query={"schema_id": schema_id, "project": project, "at": at, "kinds": kinds, "confidence": confidence, "direction": direction, "depth": depth, "limit": limit, "expressions": expressions}))

    async def get_coverage(
        self,
        *,
        schema_id: str,
        at: Optional[str] = None,
    ) -> m.DocumentCoverage:
        """What is documented, tested and matched in a schema.

        Counts of its present tables and their columns; with at, those of an older version.

        Scope: read:catalog. Route: GET /api/v1/coverage.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then
        """
        return cast("m.DocumentCoverage", await self._call("GET", "/api/v1/coverage", query={"at": at, "schema_id": schema_id}))

    async def get_delivery(
        self,
        id: str,
        delivery: str,
    ) -> m.DocumentDelivery:
        """Read a delivery.

        With what was sent and what was replied.

        Scope: admin:workspace. Route: GET /api/v1/webhooks/{id}/deliveries/{delivery}.
        """
        return cast("m.DocumentDelivery", await self._call("GET", f"/api/v1/webhooks/{quoted(id)}/deliveries/{quoted(delivery)}"))

    async def get_health(
        self,
        *,
        schema_id: str,
        at: Optional[str] = None,
    ) -> m.DocumentSchemaHealth:
        """How healthy the tables of a schema are.

        The score of a table is 100 · Σ weight · value / Σ weight over the aspects that it has; that of a
        schema or folder is the mean of the scores of its tables. The weights are a setting of the schema
        (`PATCH /schemas/{id}` with `health`). With at what was known then, with the weights of now.

        Scope: read:catalog. Route: GET /api/v1/health.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then
        """
        return cast("m.DocumentSchemaHealth", await self._call("GET", "/api/v1/health", query={"at": at, "schema_id": schema_id}))

    async def get_impact(
        self,
        *,
        asset: str,
        at: Optional[str] = None,
        kinds: Optional[str] = None,
        confidence: Optional[str] = None,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        column: Optional[str] = None,
        rows: Optional[bool] = None,
        limit: Optional[int] = None,
    ) -> m.Impact:
        """What a change to a table or column reaches.

        Columns, tables, exposures, metrics and owners that a change of a table or column reaches, nearest
        first, each with the reason.

        Scope: read:catalog. Route: GET /api/v1/impact.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        kinds: Edges of at least one of these kinds, separated by commas; value and indirect select all of
        their group; default: all

        confidence: Edges of at least this confidence: schema, single_source, inferred or ambiguous (the
        default)

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        asset: The asset that changes: an id, or with schema_id a dbt unique_id or a relation

        column: The column that changes; default: the whole table

        rows: Also follow columns that decide rows (joins, filters, grouping)

        limit: Maximum number of rows per list
        """
        return cast("m.Impact", await self._call("GET", "/api/v1/impact", query={"at": at, "kinds": kinds, "confidence": confidence, "schema_id": schema_id, "project": project, "asset": asset, "column": column, "rows": rows, "limit": limit}))

    async def get_import(
        self,
        id: str,
    ) -> m.ImportDocument:
        """State of an import.

        Status, counters and times. `GET …/report` has stages and issues.

        Scope: read:dbt_imports. Route: GET /api/v1/dbt_imports/{id}.
        """
        return cast("m.ImportDocument", await self._call("GET", f"/api/v1/dbt_imports/{quoted(id)}"))

    async def get_import_report(
        self,
        id: str,
    ) -> m.DocumentReport:
        """Read the report of an import.

        Stages with their time, what was read and stored, and every issue with its remedy.

        Scope: read:dbt_imports. Route: GET /api/v1/dbt_imports/{id}/report.
        """
        return cast("m.DocumentReport", await self._call("GET", f"/api/v1/dbt_imports/{quoted(id)}/report"))

    async def get_integration(
        self,
        id: str,
    ) -> m.DocumentIntegration:
        """Read an integration.

        Secrets are never shown.

        Scope: read:integrations. Route: GET /api/v1/integrations/{id}.
        """
        return cast("m.DocumentIntegration", await self._call("GET", f"/api/v1/integrations/{quoted(id)}"))

    async def get_integration_integration(
        self,
        id: str,
    ) -> m.GetIntegrationIntegrationReply:
        """Read an integration.

        Credentials are never shown.

        Scope: read:integrations. Route: GET /api/v1/integration/integrations/{id}.
        """
        return cast("m.GetIntegrationIntegrationReply", await self._call("GET", f"/api/v1/integration/integrations/{quoted(id)}"))

    async def get_key(
        self,
        id: str,
    ) -> m.DocumentKey:
        """Read an API key.

        Without its secret; revoked and expired keys, too.

        Scope: admin:workspace. Route: GET /api/v1/keys/{id}.
        """
        return cast("m.DocumentKey", await self._call("GET", f"/api/v1/keys/{quoted(id)}"))

    async def get_limits(
        self,
    ) -> m.LimitsReply:
        """Limits of requests.

        Limits of requests and artifacts of this server. They are settings (limits.*).
        """
        return cast("m.LimitsReply", await self._call("GET", "/api/v1/limits"))

    async def get_lineage(
        self,
        *,
        schema_id: str,
        at: Optional[str] = None,
        select: Optional[str] = None,
        depth: Optional[int] = None,
        limit: Optional[int] = None,
        kind: Optional[str] = None,
        hooks: Optional[str] = None,
        layout: Optional[str] = None,
        fold: Optional[int] = None,
    ) -> m.Lineage:
        """Read the part of the graph that a dbt selector selects.

        Nodes and edges between tables, exposures and the like, nearest first, up to a limit; meta has the
        totals. With layout=true each node has a place in a picture of lanes from left to right, and each edge
        the points of its line. With `Accept: image/svg+xml` the reply is that picture.

        Scope: read:catalog. Route: GET /api/v1/lineage.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        select: dbt selector, such as 1+orders+1 or tag:nightly+, of at most 64 terms; default: everything

        depth: Maximum number of steps from the selected assets; unlimited by default

        limit: Maximum number of nodes, nearest first; with layout of boxes, at most 200

        kind: Only nodes of these kinds, separated by commas

        hooks: With operations (hooks), which are left out unless a selector selects nothing else

        layout: With a place for each node and points for each edge

        fold: With layout: neighbours of a box in one lane beyond which further ones are folded into one box
        """
        return cast("m.Lineage", await self._call("GET", "/api/v1/lineage", query={"at": at, "schema_id": schema_id, "select": select, "depth": depth, "limit": limit, "kind": kind, "hooks": hooks, "layout": layout, "fold": fold}))

    async def get_map(
        self,
        *,
        schema_id: str,
        at: Optional[str] = None,
        by: Optional[str] = None,
        depth: Optional[int] = None,
        limit: Optional[int] = None,
        expand: Optional[str] = None,
    ) -> m.Map:
        """Read a whole schema as a map of groups.

        Groups of tables, exposures, metrics and the like, how many edges lead from one to another, and their
        places in a picture from left to right. Sources are groups of their own, as source: and their name.
        With `Accept: image/svg+xml` the reply is that picture.

        Scope: read:catalog. Route: GET /api/v1/map.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        by: What assets are grouped by; one with several tags or owners is in several groups

        depth: With by=folder: folders of a group's name; default: as many as make at most 40 groups

        limit: Maximum number of groups, largest first

        expand: Name of a group: its assets are boxes of their own, and count as groups
        """
        return cast("m.Map", await self._call("GET", "/api/v1/map", query={"at": at, "schema_id": schema_id, "by": by, "depth": depth, "limit": limit, "expand": expand}))

    async def get_me(
        self,
    ) -> m.DocumentMe:
        """Read who makes the request.

        The caller, what it may do, and what a person keeps: stars, and when it last looked. 401 without a key
        or session.

        Scope: authenticated. Route: GET /api/v1/me.
        """
        return cast("m.DocumentMe", await self._call("GET", "/api/v1/me"))

    async def get_model_column_lineage(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        uses: Optional[bool] = None,
    ) -> m.DocumentModelLineage:
        """Column lineage of a model and how completely its code was read.

        Status, every column with its origins, and what could not be read, with its position in the compiled
        code.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/column_lineage.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        uses: Include what uses the table's columns directly
        """
        return cast("m.DocumentModelLineage", await self._call("GET", f"/api/v1/assets/{quoted(id)}/column_lineage", query={"schema_id": schema_id, "project": project, "at": at, "uses": uses}))

    async def get_owner(
        self,
        owner: str,
        *,
        schema_id: str,
        at: Optional[str] = None,
    ) -> m.DocumentOwner:
        """Read an owner.

        By name, in the case of letters that assets have it in. `GET /assets` with `owner` has the assets.

        Scope: read:catalog. Route: GET /api/v1/owners/{owner}.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then
        """
        return cast("m.DocumentOwner", await self._call("GET", f"/api/v1/owners/{quoted(owner)}", query={"at": at, "schema_id": schema_id}))

    async def get_project(
        self,
        id: str,
    ) -> m.DocumentProject:
        """Read a dbt project.

        Its dbt version, adapter, last manifest and numbers of assets by kind.

        Scope: read:catalog. Route: GET /api/v1/projects/{id}.
        """
        return cast("m.DocumentProject", await self._call("GET", f"/api/v1/projects/{quoted(id)}"))

    async def get_run(
        self,
        id: str,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        class_: Optional[str] = None,
    ) -> m.RunDocument:
        """Read a dbt invocation.

        limit and cursor page through its node results, or with class through those of one class.

        Scope: read:catalog. Route: GET /api/v1/runs/{id}.

        limit: Maximum number of rows per page

        cursor: Position of the page, from links.next of the previous one

        class_: Only results of this class
        """
        return cast("m.RunDocument", await self._call("GET", f"/api/v1/runs/{quoted(id)}", query={"limit": limit, "cursor": cursor, "class": class_}))

    async def get_run_critical_path(
        self,
        id: str,
    ) -> m.DocumentCriticalPath:
        """What decided when a dbt invocation was done.

        The chain of nodes back from the one that completed last: before each the one among its parents, and
        with dbt build among the tests of what it is made of, that completed last. The graph is that of the
        served version. operations are the hooks of the run.

        Scope: read:catalog. Route: GET /api/v1/runs/{id}/critical_path.
        """
        return cast("m.DocumentCriticalPath", await self._call("GET", f"/api/v1/runs/{quoted(id)}/critical_path"))

    async def get_run_steps(
        self,
        id: str,
    ) -> m.DocumentRunSteps:
        """What a dbt invocation did, step by step.

        The hooks of its start, one by one; all of its nodes; the hooks of its end. At most 1,000 hooks. GET
        /runs/{id} has the results of the nodes.

        Scope: read:catalog. Route: GET /api/v1/runs/{id}/steps.
        """
        return cast("m.DocumentRunSteps", await self._call("GET", f"/api/v1/runs/{quoted(id)}/steps"))

    async def get_schema(
        self,
        id: str,
    ) -> m.DocumentSchema:
        """Read a schema.

        Name, environment, merge policy, served version, number of tables and last import.

        Scope: read:catalog. Route: GET /api/v1/schemas/{id}.
        """
        return cast("m.DocumentSchema", await self._call("GET", f"/api/v1/schemas/{quoted(id)}"))

    async def get_schema_column_lineage(
        self,
        id: str,
        *,
        at: Optional[str] = None,
    ) -> m.DocumentSchemaLineage:
        """How completely the code of a schema's models was read.

        Numbers of models by status of reading, and those that were not read completely.

        Scope: read:catalog. Route: GET /api/v1/schemas/{id}/column_lineage.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then
        """
        return cast("m.DocumentSchemaLineage", await self._call("GET", f"/api/v1/schemas/{quoted(id)}/column_lineage", query={"at": at}))

    async def get_sync(
        self,
        id: str,
        sync: str,
    ) -> m.DocumentSync:
        """Read a sync.

        Its stages, counts and error. With `Accept: text/event-stream` the reply is the stream that the path
        with `/events` has.

        Scope: read:integrations. Route: GET /api/v1/integrations/{id}/syncs/{sync}.
        """
        return cast("m.DocumentSync", await self._call("GET", f"/api/v1/integrations/{quoted(id)}/syncs/{quoted(sync)}"))

    def get_sync_log(
        self,
        id: str,
        sync: str,
        *,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceLogLine]:
        """Read the log of a sync.

        Oldest line first; never a secret.

        Scope: read:integrations. Route: GET /api/v1/integrations/{id}/syncs/{sync}/log.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/integrations/{quoted(id)}/syncs/{quoted(sync)}/log", query={"limit": limit})

    async def get_test(
        self,
        id: str,
        *,
        at: Optional[str] = None,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
    ) -> m.DocumentTest:
        """Read a data test.

        With its latest result. A test that is gone can still be read by its id, in its last state.

        Scope: read:catalog. Route: GET /api/v1/tests/{id}.

        id: An id such as TST-12; with schema_id also a dbt unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id
        """
        return cast("m.DocumentTest", await self._call("GET", f"/api/v1/tests/{quoted(id)}", query={"at": at, "schema_id": schema_id, "project": project}))

    async def get_user(
        self,
        id: str,
    ) -> m.DocumentUser:
        """Read a person.

        Name, e-mail address and role.

        Scope: admin:workspace. Route: GET /api/v1/users/{id}.
        """
        return cast("m.DocumentUser", await self._call("GET", f"/api/v1/users/{quoted(id)}"))

    async def get_webhook(
        self,
        id: str,
    ) -> m.DocumentWebhook:
        """Read a webhook.

        Which events it sends, and where to; its secret is not shown.

        Scope: admin:workspace. Route: GET /api/v1/webhooks/{id}.
        """
        return cast("m.DocumentWebhook", await self._call("GET", f"/api/v1/webhooks/{quoted(id)}"))

    async def healthcheck(
        self,
    ) -> m.Health:
        """Health.

        Needs no key and answers to every host name. Reports that the process runs.
        """
        return cast("m.Health", await self._call("GET", "/healthcheck"))

    def list_asset_changes(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ChangeRow]:
        """List the changes of an asset, newest first.

        What imports, edits and confirmed removals changed, field by field, with cause and actor.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/changes.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/changes", query={"schema_id": schema_id, "project": project, "limit": limit})

    def list_asset_freshness(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceFreshness]:
        """List the freshness of a source over time, newest first.

        One for each dbt source freshness that looked at it, with its lag and whether that is within what is
        demanded; with at those that were known then. Empty for an asset that is not a source.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/freshness.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/freshness", query={"schema_id": schema_id, "project": project, "at": at, "limit": limit})

    def list_asset_runs(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceResult]:
        """List the results of an asset's node over time, newest first.

        Results of runs that build; with at, those known by then. Where tables were made without their rows,
        counts_as is history.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/runs.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/runs", query={"schema_id": schema_id, "project": project, "at": at, "limit": limit})

    def list_asset_tests(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceTest]:
        """Data tests of a table, with their latest results.

        Each with its latest result. `GET /tests?asset=` has filters and pages.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/tests.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/tests", query={"schema_id": schema_id, "project": project, "at": at, "limit": limit})

    def list_assets(
        self,
        *,
        limit: Optional[int] = None,
        at: Optional[str] = None,
        schema_id: Optional[str] = None,
        kind: Optional[str] = None,
        project: Optional[str] = None,
        package: Optional[str] = None,
        tag: Optional[str] = None,
        owner: Optional[str] = None,
        group: Optional[str] = None,
        status: Optional[str] = None,
        test_status: Optional[str] = None,
        column_tag: Optional[str] = None,
        materialized: Optional[str] = None,
        removed: Optional[str] = None,
        has_description: Optional[str] = None,
        q: Optional[str] = None,
        sort: Optional[str] = None,
        breakdown: Optional[str] = None,
    ) -> AsyncPages[m.ResourceAsset]:
        """List assets.

        Tables, exposures, metrics and all other kinds. Tables come first unless sort is given. Removed assets
        are left out unless removed=true; operations (hooks), macros and docs blocks unless kind names them.

        Scope: read:catalog. Route: GET /api/v1/assets.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        kind: One or more kinds, separated by commas

        project: Id of a project, or with schema_id its name or key

        owner: Name of an owner, or an e-mail address that a dbt group or exposure gives for one

        status: Class of the latest result

        test_status: Assets with a data test whose latest result is of this class

        column_tag: Tables that have a column with this tag

        q: A query as of /search: words, and keys such as column:email

        sort: Tables first and then by name, unless given; downstream is the number of direct children and
        requires schema_id

        breakdown: Counts over the whole list, separated by commas: kind, tag, owner, group, package,
        materialized
        """
        return self._pages("/api/v1/assets", query={"limit": limit, "at": at, "schema_id": schema_id, "kind": kind, "project": project, "package": package, "tag": tag, "owner": owner, "group": group, "status": status, "test_status": test_status, "column_tag": column_tag, "materialized": materialized, "removed": removed, "has_description": has_description, "q": q, "sort": sort, "breakdown": breakdown})

    def list_audit(
        self,
        *,
        limit: Optional[int] = None,
        action: Optional[str] = None,
        subject: Optional[str] = None,
        actor: Optional[str] = None,
        from_: Optional[str] = None,
        to: Optional[str] = None,
    ) -> AsyncPages[m.ResourceAuditEntry]:
        """Read the audit log.

        Sign-ins, keys, people, schemas and their policies, removals and reverts, newest first. Entries are
        only added, and kept forever. A sign-in is the first request with a key from an address since the
        server started; an address with too many invalid keys is a refused one. Both are added within a
        minute. A key that is limited to schemas does not read it.

        Scope: read:audit. Route: GET /api/v1/audit.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        action: One action, such as key.created

        subject: What it was done to, such as KEY-3

        actor: Id of who did it, such as KEY-3 or USR-2

        from_: RFC 3339 time; entries from then on

        to: RFC 3339 time; entries before it
        """
        return self._pages("/api/v1/audit", query={"limit": limit, "action": action, "subject": subject, "actor": actor, "from": from_, "to": to})

    def list_blame(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        limit: Optional[int] = None,
        column: Optional[str] = None,
    ) -> AsyncPages[m.ResourceBlamedValue]:
        """Who or what last set each value of an asset.

        Its own values, then those of its columns in their order. It is recorded when values change, and is
        kept when old versions are deleted. A page has fewer than `limit` values if they exceed 1 MiB or were
        set by more than 20 versions.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/blame.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page

        column: Only the values of this column
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/blame", query={"schema_id": schema_id, "project": project, "at": at, "limit": limit, "column": column})

    def list_changes(
        self,
        *,
        schema_id: str,
        limit: Optional[int] = None,
        from_: Optional[str] = None,
        to: Optional[str] = None,
    ) -> AsyncPages[m.ChangeRow]:
        """List the changes between two versions.

        Ordered by version. A page has less than `limit` changes where their values have more than 1 MiB.
        `total` counts changes, and is null where more than 200 assets changed.

        Scope: read:catalog. Route: GET /api/v1/changes.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        from_: Version or time after which changes are listed; default: the first version

        to: Version or time up to which changes are listed; default: the served version
        """
        return self._pages("/api/v1/changes", query={"limit": limit, "schema_id": schema_id, "from": from_, "to": to})

    def list_columns(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        limit: Optional[int] = None,
        removed: Optional[str] = None,
        tag: Optional[str] = None,
    ) -> AsyncPages[m.ResourceColumn]:
        """List the columns of a table.

        In the table's order. Removed columns are left out unless removed=true. A page has less than `limit`
        columns where they have more than 4 MiB.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/columns.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page

        removed: true: the columns that are not there any more, instead of the others

        tag: Only columns with this tag
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/columns", query={"schema_id": schema_id, "project": project, "at": at, "limit": limit, "removed": removed, "tag": tag})

    def list_coverage_history(
        self,
        *,
        schema_id: str,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceCoverage]:
        """The coverage of a schema at each version, newest first.

        With at, from that version on. A page may be shorter than limit where versions changed many tables;
        the next one continues.

        Scope: read:catalog. Route: GET /api/v1/coverage/history.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/coverage/history", query={"at": at, "limit": limit, "schema_id": schema_id})

    def list_deliveries(
        self,
        id: str,
        *,
        limit: Optional[int] = None,
        state: Optional[str] = None,
    ) -> AsyncPages[m.ResourceDelivery]:
        """List deliveries of a webhook.

        Newest first; kept as long as jobs are.

        Scope: admin:workspace. Route: GET /api/v1/webhooks/{id}/deliveries.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        state: Only those in this state
        """
        return self._pages(f"/api/v1/webhooks/{quoted(id)}/deliveries", query={"limit": limit, "state": state})

    def list_edits(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceEdit]:
        """List the edits of an asset, newest first.

        Everything that people wrote about the asset and its columns. It is kept when old versions of the
        schema are deleted. A page has less than `limit` edits where their values have more than 1 MiB.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/edits.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/edits", query={"schema_id": schema_id, "project": project, "at": at, "limit": limit})

    def list_facets(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceFacet]:
        """What each origin reports about an asset.

        What each origin reports about the asset, before it is merged: dbt projects and people. Of edits it
        has the newest 100; `GET /api/v1/assets/{id}/edits` lists all. A page has less than `limit` facets
        where they have more than 1 MiB.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/facets.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/facets", query={"schema_id": schema_id, "project": project, "at": at, "limit": limit})

    def list_flaky_tests(
        self,
        *,
        schema_id: str,
        limit: Optional[int] = None,
        at: Optional[str] = None,
        changes: Optional[int] = None,
    ) -> AsyncPages[m.ResourceFlakyTest]:
        """List the data tests whose outcome changes without a change of code.

        Those with most such changes among their 20 newest executions come first. The code compared is that at
        the end of the import of the results. They are computed from the newest runs of the schema, at most
        200 with 500,000 results; meta.from has their numbers. With at those that were known then.

        Scope: read:catalog. Route: GET /api/v1/flaky_tests.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        changes: How many changes without a change of code make a test flaky: 2 are a failure that goes away
        again
        """
        return self._pages("/api/v1/flaky_tests", query={"limit": limit, "at": at, "schema_id": schema_id, "changes": changes})

    def list_folder_health(
        self,
        *,
        schema_id: str,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceFolderHealth]:
        """How healthy the tables of each folder are.

        By the folders of their files, by name. See `GET /health` for the score.

        Scope: read:catalog. Route: GET /api/v1/health/folders.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/health/folders", query={"at": at, "schema_id": schema_id, "limit": limit})

    def list_freshness(
        self,
        *,
        schema_id: str,
        limit: Optional[int] = None,
        at: Optional[str] = None,
        status: Optional[str] = None,
        project: Optional[str] = None,
        asset: Optional[str] = None,
    ) -> AsyncPages[m.ResourceFreshness]:
        """List the freshness of the sources of a schema.

        The newest result of dbt source freshness of each source that has one. With at it is what was known
        then.

        Scope: read:catalog. Route: GET /api/v1/freshness.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        project: Id of a project, or with schema_id its name or key

        asset: A table: an id, a dbt unique_id or a relation
        """
        return self._pages("/api/v1/freshness", query={"limit": limit, "at": at, "schema_id": schema_id, "status": status, "project": project, "asset": asset})

    async def list_import_artifacts(
        self,
        id: str,
    ) -> m.ListArtifact:
        """List the files of an import.

        Raw files may contain secrets of the environment, so they require a scope of their own,
        read:artifacts.

        Scope: read:artifacts. Route: GET /api/v1/dbt_imports/{id}/artifacts.
        """
        return cast("m.ListArtifact", await self._call("GET", f"/api/v1/dbt_imports/{quoted(id)}/artifacts"))

    def list_import_changes(
        self,
        id: str,
        *,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ChangeRow]:
        """List the changes of an import.

        A page contains all changes of up to `limit` assets.

        Scope: read:dbt_imports. Route: GET /api/v1/dbt_imports/{id}/changes.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/dbt_imports/{quoted(id)}/changes", query={"limit": limit})

    def list_imports(
        self,
        *,
        limit: Optional[int] = None,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        status: Optional[str] = None,
    ) -> AsyncPages[m.ImportResource]:
        """List imports, newest first.

        Filters by schema, project and status. Unknown parameters are ignored.

        Scope: read:dbt_imports. Route: GET /api/v1/dbt_imports.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.
        """
        return self._pages("/api/v1/dbt_imports", query={"limit": limit, "schema_id": schema_id, "project": project, "status": status})

    async def list_integration_failing_tests(
        self,
        id: str,
    ) -> m.ListIntegrationFailingTestsReply:
        """Tables with failing tests.

        Of the schema that the integration feeds: tables of which a test failed, or could not run, when it ran
        last.

        Scope: read:catalog. Route: GET /api/v1/integration/dbt/{id}/failing_tests.
        """
        return cast("m.ListIntegrationFailingTestsReply", await self._call("GET", f"/api/v1/integration/dbt/{quoted(id)}/failing_tests"))

    async def list_integration_integrations(
        self,
        *,
        page: Optional[int] = None,
        type: Optional[str] = None,
    ) -> m.ListIntegrationIntegrationsReply:
        """List integrations by pages.

        Numbered pages with the links to the next and the previous one. Unknown parameters are ignored.

        Scope: read:integrations. Route: GET /api/v1/integration/integrations.
        """
        return cast("m.ListIntegrationIntegrationsReply", await self._call("GET", "/api/v1/integration/integrations", query={"page": page, "type": type}))

    def list_integrations(
        self,
        *,
        limit: Optional[int] = None,
        kind: Optional[str] = None,
        schema_id: Optional[str] = None,
    ) -> AsyncPages[m.ResourceIntegration]:
        """List integrations.

        With their last sync.

        Scope: read:integrations. Route: GET /api/v1/integrations.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        kind: Only those of this kind

        schema_id: Only those that feed this schema
        """
        return self._pages("/api/v1/integrations", query={"limit": limit, "kind": kind, "schema_id": schema_id})

    def list_invitations(
        self,
        *,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceInvitation]:
        """List open invitations.

        Those that were not used yet and have not expired, without their links.

        Scope: admin:workspace. Route: GET /api/v1/invitations.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/invitations", query={"limit": limit})

    def list_issues(
        self,
        *,
        schema_id: str,
        limit: Optional[int] = None,
        at: Optional[str] = None,
        source: Optional[str] = None,
        severity: Optional[str] = None,
        code: Optional[str] = None,
        project: Optional[str] = None,
    ) -> AsyncPages[m.ResourceSchemaIssue]:
        """List the problems of a schema.

        First those that its 50 newest imports reported, each once, with the newest import that reported it;
        an import reads only what has changed, so one that does not report a problem again has not necessarily
        seen it solved. Then what could not be read in the SQL of its models. With at those of that time.

        Scope: read:catalog. Route: GET /api/v1/issues.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        project: Id, name or key of a project
        """
        return self._pages("/api/v1/issues", query={"limit": limit, "at": at, "schema_id": schema_id, "source": source, "severity": severity, "code": code, "project": project})

    def list_keys(
        self,
        *,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceKey]:
        """List API keys.

        Without their secrets. A key is shown once, in the reply to its creation.

        Scope: admin:workspace. Route: GET /api/v1/keys.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/keys", query={"limit": limit})

    def list_lineage_jobs(
        self,
        *,
        schema_id: str,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceLineageJob]:
        """List the jobs outside dbt that sent events.

        With their newest runs, the tables that they read and write, and what is not a table.

        Scope: read:catalog. Route: GET /api/v1/lineage/jobs.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/lineage/jobs", query={"limit": limit, "schema_id": schema_id})

    def list_owners(
        self,
        *,
        schema_id: str,
        at: Optional[str] = None,
        limit: Optional[int] = None,
        sort: Optional[str] = None,
    ) -> AsyncPages[m.ResourceOwner]:
        """List the owners of a schema's assets.

        Who owns something, by name: with e-mail addresses, numbers of assets by kind, latest results of their
        data tests and the health of their tables. `GET /assets` with `owner` has the assets of an owner.

        Scope: read:catalog. Route: GET /api/v1/owners.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page

        sort: -assets: who owns most comes first
        """
        return self._pages("/api/v1/owners", query={"at": at, "limit": limit, "schema_id": schema_id, "sort": sort})

    def list_projects(
        self,
        *,
        limit: Optional[int] = None,
        schema_id: Optional[str] = None,
    ) -> AsyncPages[m.ResourceProject]:
        """List dbt projects.

        dbt projects that have sent a manifest, with dbt version, adapter and numbers of their assets.

        Scope: read:catalog. Route: GET /api/v1/projects.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/projects", query={"limit": limit, "schema_id": schema_id})

    def list_removals(
        self,
        id: str,
        *,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceRemoval]:
        """List pending removals.

        A manifest that drops more than 30 % and at least 5 of its models, seeds, snapshots and sources, or
        has none at all, is applied without its removals; they are pending until confirmed or dismissed. A
        node whose table lives on as another node, or which another project or a crawl has, is not listed: its
        table is not removed. A manifest most of whose models, seeds and snapshots are in another database or
        schema than the target that feeds the schema is not applied; the tables that it would move are listed
        with the reason `target_moved`.

        Scope: read:catalog. Route: GET /api/v1/schemas/{id}/removals.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/schemas/{quoted(id)}/removals", query={"limit": limit})

    def list_runs(
        self,
        *,
        limit: Optional[int] = None,
        at: Optional[str] = None,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        outcome: Optional[str] = None,
        command: Optional[str] = None,
        artifact: Optional[str] = None,
        partial: Optional[str] = None,
        sort: Optional[str] = None,
    ) -> AsyncPages[m.ResourceRun]:
        """List dbt invocations.

        One for each run_results.json and sources.json that was sent, the newest first unless sort says
        otherwise. With at, which requires schema_id or project, those that were known then.

        Scope: read:catalog. Route: GET /api/v1/runs.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        project: Id of a project, or with schema_id its name or key

        command: build, run, test, retry, generate …

        artifact: The file that it comes from

        partial: Whether nodes were chosen

        sort: With - the largest first. failures are counts.fail and counts.error together. Of equal values
        generated_at decides
        """
        return self._pages("/api/v1/runs", query={"limit": limit, "at": at, "schema_id": schema_id, "project": project, "outcome": outcome, "command": command, "artifact": artifact, "partial": partial, "sort": sort})

    def list_schemas(
        self,
        *,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceSchema]:
        """List schemas.

        A schema is one environment of one warehouse. A key that is limited to some sees those.

        Scope: read:catalog. Route: GET /api/v1/schemas.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/schemas", query={"limit": limit})

    def list_sessions(
        self,
        *,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceSession]:
        """List the caller's sessions.

        Those of the person who makes the request, newest first. A key without a person has none.

        Scope: authenticated. Route: GET /api/v1/sessions.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/sessions", query={"limit": limit})

    def list_slowdowns(
        self,
        *,
        schema_id: str,
        limit: Optional[int] = None,
        at: Optional[str] = None,
        project: Optional[str] = None,
        factor: Optional[float] = None,
        seconds: Optional[float] = None,
        nodes: Optional[str] = None,
    ) -> AsyncPages[m.ResourceSlowdown]:
        """List the nodes whose newest execution took longer than usual.

        Usual is the median of the executions among the 20 results before it, at least three. Those that took
        most seconds more come first. They are computed from the newest runs of the schema, at most 200 with
        500,000 results; meta.from has their numbers. With at those that were known then.

        Scope: read:catalog. Route: GET /api/v1/slowdowns.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        project: Id, name or key of a project

        factor: Of the median, from which on an execution is slow

        seconds: How much longer than the median it took, at least

        nodes: tests: data tests; others: models, seeds, snapshots and whatever else dbt executes
        """
        return self._pages("/api/v1/slowdowns", query={"limit": limit, "at": at, "schema_id": schema_id, "project": project, "factor": factor, "seconds": seconds, "nodes": nodes})

    def list_syncs(
        self,
        id: str,
        *,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceSync]:
        """List syncs of an integration.

        Newest first, with stages, counts and errors.

        Scope: read:integrations. Route: GET /api/v1/integrations/{id}/syncs.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/integrations/{quoted(id)}/syncs", query={"limit": limit})

    def list_table_health(
        self,
        *,
        schema_id: str,
        at: Optional[str] = None,
        limit: Optional[int] = None,
        folder: Optional[str] = None,
        asset: Optional[str] = None,
        sort: Optional[str] = None,
    ) -> AsyncPages[m.ResourceTableHealth]:
        """How healthy each table is.

        With what its score is made of, the least healthy first unless sort says otherwise. See `GET /health`
        for the score.

        Scope: read:catalog. Route: GET /api/v1/health/tables.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page

        folder: Only tables of this folder and of those in it

        asset: Only this table: an id, a dbt unique_id or a relation

        sort: With - the healthiest first; tables without a score come last
        """
        return self._pages("/api/v1/health/tables", query={"at": at, "schema_id": schema_id, "limit": limit, "folder": folder, "asset": asset, "sort": sort})

    def list_test_history(
        self,
        id: str,
        *,
        at: Optional[str] = None,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        limit: Optional[int] = None,
        class_: Optional[str] = None,
    ) -> AsyncPages[m.ResourceResult]:
        """List the results of a data test over time, newest first.

        One for each invocation of dbt that executed it, with its number of failures and its time; with at
        those that were known then. Invocations that only compile it, such as docs generate, are not among
        them.

        Scope: read:catalog. Route: GET /api/v1/tests/{id}/history.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TST-12; with schema_id also a dbt unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        limit: Maximum number of rows per page

        class_: Only results of this class
        """
        return self._pages(f"/api/v1/tests/{quoted(id)}/history", query={"at": at, "schema_id": schema_id, "project": project, "limit": limit, "class": class_})

    def list_tests(
        self,
        *,
        limit: Optional[int] = None,
        at: Optional[str] = None,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        asset: Optional[str] = None,
        status: Optional[str] = None,
        sort: Optional[str] = None,
    ) -> AsyncPages[m.ResourceTest]:
        """Data tests of a schema or of an asset.

        Data tests with their latest results, by id unless sort says otherwise. Filters by status, asset and
        project.

        Scope: read:catalog. Route: GET /api/v1/tests.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        asset: Only the tests of this asset: an id, or with schema_id a dbt unique_id or a relation

        status: Class of the latest result

        sort: By the latest result, with - the largest first; tests without one come last. status begins with
        the worst. By id if it is not given
        """
        return self._pages("/api/v1/tests", query={"limit": limit, "at": at, "schema_id": schema_id, "project": project, "asset": asset, "status": status, "sort": sort})

    def list_users(
        self,
        *,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceUser]:
        """List people.

        With their roles. Those that were removed are in the audit log.

        Scope: admin:workspace. Route: GET /api/v1/users.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/users", query={"limit": limit})

    def list_uses(
        self,
        id: str,
        *,
        schema_id: Optional[str] = None,
        project: Optional[str] = None,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceUse]:
        """List what uses a macro or a docs block.

        Assets that call a macro, other macros among them, by name, then data tests; of a docs block the
        assets and columns whose descriptions have it, which dbt reports from 1.10 on. Everything else is used
        along the lineage: for it the list is empty.

        Scope: read:catalog. Route: GET /api/v1/assets/{id}/used_by.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        id: An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders

        schema_id: Required if the asset is not named by its id

        project: Key, name or id of the dbt project; required if several have the unique_id

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/assets/{quoted(id)}/used_by", query={"schema_id": schema_id, "project": project, "at": at, "limit": limit})

    def list_versions(
        self,
        id: str,
        *,
        at: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceVersion]:
        """List the versions of a schema, newest first.

        Those that can be read with at=; older ones are deleted after a time. Each has who and what made it,
        and how much it changed. With at from that version on.

        Scope: read:catalog. Route: GET /api/v1/schemas/{id}/versions.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        at: An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at
        its end, UTC). Results of runs are those that were known then

        limit: Maximum number of rows per page
        """
        return self._pages(f"/api/v1/schemas/{quoted(id)}/versions", query={"at": at, "limit": limit})

    def list_webhooks(
        self,
        *,
        limit: Optional[int] = None,
    ) -> AsyncPages[m.ResourceWebhook]:
        """List webhooks.

        Without their secrets.

        Scope: admin:workspace. Route: GET /api/v1/webhooks.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page
        """
        return self._pages("/api/v1/webhooks", query={"limit": limit})

    async def redeliver(
        self,
        id: str,
        delivery: str,
    ) -> m.DocumentDelivery:
        """Send a delivery again.

        With the same `webhook-id`, so that a receiver that has it ignores it. A pending one is 409.

        Scope: admin:workspace. Route: POST /api/v1/webhooks/{id}/deliveries/{delivery}/redeliver.
        """
        return cast("m.DocumentDelivery", await self._call("POST", f"/api/v1/webhooks/{quoted(id)}/deliveries/{quoted(delivery)}/redeliver"))

    async def remove_user(
        self,
        id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Remove a person.

        The person's keys are revoked. What the person changed stays, under the person's name.

        Scope: admin:workspace. Route: DELETE /api/v1/users/{id}.

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        await self._call("DELETE", f"/api/v1/users/{quoted(id)}", headers={"If-Match": if_match})

    async def retry_sync(
        self,
        id: str,
        sync: str,
    ) -> m.DocumentSync:
        """Run a sync again.

        Starts a new sync of the integration.

        Scope: run:syncs. Route: POST /api/v1/integrations/{id}/syncs/{sync}/retry.
        """
        return cast("m.DocumentSync", await self._call("POST", f"/api/v1/integrations/{quoted(id)}/syncs/{quoted(sync)}/retry"))

    async def revert_import(
        self,
        id: str,
        *,
        force: Optional[bool] = None,
    ) -> m.DocumentRevert:
        """Revert an import.

        What the import's project reported before it is restored, as a new version. Edits made since stay, and
        so do results of runs. If later versions changed some of the same things, it is a conflict; with
        `force` those stay and the rest is restored. The same files are applied again only with force; a newer
        manifest or catalog is applied as always.

        Scope: write:catalog. Route: POST /api/v1/dbt_imports/{id}/revert.

        force: Restore what no later version changed, and leave the rest
        """
        return cast("m.DocumentRevert", await self._call("POST", f"/api/v1/dbt_imports/{quoted(id)}/revert", query={"force": force}))

    async def revoke_invitation(
        self,
        id: str,
    ) -> None:
        """Revoke an invitation.

        Its link can no longer be used. The person stays.

        Scope: admin:workspace. Route: DELETE /api/v1/invitations/{id}.
        """
        await self._call("DELETE", f"/api/v1/invitations/{quoted(id)}")

    async def revoke_key(
        self,
        id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Revoke an API key.

        It is refused from then on by every process.

        Scope: admin:workspace. Route: DELETE /api/v1/keys/{id}.

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        await self._call("DELETE", f"/api/v1/keys/{quoted(id)}", headers={"If-Match": if_match})

    def search(
        self,
        *,
        q: str,
        limit: Optional[int] = None,
        kind: Optional[str] = None,
        schema_id: Optional[str] = None,
    ) -> AsyncPages[m.SearchHit]:
        """Search the catalog.

        Finds assets by words of their names, columns, tags, owners, descriptions, meta, properties of kinds
        (the URL of an exposure) and SQL, in the served version. All words have to be found; each may be the
        beginning of a word, in any case, with or without underscores. One hit per asset: exact names first,
        then names that begin with the query, words, and texts, of equals those with most downstream.

        Scope: read:catalog. Route: GET /api/v1/search.

        The elements of all pages, read as they are asked for; `limit` is the size of a page.

        limit: Maximum number of rows per page

        q: Words, and filters such as kind:model tag:pii owner:finance column:email package:shop
        has:description; a minus in front excludes

        kind: One or more kinds, separated by commas

        schema_id: Default: all schemas
        """
        return self._pages("/api/v1/search", query={"limit": limit, "q": q, "kind": kind, "schema_id": schema_id})

    async def set_up(
        self,
        body: m.SetUp,
    ) -> m.DocumentSession:
        """Make the first administrator.

        By the one-time link that the server prints while nobody can sign in. The person is signed in by the
        reply. Once somebody can sign in it is 404.
        """
        return cast("m.DocumentSession", await self._call("POST", "/api/v1/setup", body=body))

    async def sign_in(
        self,
        body: m.SignIn,
    ) -> m.DocumentSession:
        """Sign in.

        Begins a session, whose cookie is then sent by the browser. A session that the client had before ends.
        It lasts 7 days, and ends after 12 hours without a request. An unknown address and a wrong password
        have the same reply (401). After 10 attempts that failed within 15 minutes from an address, or for an
        account, it is 429.
        """
        return cast("m.DocumentSession", await self._call("POST", "/api/v1/session", body=body))

    async def start_sync(
        self,
        id: str,
    ) -> m.DocumentSync:
        """Start a sync.

        A sync that has not begun is joined: it is returned.

        Scope: run:syncs. Route: POST /api/v1/integrations/{id}/syncs.
        """
        return cast("m.DocumentSync", await self._call("POST", f"/api/v1/integrations/{quoted(id)}/syncs"))

    async def test_integration(
        self,
        id: str,
    ) -> m.DocumentTrial:
        """Test the connection of an integration.

        Lists the bucket as a sync does, and reads the first byte of the newest manifest; or lists the schemas
        of the warehouse. Changes nothing.

        Scope: write:integrations. Route: POST /api/v1/integrations/{id}/test.
        """
        return cast("m.DocumentTrial", await self._call("POST", f"/api/v1/integrations/{quoted(id)}/test"))

    async def test_new_integration(
        self,
        body: m.NewIntegration,
    ) -> m.DocumentTrial:
        """Test a connection that is not saved.

        As `POST /integrations` takes it. Creates nothing.

        Scope: write:integrations. Route: POST /api/v1/integrations/test.
        """
        return cast("m.DocumentTrial", await self._call("POST", "/api/v1/integrations/test", body=body))

    async def test_webhook(
        self,
        id: str,
    ) -> m.DocumentDelivery:
        """Test a webhook.

        Sends an event `webhook.test` and returns its delivery, which is pending; read it again to see what
        became of it.

        Scope: admin:workspace. Route: POST /api/v1/webhooks/{id}/test.
        """
        return cast("m.DocumentDelivery", await self._call("POST", f"/api/v1/webhooks/{quoted(id)}/test"))

    async def trigger_integration(
        self,
        id: str,
    ) -> m.TriggerIntegrationReply:
        """Start a sync.

        Without a body. A sync that has not begun is joined.

        Scope: run:syncs. Route: POST /api/v1/integration/dbt/{id}/trigger.
        """
        return cast("m.TriggerIntegrationReply", await self._call("POST", f"/api/v1/integration/dbt/{quoted(id)}/trigger"))

    async def undo_import_revert(
        self,
        id: str,
        *,
        force: Optional[bool] = None,
    ) -> m.DocumentRevert:
        """Undo the revert of an import.

        What the revert restored is as the import left it, as a new version.

        Scope: write:catalog. Route: DELETE /api/v1/dbt_imports/{id}/revert.

        force: Restore what no later version changed, and leave the rest
        """
        return cast("m.DocumentRevert", await self._call("DELETE", f"/api/v1/dbt_imports/{quoted(id)}/revert", query={"force": force}))

    async def update_integration(
        self,
        id: str,
        body: m.IntegrationPatch,
        *,
        if_match: Optional[str] = None,
    ) -> m.DocumentIntegration:
        """Update an integration.

        With `If-Match` it is refused (412) if the integration has changed since it was read.

        Scope: write:integrations. Route: PATCH /api/v1/integrations/{id}.

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        return cast("m.DocumentIntegration", await self._call("PATCH", f"/api/v1/integrations/{quoted(id)}", headers={"If-Match": if_match}, body=body))

    async def update_integration_integration(
        self,
        id: str,
        body: m.UpdateIntegrationIntegrationBody,
        *,
        if_match: Optional[str] = None,
    ) -> m.UpdateIntegrationIntegrationReply:
        """Update an integration.

        Sets the name, and replaces the credentials if they are not empty.

        Scope: write:integrations. Route: PATCH /api/v1/integration/integrations/{id}.
        """
        return cast("m.UpdateIntegrationIntegrationReply", await self._call("PATCH", f"/api/v1/integration/integrations/{quoted(id)}", headers={"If-Match": if_match}, body=body))

    async def update_me(
        self,
        body: m.MePatch,
        *,
        if_match: Optional[str] = None,
    ) -> m.DocumentMe:
        """Change what the caller keeps.

        Stars, the time of the last look, and the password. A key without a person keeps nothing (403).

        Scope: authenticated. Route: PATCH /api/v1/me.

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        return cast("m.DocumentMe", await self._call("PATCH", "/api/v1/me", headers={"If-Match": if_match}, body=body))

    async def update_schema(
        self,
        id: str,
        body: m.SchemaPatch,
        *,
        if_match: Optional[str] = None,
    ) -> m.DocumentSchema:
        """Update a schema.

        Changes name, environment, policy, weights of health or targets; rules that are not given stay. With
        `If-Match` it is refused (412) if the schema has changed since it was read; the reply's `ETag` is the
        next one. The policy decides for each property of assets and of columns whether dbt's or a person's
        value is effective; what a new policy changes is changed at once, in one version. A manifest of
        another target than the one of its project waits until it is confirmed (see removals); with `expected`
        that is so of its first one, too. A new target moves nothing by itself: what is served stays until a
        manifest of it is applied, which is queued at once if it waits.

        Scope: write:catalog. Route: PATCH /api/v1/schemas/{id}.

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        return cast("m.DocumentSchema", await self._call("PATCH", f"/api/v1/schemas/{quoted(id)}", headers={"If-Match": if_match}, body=body))

    async def update_user(
        self,
        id: str,
        body: m.UserPatch,
        *,
        if_match: Optional[str] = None,
    ) -> m.DocumentUser:
        """Update a person.

        A new role applies to the person's keys at once, in other processes within five seconds. With `If-
        Match` it is refused (412) if the person has changed since it was read.

        Scope: admin:workspace. Route: PATCH /api/v1/users/{id}.

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        return cast("m.DocumentUser", await self._call("PATCH", f"/api/v1/users/{quoted(id)}", headers={"If-Match": if_match}, body=body))

    async def update_webhook(
        self,
        id: str,
        body: m.WebhookPatch,
        *,
        if_match: Optional[str] = None,
    ) -> m.DocumentWebhook:
        """Update a webhook.

        With `If-Match` it is refused (412) if the webhook has changed since it was read.

        Scope: admin:workspace. Route: PATCH /api/v1/webhooks/{id}.

        if_match: ETag of the document that is changed, from a GET or an earlier change. If the document has
        changed since, nothing is changed and the reply is 412.
        """
        return cast("m.DocumentWebhook", await self._call("PATCH", f"/api/v1/webhooks/{quoted(id)}", headers={"If-Match": if_match}, body=body))
