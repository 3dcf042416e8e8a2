"""The shapes of requests and replies.

Generated from docs/openapi.json by scripts/gen_sdk.py; run `make gen` to write it again.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, TypedDict


class Acceptance(TypedDict):
    # 12 characters or more
    password: str
    # What is behind the # in the link
    token: str


class ActorRef(TypedDict):
    # Such as KEY-3; null where only the name was recorded
    id: Optional[str]
    # key, user or system
    kind: str
    name: str


class Age(TypedDict):
    count: int
    # minute, hour or day
    period: str


class Artifact(TypedDict):
    # Path of the file's content
    address: str
    # False once retention has removed the file
    available: bool
    # manifest, catalog, run_results, sources, semantic_manifest or node_columns
    name: str
    sha256: str
    # Bytes, as uploaded
    size: int


class ArtifactLimits(TypedDict):
    # Bytes of a text that is kept whole, such as SQL; longer texts are cut
    code: int
    # Columns of a node
    columns: int
    # Nesting of JSON
    depth: int
    # Bytes of a manifest, unpacked
    manifest: int
    # Bytes of an id or name
    name: int
    # Nodes or results of a file
    nodes: int
    # Bytes of any other artifact, unpacked
    other: int
    # Bytes of a text; longer texts are cut
    text: int
    # Ratio of unpacked to packed size
    unpack_ratio: int
    # Bytes of a JSON value, such as a node, without blanks and what of its texts is cut
    value: int


class _AssetRequired(TypedDict):
    # Present columns
    columns: int
    created_at: str
    dbt: Optional[DBT]
    description: Text
    # Direct children
    downstream: int
    # Of a source; null if nothing is demanded or known
    freshness: Optional[Freshness]
    kind: str
    last_run: Optional[LastRun]
    materialized: Optional[str]
    name: str
    owners: List[str]
    # False if no origin reports it any more
    present: bool
    # Physical address; null if it has none
    relation: Optional[Relation]
    removed_at: Optional[str]
    # The import that no longer contained it
    removed_by: Optional[str]
    row_count: Optional[int]
    tags: List[str]
    # Numbers of its data tests by latest result
    tests: TestCounts
    updated_at: str
    # Direct parents
    upstream: int
    # Version of the schema in which this state appeared
    version: int


class Asset(_AssetRequired, total=False):
    # dbt's configuration; not in lists
    config: Dict[str, Any]
    # Fields of one kind alone, such as the rows of a unit test, the entities of a semantic model or the
    # primary key of a model
    details: Dict[str, Any]
    # Of an operation: when dbt runs it, a step of each run (GET /runs/{id}/steps)
    hook: str
    # dbt nodes that report it; not in lists
    nodes: Optional[List[AssetNode]]
    # E-mail addresses of owners by name, as dbt's groups and exposures state them; not in lists
    owner_emails: Dict[str, Optional[List[str]]]
    stats: Dict[str, Stat]


class AssetDiff(TypedDict):
    # Id of the asset in the base; null if it is not there
    base: Optional[str]
    # What created or restored it in the base; null if it is not there or that is not recorded
    base_set: Optional[DiffVersion]
    # None for an added or removed asset
    changes: Optional[List[FieldDiff]]
    # Assets downstream of it: in the head, or in the base for a removed one
    downstream: int
    # Id of the asset in the head; null if it is not there
    head: Optional[str]
    # The same in the head
    head_set: Optional[DiffVersion]
    kind: str
    name: str
    owners: Optional[List[str]]
    # added: only the head has it; removed: only the base has it
    state: str
    unique_id: Optional[str]
    # The versions between the two points that changed it, in their order; none for two schemas
    versions: Optional[List[DiffVersion]]


class AssetNode(TypedDict):
    project: str
    # owner: the project makes it; source: it reads it as a source; reference: it refers to a node of another
    # project; other: it has another node of the same table
    role: str
    unique_id: str


class AssetPatch(TypedDict, total=False):
    # null withdraws the person's own text
    description: Optional[str]
    # The complete set; null withdraws the person's own additions and removals
    owners: Optional[List[str]]
    # The complete set; null withdraws the person's own additions and removals
    tags: Optional[List[str]]


class AuditEntry(TypedDict):
    # Such as key.created, schema.updated or sign_in
    action: str
    # Who did it; null if unknown
    actor_ref: Optional[ActorRef]
    # Of the client; null for commands on the data folder
    address: Optional[str]
    at: str
    # What was set, before and after; never a secret
    details: Dict[str, Any]
    # The key that was used; null without one
    key: Optional[str]
    # Of the request, as in the server's log
    request_id: Optional[str]
    # What it was done to, such as KEY-3 or SCH-101
    subject: Optional[str]


BlamedValue = TypedDict(
    "BlamedValue",
    {
        "actor_ref": "Optional[ActorRef]",
        "at": "Optional[str]",
        "cause": "Optional[Cause]",
        "column": "Optional[str]",
        "field": "Optional[str]",
        "file": "Optional[str]",
        "import": "Optional[str]",
        "kind": "str",
        "origin": "Optional[str]",
        "previous": "Optional[str]",
        "reported_at": "Optional[str]",
        "source": "Optional[str]",
        "value": "Optional[str]",
        "version": "Optional[int]",
    },
)


class _CandidateRequired(TypedDict):
    id: str
    name: str


class Candidate(_CandidateRequired, total=False):
    project: str
    relation: str


class Cause(TypedDict):
    # Of the import, sync or edit; for a removal, of the import that withheld it; for a revert, of the import
    # that was reverted
    id: str
    # import, crawl, edit, removal (one that a person confirmed), revert or openlineage (events of other
    # programs)
    kind: str


Change = TypedDict(
    "Change",
    {
        "actor": "str",
        "actor_ref": "Optional[ActorRef]",
        "asset": "str",
        "at": "str",
        "cause": "Optional[Cause]",
        "column": "Optional[str]",
        "field": "Optional[str]",
        "import": "Optional[str]",
        "kind": "str",
        "name": "str",
        "new": "Optional[str]",
        "old": "Optional[str]",
        "version": "int",
    },
)


ChangeRow = TypedDict(
    "ChangeRow",
    {
        "actor": "str",
        "actor_ref": "Optional[ActorRef]",
        "asset": "str",
        "at": "str",
        "attributes": "Change",
        "cause": "Optional[Cause]",
        "column": "Optional[str]",
        "field": "Optional[str]",
        "id": "str",
        "import": "Optional[str]",
        "kind": "str",
        "name": "str",
        "new": "Optional[str]",
        "old": "Optional[str]",
        "type": "str",
        "version": "int",
    },
)


class Changes(TypedDict):
    data: List[ChangeRow]
    links: Links
    meta: ChangesMeta


class _ChangesMetaRequired(TypedDict):
    # Changed assets of the whole list; an asset counts once for each version that changed it
    changed_assets: int
    # Maximum number of rows per page
    limit: int
    # Rows of the whole list; null if they are not counted
    total: Optional[int]


_ChangesMetaOptional = TypedDict(
    "_ChangesMetaOptional",
    {
        "at_least": "int",
        "breakdown": "Dict[str, Dict[str, int]]",
        "from": "Window",
        "version": "int",
        "warnings": "List[Warning]",
    },
    total=False,
)


class ChangesMeta(_ChangesMetaRequired, _ChangesMetaOptional):
    """Its keys are those of both bases."""


class CodeParts(TypedDict):
    comments: List[int]
    # Names before an opening parenthesis
    functions: List[int]
    keywords: List[int]
    # Tables, columns and aliases, each part of a dotted name by itself
    names: List[int]
    numbers: List[int]
    strings: List[int]
    # Jinja, with its braces
    templates: List[int]


class Column(TypedDict):
    constraints: List[Constraint]
    # Canonical type
    data_type: Optional[str]
    description: Text
    # Documented in YAML, not in the catalog
    documented_only: bool
    meta: Dict[str, Any]
    name: str
    # The warehouse's own text
    native_type: Optional[str]
    nullable: Optional[bool]
    # From 1, in the table's order
    ordinal: int
    # What shows that it exists: a catalog or a crawl; dbt's YAML; the table's own SQL alone; events of other
    # programs alone; nothing any more, but people wrote about it
    origin: str
    # False if an earlier catalog had it and the newest does not
    present: bool
    tags: List[str]
    tests: List[ColumnTest]


ColumnEdge = TypedDict(
    "ColumnEdge",
    {
        "confidence": "str",
        "from": "str",
        "kinds": "List[str]",
        "masked": "bool",
        "to": "str",
    },
)


class ColumnLineage(TypedDict):
    data: ColumnLineageData
    meta: LineageMeta


class ColumnLineageData(TypedDict):
    edges: List[ColumnEdge]
    nodes: List[ResourceColumnNode]
    # Columns that decide which rows the table has (upstream), and tables whose rows depend on the column
    # (downstream)
    rows: List[RowEdge]


class ColumnNode(TypedDict):
    # null for a relation that is not one of the schema's tables
    asset: Optional[str]
    # For a foreign relation, its name in the SQL
    asset_name: str
    # * if the columns are unknown
    column: str
    # Steps from the requested column
    depth: int
    direction: str
    # The expression itself, with expressions=true
    expression: Optional[str]
    # Something in its expression could not be resolved, it represents columns whose names are not known, or
    # it may be one of those
    incomplete: bool
    # Of the asset
    kind: Optional[str]
    # Every value passed through a hash or mask function
    masked: bool
    # Its expression in the compiled code; null if no code produces it
    span: Optional[Span]


class ColumnPatch(TypedDict, total=False):
    # null withdraws the person's own text
    description: Optional[str]
    # The complete set; null withdraws the person's own additions and removals
    tags: Optional[List[str]]


class ColumnTest(TypedDict):
    id: str
    name: str
    # Of the latest result; null if it never ran
    status: Optional[str]


class ColumnUse(TypedDict):
    column: str
    # Columns of other tables that are made of it
    columns: int
    # Tables whose rows it decides, as by a filter or join
    tables: int


class ColumnsCoverage(TypedDict):
    described: int
    # Listed by a catalog.json or a crawl
    matched: int
    # Named by an enabled data test
    tested: int
    # Columns that exist or are documented
    total: int
    # Documented, but not among those that the catalog.json or crawl lists
    unmatched: int


class Constraint(TypedDict):
    columns: List[str]
    expression: Optional[str]
    name: Optional[str]
    to: Optional[str]
    to_columns: List[str]
    type: str


class _CoverageRequired(TypedDict):
    columns: ColumnsCoverage
    tables: TableCoverage
    version: int


class Coverage(_CoverageRequired, total=False):
    # When the version was made; in the history
    at: str
    # Why the version was made; in the history
    cause: Cause


class CreateIntegrationIntegrationBody(TypedDict, total=False):
    # Empty: the integration waits for uploads
    credentials: Dict[str, str]
    name: str
    # dbt_core
    type: str


class CreateIntegrationIntegrationReply(TypedDict):
    # Always empty in replies
    credentials: Dict[str, Any]
    # UUID
    id: str
    name: str
    # dbt_core
    type: str


class Credentials(TypedDict, total=False):
    access_key_id: str
    # Of Snowflake: what comes before .snowflakecomputing.com
    account: str
    # Storage account of Azure
    account_name: str
    bucket: str
    # Certificate of the authority that signed the server's, in PEM form; not a secret
    ca_certificate: str
    # Secret: of the storage account, with its key or a shared access signature
    connection_string: str
    # Of the storage account
    container: str
    # Of a warehouse; of Snowflake, empty means all that the role sees
    database: str
    # Of BigQuery: the only dataset that is read; empty means all
    dataset: str
    # Of a store that speaks S3 and is not Amazon's, such as https://storage.googleapis.com
    endpoint: str
    # Of a warehouse: a name or an address. Snowflake and BigQuery have one unless a private link leads to
    # them
    host: str
    # Secret: kept encrypted, never shown
    password: str
    # Of a warehouse; without it the usual one
    port: int
    # Secret: of the user of Snowflake, in PEM form and without a passphrase
    private_key: str
    # Of BigQuery: the project whose datasets are read, and which pays for the queries
    project: str
    region: str
    # Of Snowflake; empty means the user's default
    role: str
    # Role that this server assumes with the External ID, in place of an access key
    role_arn: str
    # Folder below which artifacts are looked for, in all folders; / means the whole bucket; empty means its
    # root alone
    search_path: str
    # Secret: kept encrypted, never shown
    secret_access_key: str
    # Secret: the JSON file of a key of a service account of BigQuery
    service_account: str
    # verify demands a certificate that is trusted; auto, the default, does so outside the networks that the
    # operator allowed, and encrypts within them if the server can
    tls: str
    user: str
    # Of Snowflake: the compute warehouse of its queries; empty means the user's default
    warehouse: str


class CriticalPath(TypedDict):
    # Seconds of the whole run
    elapsed: float
    # Seconds in which a step of the path was executed
    executing: float
    # Hooks of the run, such as on-run-end, in the order in which they ran
    operations: List[PathStep]
    # In the order in which they ran; empty if no result has its times
    steps: List[PathStep]
    # There are more steps before the first one
    truncated: bool
    # Seconds between the steps, in which all threads were busy with other nodes
    waiting: float


class _DBTRequired(TypedDict):
    access: Optional[str]
    # Name of the table, where the node states one
    alias: Optional[str]
    contract: bool
    deprecation_date: Optional[str]
    group: Optional[str]
    # Not shown in dbt's own docs (docs.show is false)
    hidden: bool
    language: Optional[str]
    latest_version: Optional[str]
    # Of a source: what its freshness is measured by
    loaded_at_field: Optional[str]
    loader: Optional[str]
    meta: Dict[str, Any]
    original_file_path: str
    package_name: str
    # File of the YAML that describes it
    patch_path: Optional[str]
    path: str
    resource_type: str
    source_name: Optional[str]
    unique_id: str
    version: Optional[str]


class DBT(_DBTRequired, total=False):
    # Of the table as a whole; not in lists
    constraints: List[Constraint]
    # Docs blocks in its descriptions, as dbt reports them from 1.10 on; not in lists
    doc_blocks: List[DocRef]
    # unique_ids of the macros that it calls; not in lists
    macros: List[str]


class Delivery(TypedDict):
    attempts: int
    created_at: str
    # Of the last attempt
    duration_ms: int
    ended_at: Optional[str]
    # Why the last attempt failed
    error: str
    event: str
    # Null if none
    next_attempt_at: Optional[str]
    # The body, which is signed
    payload: Any
    schema_id: str
    # failed: given up
    state: str
    # HTTP status of the last reply; null: there was none
    status: Optional[int]


class Diff(TypedDict):
    data: List[ResourceAssetDiff]
    links: Links
    meta: DiffMeta


class _DiffMetaRequired(TypedDict):
    # Schema and version that the names of the base mean, such as SCH-101@12
    base: str
    # Schema and version that the names of the head mean
    head: str
    # Maximum number of rows per page
    limit: int
    # Rows of the whole list; null if they are not counted
    total: Optional[int]


_DiffMetaOptional = TypedDict(
    "_DiffMetaOptional",
    {
        "at_least": "int",
        "breakdown": "Dict[str, Dict[str, int]]",
        "from": "Window",
        "version": "int",
        "warnings": "List[Warning]",
    },
    total=False,
)


class DiffMeta(_DiffMetaRequired, _DiffMetaOptional):
    """Its keys are those of both bases."""


class DiffVersion(TypedDict):
    actor_ref: Optional[ActorRef]
    at: str
    cause: Optional[Cause]
    version: int


class DocRef(TypedDict):
    # The column in whose description it occurs; null if in the asset's own description
    column: Optional[str]
    unique_id: str


class DocumentAsset(TypedDict):
    data: ResourceAsset


class DocumentColumn(TypedDict):
    data: ResourceColumn


class DocumentCoverage(TypedDict):
    data: ResourceCoverage


class DocumentCriticalPath(TypedDict):
    data: ResourceCriticalPath


class DocumentDelivery(TypedDict):
    data: ResourceDelivery


class DocumentDraft(TypedDict):
    data: ResourceDraft


class DocumentIntegration(TypedDict):
    data: ResourceIntegration


class DocumentInvitation(TypedDict):
    data: ResourceInvitation


class DocumentKey(TypedDict):
    data: ResourceKey


class DocumentMe(TypedDict):
    data: ResourceMe


class DocumentModelLineage(TypedDict):
    data: ResourceModelLineage


class DocumentOwner(TypedDict):
    data: ResourceOwner


class DocumentProject(TypedDict):
    data: ResourceProject


class DocumentRemovalsOutcome(TypedDict):
    data: ResourceRemovalsOutcome


class DocumentReport(TypedDict):
    data: ResourceReport


class DocumentRevert(TypedDict):
    data: ResourceRevert


class DocumentRunSteps(TypedDict):
    data: ResourceRunSteps


class DocumentSQL(TypedDict):
    data: ResourceSQL


class DocumentSchema(TypedDict):
    data: ResourceSchema


class DocumentSchemaHealth(TypedDict):
    data: ResourceSchemaHealth


class DocumentSchemaLineage(TypedDict):
    data: ResourceSchemaLineage


class DocumentSession(TypedDict):
    data: ResourceSession


class DocumentSetupLink(TypedDict):
    data: ResourceSetupLink


class DocumentSync(TypedDict):
    data: ResourceSync


class DocumentTest(TypedDict):
    data: ResourceTest


class DocumentTrial(TypedDict):
    data: ResourceTrial


class DocumentUser(TypedDict):
    data: ResourceUser


class DocumentWaysIn(TypedDict):
    data: ResourceWaysIn


class DocumentWebhook(TypedDict):
    data: ResourceWebhook


class Draft(TypedDict):
    # AWS account of this server; empty if it has none
    account_id: str
    external_id: str
    # JSON, to be pasted into the role; with the name of the bucket in it once that is known
    permission_policy: str
    # Why the server cannot assume roles; empty if it can
    problem: str
    # JSON, to be pasted into the role
    trust_policy: str


class DraftInputBody(TypedDict, total=False):
    bucket: str
    region: str
    search_path: str


class Edit(TypedDict):
    actor_ref: Optional[ActorRef]
    # Owners or tags added to those from other origins
    added: List[str]
    at: str
    # The request that made it
    cause: Optional[Cause]
    # Null for the asset itself
    column: Optional[str]
    # The newest of its property
    current: bool
    property: str
    # Owners or tags of other origins that were removed
    removed: List[str]
    # Of a description
    text: Optional[str]
    # Version of the schema that it made
    version: int
    # It sets nothing: what people set before is withdrawn
    withdrawn: bool


class EditMeta(TypedDict):
    warnings: List[Warning]


class _EditReplyAssetRequired(TypedDict):
    data: ResourceAsset


class EditReplyAsset(_EditReplyAssetRequired, total=False):
    meta: EditMeta


class _EditReplyColumnRequired(TypedDict):
    data: ResourceColumn


class EditReplyColumn(_EditReplyColumnRequired, total=False):
    meta: EditMeta


Facet = TypedDict(
    "Facet",
    {
        "cause": "Optional[Cause]",
        "import": "Optional[str]",
        "origin": "str",
        "project": "Optional[str]",
        "reported_at": "Optional[str]",
        "says": "Dict[str, Any]",
        "source": "str",
        "unique_id": "Optional[str]",
        "withdrawn": "Optional[Cause]",
        "withdrawn_since": "Optional[str]",
    },
)


class FieldDiff(TypedDict):
    base: Optional[str]
    # The version that set the value in the base; null if that is not recorded, as for column lineage, or if
    # the column is not there
    base_set: Optional[DiffVersion]
    column: Optional[str]
    # Null for a column as a whole; named as in changes
    field: Optional[str]
    head: Optional[str]
    # The version that set the value in the head
    head_set: Optional[DiffVersion]
    kind: str


class FieldError(TypedDict):
    detail: str
    field: str


class FlakyTest(TypedDict):
    # Each as JSON
    args: Dict[str, str]
    # Table that it tests; null if unknown
    asset: Optional[str]
    # As the test names it, quotes included; null for a test of the table
    column: Optional[str]
    # All columns that it covers, without quotes, such as those of a unique combination
    columns: List[str]
    description: Optional[str]
    enabled: bool
    # generic or singular
    kind: str
    # Null if it never ran or, with at, had not run by then
    latest: Optional[Result]
    name: str
    # unique_ids of the dbt nodes that it reads, the tested one among them
    parents: List[str]
    severity: Optional[str]
    stability: Stability
    tags: List[str]
    # not_null, unique, dbt_utils.…; null for a singular test
    test: Optional[str]
    unique_id: str


_FoldEdgeRequired = TypedDict(
    "_FoldEdgeRequired",
    {
        "edges": "int",
        "from": "str",
        "to": "str",
    },
)


class FoldEdge(_FoldEdgeRequired, total=False):
    # With layout: the edge is part of a cycle and is drawn to the left
    back: bool
    # With layout: points of the line; between two of them it is level, or a curve that is level at both ends
    points: List[Point]


class FoldedAsset(TypedDict):
    id: str
    kind: str
    name: str


class FolderHealth(TypedDict):
    # Mean of each over the tables that have it
    aspects: HealthAspects
    # Of the files, below the name of the package: shop/models/marts. Without the folders in it
    folder: str
    # 0 to 100: mean of the scores of the tables
    score: Optional[float]
    # Tables that have a score
    scored: int
    tables: int


class ForeignRelation(TypedDict):
    # As written in the SQL
    name: str


class _FreshnessRequired(TypedDict):
    # Why the source could not be queried
    error: Optional[str]
    error_after: Optional[Age]
    # Seconds
    execution_time: Optional[float]
    # Condition on the rows that count
    filter: Optional[str]
    # From max_loaded_at to snapshotted_at
    lag_seconds: Optional[float]
    # Newest row
    max_loaded_at: Optional[str]
    run: Optional[str]
    # How the lag compares with the largest age that is demanded; null if none is, or the source could not be
    # queried
    sla: Optional[SLA]
    # When dbt looked
    snapshotted_at: Optional[str]
    # pass, warn, error or runtime error, as dbt reports it; null if it was never checked
    status: Optional[str]
    unique_id: str
    warn_after: Optional[Age]


class Freshness(_FreshnessRequired, total=False):
    # Table of the source; in lists
    asset: str
    # Of that table; in lists
    name: str


class GetIntegrationIntegrationReply(TypedDict):
    # Always empty in replies
    credentials: Dict[str, Any]
    # UUID
    id: str
    name: str
    # dbt_core
    type: str


class _HealthRequired(TypedDict):
    # degraded: what a failing check is about is refused, everything else is answered
    status: str


class Health(_HealthRequired, total=False):
    # ok or failing, per check
    checks: Dict[str, str]


class HealthAspects(TypedDict):
    # Half is the description, half the share of columns with one; without columns the description
    documentation: Optional[float]
    # Of a source: pass 1, warn 0.5, error 0; null if it was not checked
    freshness: Optional[float]
    # Has an owner
    ownership: Optional[float]
    # Latest result of what makes it: success 1, warn 0.5, error 0; null if there is none or it was skipped
    run: Optional[float]
    # Mean of the latest results of its data tests: pass 1, warn 0.5, fail and error 0; null if none was
    # executed
    test_results: Optional[float]
    # Has an enabled data test
    tests: Optional[float]


class HealthPatch(TypedDict, total=False):
    documentation: int
    freshness: int
    ownership: int
    run: int
    test_results: int
    tests: int


class HealthWeights(TypedDict):
    documentation: int
    freshness: int
    ownership: int
    run: int
    test_results: int
    tests: int


class Hidden(TypedDict):
    origin: str
    value: str


class Impact(TypedDict):
    data: ImpactData
    meta: ImpactMeta


class ImpactData(TypedDict):
    columns: List[ResourceColumnNode]
    exposures: List[ResourceImpactedAsset]
    # Metrics, semantic models and saved queries
    metrics: List[ResourceImpactedAsset]
    # Unit tests and other kinds
    others: List[ResourceImpactedAsset]
    # Owners of everything reached, those with the most assets first
    owners: List[ImpactedOwner]
    tables: List[ResourceImpactedAsset]


class ImpactMeta(TypedDict):
    asset: str
    column: Optional[str]
    # Tables downstream of the changed table, reached or not
    downstream_tables: int
    # Rows of all lists
    nodes: int
    total_columns: int
    total_exposures: int
    total_metrics: int
    total_nodes: int
    total_others: int
    # Tables that are reached
    total_tables: int
    truncated: bool
    version: int


class ImpactedAsset(TypedDict):
    # Steps in the graph of tables
    depth: int
    kind: str
    name: str
    owners: List[str]
    # Name of the dbt project that owns it; null if projects only refer to it, or none knows it
    project: Optional[str]
    # column: values of its columns derive from the changed ones; rows: they decide which rows it has; unread:
    # its code could not be read completely, so nothing can be ruled out; downstream: it derives from a table
    # that is reached as a whole; uses: it is not a table and uses one that is reached
    reason: str


class ImpactedOwner(TypedDict):
    assets: int
    # As dbt's groups and exposures state them
    emails: List[str]
    name: str


class ImportAttributes(TypedDict):
    columns_created: int
    columns_updated: int
    completed_at: Optional[str]
    created_at: str
    error_message: Optional[str]
    has_catalog: bool
    has_manifest: bool
    has_run_results: bool
    lineages_created: int
    lineages_updated: int
    started_at: Optional[str]
    status: str
    tables_created: int
    tables_updated: int
    updated_at: str


class ImportCounters(TypedDict):
    columns_created: int
    columns_updated: int
    lineages_created: int
    lineages_updated: int
    tables_created: int
    tables_updated: int


class _ImportDocumentRequired(TypedDict):
    data: ImportResource


class ImportDocument(_ImportDocumentRequired, total=False):
    meta: ImportMeta


class ImportLinks(TypedDict):
    next: Optional[str]


class ImportList(TypedDict):
    data: Optional[List[ImportResource]]
    links: ImportLinks
    meta: ImportListMeta


class ImportListMeta(TypedDict):
    limit: int


class _ImportMetaRequired(TypedDict):
    job_id: str


class ImportMeta(_ImportMetaRequired, total=False):
    warnings: Optional[List[Warning]]


class ImportRelationships(TypedDict):
    schema: ImportSchema


class ImportResource(TypedDict):
    attributes: ImportAttributes
    id: str
    relationships: ImportRelationships
    type: str


class ImportSchema(TypedDict):
    id: str
    name: str


class _IntegrationRequired(TypedDict):
    # Of a bucket, only manifests and run results are read
    artifacts_only: bool
    created_at: str
    # Who created it
    creator_ref: Optional[ActorRef]
    credentials: ShownCredentials
    # false pauses the schedule
    enabled: bool
    # dbt_core, or a warehouse: postgres, redshift, snowflake, bigquery
    kind: str
    last_sync: Optional[SyncRef]
    name: str
    # Null: none is scheduled
    next_sync_at: Optional[str]
    # Of the schema that it feeds: whether dbt's or a person's value is effective. Null if that schema was
    # deleted
    policy: Optional[Policy]
    schedule: SyncSchedule
    # The schema that it feeds
    schema_id: str
    # What it reads: artifacts of uploads or of a bucket (by how it is reached), or a warehouse
    source: str
    # Of dbt, what a later sync no longer has is flagged as removed; false keeps it
    staling: bool
    updated_at: str


class Integration(_IntegrationRequired, total=False):
    # Of a warehouse, which schemas are read
    schemas: SchemaChoice


class IntegrationPatch(TypedDict, total=False):
    artifacts_only: bool
    # Omitted fields are unchanged. A secret has to be sent again when what it is used for changes: bucket,
    # region, endpoint, access key id, account or container, and anything that names a warehouse
    credentials: Credentials
    enabled: bool
    name: str
    # Of the schema that it feeds; it requires write:catalog, too
    policy: PolicyPatch
    schedule: SyncSchedule
    # The schema that it feeds from now on. What a warehouse reported to the one before is flagged as removed
    # there, unless something else reports it
    schema_id: str
    # Which schemas of a warehouse are crawled; replaces the choice that there was
    schemas: SchemaChoice
    # Of dbt, from the next manifest on
    staling: bool


class _InvitationRequired(TypedDict):
    created_at: str
    # Who invited the person
    creator_ref: Optional[ActorRef]
    email: str
    expires_at: str
    role: str
    user: Named


class Invitation(_InvitationRequired, total=False):
    # The link to pass on; only in the reply to its creation
    url: str


class Issue(TypedDict):
    code: str
    # Number of occurrences
    count: int
    message: str
    place: Optional[str]
    remedy: Optional[str]
    severity: str
    unique_id: Optional[str]


class _KeyRequired(TypedDict):
    # Networks that it may be used from; empty means all
    cidrs: List[str]
    created_at: str
    # Name of who created it
    creator: str
    # Who created it; null for a key that was created before this was recorded
    creator_ref: Optional[ActorRef]
    # Null: never
    expires_at: Optional[str]
    # Accurate to the minute
    last_used_at: Optional[str]
    name: str
    # The 8 characters after the prefix, to identify the key
    public_id: str
    revoked_at: Optional[str]
    # Schemas that it may see; empty means all
    schema_ids: List[str]
    scopes: List[str]
    # The person the key belongs to, whose role limits what it may do; null if it belongs to nobody
    user: Optional[Named]


class Key(_KeyRequired, total=False):
    # The key itself; only in the reply to its creation
    secret: str


class LastImport(TypedDict):
    id: str
    status: str


class LastRun(TypedDict):
    completed_at: Optional[str]
    # Seconds
    execution_time: float
    invocation_id: str
    run: str
    status: str


class Limits(TypedDict):
    # Limits of the artifacts in an upload; the import fails if one is exceeded
    artifacts: ArtifactLimits
    # Attempts with an invalid key per address within 15 minutes
    auth_failures: int
    # Connections that are open at a time
    connections: int
    # Bytes of a text field of an upload
    field: int
    # Bytes of the headers of a request
    headers: int
    # Bytes of the body of any other request
    json: int
    # Nodes of a graph in one reply
    nodes: int
    # Rows of a page
    page: int
    # Parts of an upload
    parts: int
    # Characters of a search
    q: int
    # Bytes of all replies that are in files until their clients have taken them
    replies: int
    # Bytes of an upload, packed and unpacked
    request: int
    # Requests per key and minute, of each process of the server; 0: any number
    requests: int
    # Streams of events that one key may have open
    streams: int
    # Bytes of a text that a person edits
    text: int
    # Uploads of artifacts per key and minute, of each process of the server; 0: any number
    uploads: int
    # Bytes of the address of a request
    uri: int


class LimitsReply(TypedDict):
    data: Limits


class Lineage(TypedDict):
    data: LineageData
    meta: LineageMeta


class _LineageDataRequired(TypedDict):
    edges: List[LineageEdge]
    nodes: List[ResourceLineageNode]


class LineageData(_LineageDataRequired, total=False):
    # With layout: lines from and to folds
    fold_edges: List[FoldEdge]
    # With layout: boxes for several assets each, because a box has too many neighbours in a lane
    folds: List[LineageFold]


class LineageDataset(TypedDict):
    # The table it refers to; null if none yet
    asset: Optional[str]
    name: str
    namespace: str
    # Why it cannot be a table of the schema
    reason: Optional[str]


_LineageEdgeRequired = TypedDict(
    "_LineageEdgeRequired",
    {
        "confidence": "str",
        "from": "str",
        "source": "str",
        "to": "str",
        "type": "str",
    },
)


class LineageEdge(_LineageEdgeRequired, total=False):
    # With layout: the edge is part of a cycle and is drawn to the left
    back: bool
    # With layout: points of the line; between two of them it is level, or a curve that is level at both ends
    points: List[Point]


class _LineageFoldRequired(TypedDict):
    assets: List[FoldedAsset]
    # Assets in the fold
    count: int
    # Common folder of their files; null if none
    folder: Optional[str]
    # For fold_edges; of this reply only
    id: str
    # The asset that has too many neighbours
    of: str
    # Where of it they are
    side: str


class LineageFold(_LineageFoldRequired, total=False):
    # With layout: pixels
    height: int
    # With layout: number of the lane, from 0 at the left
    lane: int
    # With layout: pixels
    width: int
    # With layout: pixels from the left of the picture
    x: int
    # With layout: pixels from the top of the picture
    y: int


class LineageIssue(TypedDict):
    code: str
    # From 1
    column: Optional[int]
    # In the compiled code, from 1
    line: Optional[int]
    message: str


class LineageJob(TypedDict):
    created_at: str
    input_count: int
    # Of the newest run that has outputs and did not fail; at most 50
    inputs: List[LineageDataset]
    # Such as AIRFLOW or SPARK
    integration: Optional[str]
    name: str
    namespace: str
    output_count: int
    # At most 50
    outputs: List[LineageDataset]
    producer: Optional[str]
    # The newest ones, at most 5
    runs: List[LineageJobRun]
    # Such as DAG or TASK
    type: Optional[str]
    updated_at: str


class LineageJobRun(TypedDict):
    # Time of its last event
    ended_at: str
    id: str
    # Time of its first event
    started_at: str
    # START, RUNNING, COMPLETE, ABORT, FAIL or OTHER
    state: Optional[str]


class _LineageMetaRequired(TypedDict):
    edges: int
    nodes: int
    total_nodes: int
    truncated: bool
    version: int


class LineageMeta(_LineageMetaRequired, total=False):
    # With layout: boxes of the picture
    boxes: int
    # With layout: nodes in folds; meta.nodes are those with boxes of their own
    folded: int
    # With layout: pixels
    height: int
    # With layout: lanes of the picture
    lanes: int
    # Parts of the selector that match nothing, with similar names
    warnings: List[Warning]
    # With layout: pixels
    width: int


class _LineageNodeRequired(TypedDict):
    # Steps from the nearest selected asset
    depth: int
    # Direct children, in the whole graph, hooks left out
    downstream: int
    kind: str
    materialized: Optional[str]
    name: str
    # Name of the dbt project that owns it; null if projects only refer to it, or none knows it
    project: Optional[str]
    relation: Optional[Relation]
    # error, fail, stale, warn or pass: the worst of the latest results of its run, its data tests and its
    # freshness; null if there is none
    status: Optional[str]
    tags: List[str]
    unique_id: Optional[str]
    # Direct parents, in the whole graph, hooks left out
    upstream: int


class LineageNode(_LineageNodeRequired, total=False):
    # With layout: direct children that are drawn as boxes of their own
    downstream_drawn: int
    # With layout: pixels
    height: int
    # With layout: number of the lane, from 0 at the left
    lane: int
    # With layout: direct parents that are drawn as boxes of their own
    upstream_drawn: int
    # With layout: pixels
    width: int
    # With layout: pixels from the left of the picture
    x: int
    # With layout: pixels from the top of the picture
    y: int


class LineageReceipt(TypedDict):
    data: LineageReceiptData


class LineageReceiptData(TypedDict):
    # Why nothing is kept of the event; null if it is
    ignored: Optional[str]
    schema_id: str
    # Datasets that cannot be tables of the schema
    unresolved: List[UnresolvedDataset]


class Links(TypedDict):
    # Address of the next page; null on the last
    next: Optional[str]


class ListArtifact(TypedDict):
    data: List[ResourceArtifact]
    links: Links
    meta: ListMeta


class ListAsset(TypedDict):
    data: List[ResourceAsset]
    links: Links
    meta: ListMeta


class ListAuditEntry(TypedDict):
    data: List[ResourceAuditEntry]
    links: Links
    meta: ListMeta


class ListBlamedValue(TypedDict):
    data: List[ResourceBlamedValue]
    links: Links
    meta: ListMeta


class ListColumn(TypedDict):
    data: List[ResourceColumn]
    links: Links
    meta: ListMeta


class ListCoverage(TypedDict):
    data: List[ResourceCoverage]
    links: Links
    meta: ListMeta


class ListDelivery(TypedDict):
    data: List[ResourceDelivery]
    links: Links
    meta: ListMeta


class ListEdit(TypedDict):
    data: List[ResourceEdit]
    links: Links
    meta: ListMeta


class ListFacet(TypedDict):
    data: List[ResourceFacet]
    links: Links
    meta: ListMeta


class ListFlakyTest(TypedDict):
    data: List[ResourceFlakyTest]
    links: Links
    meta: ListMeta


class ListFolderHealth(TypedDict):
    data: List[ResourceFolderHealth]
    links: Links
    meta: ListMeta


class ListFreshness(TypedDict):
    data: List[ResourceFreshness]
    links: Links
    meta: ListMeta


class ListIntegration(TypedDict):
    data: List[ResourceIntegration]
    links: Links
    meta: ListMeta


class ListIntegrationFailingTestsReply(TypedDict):
    count: int
    results: List[Dict[str, Any]]


class ListIntegrationIntegrationsReply(TypedDict):
    count: int
    results: List[ListIntegrationIntegrationsReplyResultsItem]
    total_pages: int


class ListIntegrationIntegrationsReplyResultsItem(TypedDict):
    # Always empty in replies
    credentials: Dict[str, Any]
    # UUID
    id: str
    name: str
    # dbt_core
    type: str


class ListInvitation(TypedDict):
    data: List[ResourceInvitation]
    links: Links
    meta: ListMeta


class ListKey(TypedDict):
    data: List[ResourceKey]
    links: Links
    meta: ListMeta


class ListLineageJob(TypedDict):
    data: List[ResourceLineageJob]
    links: Links
    meta: ListMeta


class ListLogLine(TypedDict):
    data: List[ResourceLogLine]
    links: Links
    meta: ListMeta


class _ListMetaRequired(TypedDict):
    # Maximum number of rows per page
    limit: int
    # Rows of the whole list; null if they are not counted
    total: Optional[int]


_ListMetaOptional = TypedDict(
    "_ListMetaOptional",
    {
        "at_least": "int",
        "breakdown": "Dict[str, Dict[str, int]]",
        "from": "Window",
        "version": "int",
        "warnings": "List[Warning]",
    },
    total=False,
)


class ListMeta(_ListMetaRequired, _ListMetaOptional):
    """Its keys are those of both bases."""


class ListOwner(TypedDict):
    data: List[ResourceOwner]
    links: Links
    meta: ListMeta


class ListProject(TypedDict):
    data: List[ResourceProject]
    links: Links
    meta: ListMeta


class ListRemoval(TypedDict):
    data: List[ResourceRemoval]
    links: Links
    meta: ListMeta


class ListResult(TypedDict):
    data: List[ResourceResult]
    links: Links
    meta: ListMeta


class ListRun(TypedDict):
    data: List[ResourceRun]
    links: Links
    meta: ListMeta


class ListSchema(TypedDict):
    data: List[ResourceSchema]
    links: Links
    meta: ListMeta


class ListSchemaIssue(TypedDict):
    data: List[ResourceSchemaIssue]
    links: Links
    meta: ListMeta


class ListSession(TypedDict):
    data: List[ResourceSession]
    links: Links
    meta: ListMeta


class ListSlowdown(TypedDict):
    data: List[ResourceSlowdown]
    links: Links
    meta: ListMeta


class ListSync(TypedDict):
    data: List[ResourceSync]
    links: Links
    meta: ListMeta


class ListTableHealth(TypedDict):
    data: List[ResourceTableHealth]
    links: Links
    meta: ListMeta


class ListTest(TypedDict):
    data: List[ResourceTest]
    links: Links
    meta: ListMeta


class ListUse(TypedDict):
    data: List[ResourceUse]
    links: Links
    meta: ListMeta


class ListUser(TypedDict):
    data: List[ResourceUser]
    links: Links
    meta: ListMeta


class ListVersion(TypedDict):
    data: List[ResourceVersion]
    links: Links
    meta: ListMeta


class ListWebhook(TypedDict):
    data: List[ResourceWebhook]
    links: Links
    meta: ListMeta


class LogLine(TypedDict):
    at: str
    level: str
    text: str


class Map(TypedDict):
    data: MapData
    meta: MapMeta


class MapData(TypedDict):
    edges: List[MapEdge]
    groups: List[MapGroup]


_MapEdgeRequired = TypedDict(
    "_MapEdgeRequired",
    {
        "from": "str",
        "to": "str",
        "weight": "int",
    },
)


class MapEdge(_MapEdgeRequired, total=False):
    # With layout: the edge is part of a cycle and is drawn to the left
    back: bool
    # With layout: points of the line; between two of them it is level, or a curve that is level at both ends
    points: List[Point]


class _MapGroupRequired(TypedDict):
    # Id of the asset that the box is for, if its group is expanded; null for a group
    asset: Optional[str]
    assets: int
    # For the edges; of this reply only
    id: str
    # Edges between its assets
    inside: int
    # Assets by kind
    kinds: Dict[str, int]
    # Folder, schema, package, tag or owner; null for assets without
    name: Optional[str]
    # The end of a folder's name by which it differs from the others; else the name
    title: str


class MapGroup(_MapGroupRequired, total=False):
    # With layout: pixels
    height: int
    # With layout: number of the lane, from 0 at the left
    lane: int
    # With layout: pixels
    width: int
    # With layout: pixels from the left of the picture
    x: int
    # With layout: pixels from the top of the picture
    y: int


class _MapMetaRequired(TypedDict):
    # Assets in the groups
    assets: int
    by: str
    # Folders of a group's name; null unless by=folder
    depth: Optional[int]
    # Edges between groups
    edges: int
    groups: int
    total_assets: int
    total_groups: int
    # There are more groups, smaller ones
    truncated: bool
    version: int


class MapMeta(_MapMetaRequired, total=False):
    # With layout: boxes of the picture
    boxes: int
    # With layout: pixels
    height: int
    # With layout: lanes of the picture
    lanes: int
    # With layout: pixels
    width: int


class Me(TypedDict):
    # Of the person; null without one
    email: Optional[str]
    # Whether the person can sign in by a password
    has_password: bool
    # user: a session; key: an API key, perhaps of a person; demo: the demonstration, without an account;
    # system: the socket of the data folder
    kind: str
    name: str
    # Of the person: viewer, editor or admin; null without one
    role: Optional[str]
    # Schemas that it may see; empty means all
    schema_ids: List[str]
    # Everything that it may do, what other scopes imply included
    scopes: List[str]
    # When the person last looked at what changed, as a PATCH set it
    seen_at: Optional[str]
    # Id of the session that the request is part of; null without one
    session: Optional[str]
    # Ids of the assets that the person has marked, in the person's own order
    stars: List[str]


class MePatch(TypedDict, total=False):
    # Replaces the password; all other sessions end and this one gets a new cookie. It needs a session.
    password: NewPassword
    seen_at: str
    # All of them, in order
    stars: List[str]


class _ModelLineageRequired(TypedDict):
    # Number of columns that its code produces
    columns: int
    # SQL dialect in which it was read, or its language
    dialect: str
    # Columns of the table that are neither listed nor produced, only documented or written about; columns of
    # the asset are the listed ones, or else the produced ones, and these
    documented: int
    edges: int
    # Some columns, or origins of columns, are not known
    incomplete: bool
    issues: List[LineageIssue]
    # Columns in the catalog; null if it is in no catalog
    listed: Optional[int]
    # Those of the listed columns that the code also produces
    matching: Optional[int]
    # In the order of the code
    outputs: List[OutputColumn]
    # Those of the columns whose origins are all known
    resolved: int
    # Columns that decide which rows it has
    rows: List[OriginColumn]
    # read: every column and edge was found; no_code: no code produces it, such as sources and seeds
    status: str
    # Stars over tables with unknown columns, each in place of an unknown number of columns
    unexpanded: List[OutputColumn]
    # Tables that it reads and that the schema does not have
    unknown_relations: List[ForeignRelation]


class ModelLineage(_ModelLineageRequired, total=False):
    # With uses=true: the columns of the table that others use, by name
    uses: Optional[List[ColumnUse]]


class Named(TypedDict):
    id: str
    name: str


class _NewIntegrationRequired(TypedDict):
    kind: str


class NewIntegration(_NewIntegrationRequired, total=False):
    artifacts_only: bool
    # Omitted fields are unchanged. A secret has to be sent again when what it is used for changes: bucket,
    # region, endpoint, access key id, account or container, and anything that names a warehouse
    credentials: Credentials
    # UUID of a draft; the integration takes over its UUID and External ID
    draft: str
    enabled: bool
    name: str
    # Of the schema that it feeds; it requires write:catalog, too
    policy: PolicyPatch
    schedule: SyncSchedule
    # The schema that it feeds from now on. What a warehouse reported to the one before is flagged as removed
    # there, unless something else reports it
    schema_id: str
    # Which schemas of a warehouse are crawled; replaces the choice that there was
    schemas: SchemaChoice
    # Of dbt, from the next manifest on
    staling: bool


class NewInvitation(TypedDict, total=False):
    email: str
    name: str
    role: str
    # A person who is there, such as USR-2: the link replaces a password that was forgotten. Without it name,
    # email and role are required
    user: str


class _NewKeyRequired(TypedDict):
    name: str
    scopes: List[str]


class NewKey(_NewKeyRequired, total=False):
    # Networks it may be used from; defaults to those of the key that creates it
    cidrs: Optional[List[str]]
    # Default: one year from now, or the end of the key that creates it
    expires_at: str
    never_expires: bool
    # Defaults to those of the key that creates it
    schema_ids: Optional[List[str]]
    # The person the key belongs to, such as USR-2; the person's role limits its scopes, and its changes are
    # recorded as the person's
    user: str


class NewPassword(TypedDict):
    current: str
    # 12 characters or more
    new: str


class _NewSchemaRequired(TypedDict):
    name: str


class NewSchema(_NewSchemaRequired, total=False):
    environment: str


class NewUser(TypedDict):
    # Unique in the workspace, whatever its case
    email: str
    name: str
    role: str


class _NewWebhookRequired(TypedDict):
    name: str
    # Address with https; http is only allowed within networks of --outbound-allow
    url: str


class NewWebhook(_NewWebhookRequired, total=False):
    # Default: true
    enabled: bool
    # Default: all
    events: Optional[List[str]]
    # Default: standard
    format: str
    # Schemas whose events it sends; defaults to all
    schema_ids: Optional[List[str]]
    # whsec_ and 24 to 64 bytes in base64; default: a new one, shown in the reply
    secret: str


class OriginColumn(TypedDict):
    # null if it is not one of the schema's tables
    asset: Optional[str]
    asset_name: str
    column: str
    confidence: str
    kinds: List[str]
    masked: bool
    # Field within the column
    path: Optional[str]


OutputColumn = TypedDict(
    "OutputColumn",
    {
        "from": "List[OriginColumn]",
        "incomplete": "bool",
        "masked": "bool",
        "name": "str",
        "span": "Optional[Span]",
    },
)


class Owner(TypedDict):
    # As many as GET /assets lists with owner=
    assets: int
    # As dbt's groups and exposures state them
    emails: List[str]
    # dbt groups of this owner
    groups: List[str]
    health: OwnerHealth
    # The assets by kind, each once
    kinds: Dict[str, int]
    name: str
    # Latest results of the data tests of all of the assets
    tests: TestCounts


class OwnerHealth(TypedDict):
    # Mean of each over the tables that have it
    aspects: HealthAspects
    # 0 to 100: mean score of the tables; null if no table has a score
    score: Optional[float]
    # Tables that have a score
    scored: int
    tables: int


_PathStepRequired = TypedDict(
    "_PathStepRequired",
    {
        "class": "str",
        "completed_at": "Optional[str]",
        "execution_time": "float",
        "failures": "Optional[int]",
        "message": "Optional[str]",
        "rows_affected": "Optional[int]",
        "run": "str",
        "started_at": "Optional[str]",
        "status": "str",
        "thread": "Optional[str]",
        "unique_id": "str",
        "waited": "float",
    },
)


class PathStep(_PathStepRequired, total=False):
    # Of the run; in lists of an asset's results
    command: str
    # As for runs; in lists of an asset's results
    counts_as: str
    # Of an operation: when dbt runs it
    hook: str
    invocation_id: str
    # Seconds from the beginning of the run to started_at; in a run and its critical path
    offset: float
    # Execution times of those of the 20 results of the node before it that were executed (success, pass, warn
    # or fail); in lists of an asset's results, if there are three
    usual: Usual


class Point(TypedDict):
    # Pixels from the left
    x: int
    # Pixels from the top
    y: int


class Policy(TypedDict):
    # always: a non-blank text from dbt wins; smart: a person's edit wins until it is withdrawn; never: dbt's
    # value is ignored
    column_description: str
    # always: a non-blank text from dbt wins; smart: a person's edit wins until it is withdrawn; never: dbt's
    # value is ignored
    column_tags: str
    # always: a non-blank text from dbt wins; smart: a person's edit wins until it is withdrawn; never: dbt's
    # value is ignored
    description: str
    # always: a non-blank text from dbt wins; smart: a person's edit wins until it is withdrawn; never: dbt's
    # value is ignored
    owners: str
    # always: a non-blank text from dbt wins; smart: a person's edit wins until it is withdrawn; never: dbt's
    # value is ignored
    tags: str


class PolicyPatch(TypedDict, total=False):
    # always: a non-blank text from dbt wins; smart: a person's edit wins until it is withdrawn; never: dbt's
    # value is ignored
    column_description: str
    # always: a non-blank text from dbt wins; smart: a person's edit wins until it is withdrawn; never: dbt's
    # value is ignored
    column_tags: str
    # always: a non-blank text from dbt wins; smart: a person's edit wins until it is withdrawn; never: dbt's
    # value is ignored
    description: str
    # always: a non-blank text from dbt wins; smart: a person's edit wins until it is withdrawn; never: dbt's
    # value is ignored
    owners: str
    # always: a non-blank text from dbt wins; smart: a person's edit wins until it is withdrawn; never: dbt's
    # value is ignored
    tags: str


class _ProblemRequired(TypedDict):
    # Name of the problem; stable
    code: str
    detail: str
    request_id: str
    status: int
    title: str
    # Address of the documentation of the code
    type: str


class Problem(_ProblemRequired, total=False):
    # What a name that is not unique may mean
    candidates: Optional[List[Candidate]]
    errors: Optional[List[FieldError]]
    field: str
    limit: str
    required_scope: str


class Project(TypedDict):
    adapter: str
    # Present assets by kind
    counts: Dict[str, int]
    created_at: str
    dbt_version: str
    invocation_id: str
    # metadata.project_id of its manifests, else its name
    key: str
    last_catalog_at: Optional[str]
    last_import: Optional[str]
    # When dbt wrote the served manifest
    last_manifest_at: Optional[str]
    name: str
    # The project that this one is a former name of. Their runs and results are those of one project
    renamed_to: Optional[str]
    updated_at: str


class Relation(TypedDict):
    database: Optional[str]
    identifier: str
    schema: Optional[str]
    # As dbt writes it
    text: str


class Relationships(TypedDict, total=False):
    project: Named
    schema: Named


Removal = TypedDict(
    "Removal",
    {
        "cause": "Optional[Cause]",
        "import": "str",
        "kind": "str",
        "name": "str",
        "reason": "str",
        "since": "str",
        "unique_id": "str",
    },
)


class RemovalsOutcome(TypedDict):
    # New imports that apply the confirmed manifests of another target
    imports: List[str]
    # Assets that are now marked removed
    removed: int


class Report(TypedDict):
    attempts: int
    # What was read and what was stored
    counts: Dict[str, int]
    error_code: Optional[str]
    error_message: Optional[str]
    # Problems found; at most a thousand kinds
    issues: List[Issue]
    issues_total: int
    # applied, unchanged, superseded, canceled or failed; null while it runs
    outcome: Optional[str]
    stages: List[Stage]
    status: str
    # Version of the schema that it created; null if none
    version: Optional[int]


class _ResourceArtifactRequired(TypedDict):
    attributes: Artifact
    id: str
    type: str


class ResourceArtifact(_ResourceArtifactRequired, total=False):
    relationships: Relationships


class _ResourceAssetRequired(TypedDict):
    attributes: Asset
    id: str
    type: str


class ResourceAsset(_ResourceAssetRequired, total=False):
    relationships: Relationships


class _ResourceAssetDiffRequired(TypedDict):
    attributes: AssetDiff
    id: str
    type: str


class ResourceAssetDiff(_ResourceAssetDiffRequired, total=False):
    relationships: Relationships


class _ResourceAuditEntryRequired(TypedDict):
    attributes: AuditEntry
    id: str
    type: str


class ResourceAuditEntry(_ResourceAuditEntryRequired, total=False):
    relationships: Relationships


class _ResourceBlamedValueRequired(TypedDict):
    attributes: BlamedValue
    id: str
    type: str


class ResourceBlamedValue(_ResourceBlamedValueRequired, total=False):
    relationships: Relationships


class _ResourceColumnRequired(TypedDict):
    attributes: Column
    id: str
    type: str


class ResourceColumn(_ResourceColumnRequired, total=False):
    relationships: Relationships


class _ResourceColumnNodeRequired(TypedDict):
    attributes: ColumnNode
    id: str
    type: str


class ResourceColumnNode(_ResourceColumnNodeRequired, total=False):
    relationships: Relationships


class _ResourceCoverageRequired(TypedDict):
    attributes: Coverage
    id: str
    type: str


class ResourceCoverage(_ResourceCoverageRequired, total=False):
    relationships: Relationships


class _ResourceCriticalPathRequired(TypedDict):
    attributes: CriticalPath
    id: str
    type: str


class ResourceCriticalPath(_ResourceCriticalPathRequired, total=False):
    relationships: Relationships


class _ResourceDeliveryRequired(TypedDict):
    attributes: Delivery
    id: str
    type: str


class ResourceDelivery(_ResourceDeliveryRequired, total=False):
    relationships: Relationships


class _ResourceDraftRequired(TypedDict):
    attributes: Draft
    id: str
    type: str


class ResourceDraft(_ResourceDraftRequired, total=False):
    relationships: Relationships


class _ResourceEditRequired(TypedDict):
    attributes: Edit
    id: str
    type: str


class ResourceEdit(_ResourceEditRequired, total=False):
    relationships: Relationships


class _ResourceFacetRequired(TypedDict):
    attributes: Facet
    id: str
    type: str


class ResourceFacet(_ResourceFacetRequired, total=False):
    relationships: Relationships


class _ResourceFlakyTestRequired(TypedDict):
    attributes: FlakyTest
    id: str
    type: str


class ResourceFlakyTest(_ResourceFlakyTestRequired, total=False):
    relationships: Relationships


class _ResourceFolderHealthRequired(TypedDict):
    attributes: FolderHealth
    id: str
    type: str


class ResourceFolderHealth(_ResourceFolderHealthRequired, total=False):
    relationships: Relationships


class _ResourceFreshnessRequired(TypedDict):
    attributes: Freshness
    id: str
    type: str


class ResourceFreshness(_ResourceFreshnessRequired, total=False):
    relationships: Relationships


class _ResourceImpactedAssetRequired(TypedDict):
    attributes: ImpactedAsset
    id: str
    type: str


class ResourceImpactedAsset(_ResourceImpactedAssetRequired, total=False):
    relationships: Relationships


class _ResourceIntegrationRequired(TypedDict):
    attributes: Integration
    id: str
    type: str


class ResourceIntegration(_ResourceIntegrationRequired, total=False):
    relationships: Relationships


class _ResourceInvitationRequired(TypedDict):
    attributes: Invitation
    id: str
    type: str


class ResourceInvitation(_ResourceInvitationRequired, total=False):
    relationships: Relationships


class _ResourceKeyRequired(TypedDict):
    attributes: Key
    id: str
    type: str


class ResourceKey(_ResourceKeyRequired, total=False):
    relationships: Relationships


class _ResourceLineageJobRequired(TypedDict):
    attributes: LineageJob
    id: str
    type: str


class ResourceLineageJob(_ResourceLineageJobRequired, total=False):
    relationships: Relationships


class _ResourceLineageNodeRequired(TypedDict):
    attributes: LineageNode
    id: str
    type: str


class ResourceLineageNode(_ResourceLineageNodeRequired, total=False):
    relationships: Relationships


class _ResourceLogLineRequired(TypedDict):
    attributes: LogLine
    id: str
    type: str


class ResourceLogLine(_ResourceLogLineRequired, total=False):
    relationships: Relationships


class _ResourceMeRequired(TypedDict):
    attributes: Me
    id: str
    type: str


class ResourceMe(_ResourceMeRequired, total=False):
    relationships: Relationships


class _ResourceModelLineageRequired(TypedDict):
    attributes: ModelLineage
    id: str
    type: str


class ResourceModelLineage(_ResourceModelLineageRequired, total=False):
    relationships: Relationships


class _ResourceOwnerRequired(TypedDict):
    attributes: Owner
    id: str
    type: str


class ResourceOwner(_ResourceOwnerRequired, total=False):
    relationships: Relationships


class _ResourceProjectRequired(TypedDict):
    attributes: Project
    id: str
    type: str


class ResourceProject(_ResourceProjectRequired, total=False):
    relationships: Relationships


class _ResourceRemovalRequired(TypedDict):
    attributes: Removal
    id: str
    type: str


class ResourceRemoval(_ResourceRemovalRequired, total=False):
    relationships: Relationships


class _ResourceRemovalsOutcomeRequired(TypedDict):
    attributes: RemovalsOutcome
    id: str
    type: str


class ResourceRemovalsOutcome(_ResourceRemovalsOutcomeRequired, total=False):
    relationships: Relationships


class _ResourceReportRequired(TypedDict):
    attributes: Report
    id: str
    type: str


class ResourceReport(_ResourceReportRequired, total=False):
    relationships: Relationships


class _ResourceResultRequired(TypedDict):
    attributes: Result
    id: str
    type: str


class ResourceResult(_ResourceResultRequired, total=False):
    relationships: Relationships


class _ResourceRevertRequired(TypedDict):
    attributes: Revert
    id: str
    type: str


class ResourceRevert(_ResourceRevertRequired, total=False):
    relationships: Relationships


class _ResourceRunRequired(TypedDict):
    attributes: Run
    id: str
    type: str


class ResourceRun(_ResourceRunRequired, total=False):
    relationships: Relationships


class _ResourceRunStepsRequired(TypedDict):
    attributes: RunSteps
    id: str
    type: str


class ResourceRunSteps(_ResourceRunStepsRequired, total=False):
    relationships: Relationships


class _ResourceSQLRequired(TypedDict):
    attributes: SQL
    id: str
    type: str


class ResourceSQL(_ResourceSQLRequired, total=False):
    relationships: Relationships


class _ResourceSchemaRequired(TypedDict):
    attributes: Schema
    id: str
    type: str


class ResourceSchema(_ResourceSchemaRequired, total=False):
    relationships: Relationships


class _ResourceSchemaHealthRequired(TypedDict):
    attributes: SchemaHealth
    id: str
    type: str


class ResourceSchemaHealth(_ResourceSchemaHealthRequired, total=False):
    relationships: Relationships


class _ResourceSchemaIssueRequired(TypedDict):
    attributes: SchemaIssue
    id: str
    type: str


class ResourceSchemaIssue(_ResourceSchemaIssueRequired, total=False):
    relationships: Relationships


class _ResourceSchemaLineageRequired(TypedDict):
    attributes: SchemaLineage
    id: str
    type: str


class ResourceSchemaLineage(_ResourceSchemaLineageRequired, total=False):
    relationships: Relationships


class _ResourceSearchAssetRequired(TypedDict):
    attributes: SearchAsset
    id: str
    type: str


class ResourceSearchAsset(_ResourceSearchAssetRequired, total=False):
    relationships: Relationships


class _ResourceSessionRequired(TypedDict):
    attributes: Session
    id: str
    type: str


class ResourceSession(_ResourceSessionRequired, total=False):
    relationships: Relationships


class _ResourceSetupLinkRequired(TypedDict):
    attributes: SetupLink
    id: str
    type: str


class ResourceSetupLink(_ResourceSetupLinkRequired, total=False):
    relationships: Relationships


class _ResourceSlowdownRequired(TypedDict):
    attributes: Slowdown
    id: str
    type: str


class ResourceSlowdown(_ResourceSlowdownRequired, total=False):
    relationships: Relationships


class _ResourceSyncRequired(TypedDict):
    attributes: Sync
    id: str
    type: str


class ResourceSync(_ResourceSyncRequired, total=False):
    relationships: Relationships


class _ResourceTableHealthRequired(TypedDict):
    attributes: TableHealth
    id: str
    type: str


class ResourceTableHealth(_ResourceTableHealthRequired, total=False):
    relationships: Relationships


class _ResourceTestRequired(TypedDict):
    attributes: Test
    id: str
    type: str


class ResourceTest(_ResourceTestRequired, total=False):
    relationships: Relationships


class _ResourceTrialRequired(TypedDict):
    attributes: Trial
    id: str
    type: str


class ResourceTrial(_ResourceTrialRequired, total=False):
    relationships: Relationships


class _ResourceUseRequired(TypedDict):
    attributes: Use
    id: str
    type: str


class ResourceUse(_ResourceUseRequired, total=False):
    relationships: Relationships


class _ResourceUserRequired(TypedDict):
    attributes: User
    id: str
    type: str


class ResourceUser(_ResourceUserRequired, total=False):
    relationships: Relationships


class _ResourceVersionRequired(TypedDict):
    attributes: Version
    id: str
    type: str


class ResourceVersion(_ResourceVersionRequired, total=False):
    relationships: Relationships


class _ResourceWaysInRequired(TypedDict):
    attributes: WaysIn
    id: str
    type: str


class ResourceWaysIn(_ResourceWaysInRequired, total=False):
    relationships: Relationships


class _ResourceWebhookRequired(TypedDict):
    attributes: Webhook
    id: str
    type: str


class ResourceWebhook(_ResourceWebhookRequired, total=False):
    relationships: Relationships


_ResultRequired = TypedDict(
    "_ResultRequired",
    {
        "class": "str",
        "completed_at": "Optional[str]",
        "execution_time": "float",
        "failures": "Optional[int]",
        "message": "Optional[str]",
        "rows_affected": "Optional[int]",
        "run": "str",
        "started_at": "Optional[str]",
        "status": "str",
        "thread": "Optional[str]",
        "unique_id": "str",
    },
)


class Result(_ResultRequired, total=False):
    # Of the run; in lists of an asset's results
    command: str
    # As for runs; in lists of an asset's results
    counts_as: str
    # Of an operation: when dbt runs it
    hook: str
    invocation_id: str
    # Seconds from the beginning of the run to started_at; in a run and its critical path
    offset: float
    # Execution times of those of the 20 results of the node before it that were executed (success, pass, warn
    # or fail); in lists of an asset's results, if there are three
    usual: Usual


class Revert(TypedDict):
    # Nodes and catalog entries that stay because a later version changed them
    not_restored: int
    # Nodes restored to their earlier state
    restored: int
    # Version of the schema that it created; null if nothing was different
    version: Optional[int]


class RowEdge(TypedDict):
    asset: str
    asset_name: str
    column: str
    confidence: str
    # join, filter, group, having, qualify, sort, distinct, set_operation
    kinds: List[str]


_RunRequired = TypedDict(
    "_RunRequired",
    {
        "args": "Dict[str, Any]",
        "artifact": "str",
        "command": "str",
        "counts": "RunCounts",
        "counts_as": "str",
        "dbt_version": "str",
        "elapsed": "float",
        "generated_at": "Optional[str]",
        "import": "Optional[str]",
        "invocation_id": "str",
        "nodes": "int",
        "outcome": "str",
        "partial": "bool",
        "retried_by": "Optional[str]",
        "retry_of": "Optional[str]",
        "usual": "Optional[Usual]",
    },
)


class Run(_RunRequired, total=False):
    # Results of dbt source freshness; paged, not in lists of runs
    freshness: Optional[List[Freshness]]
    # Paged; not in lists of runs
    results: Optional[List[Result]]


class RunCounts(TypedDict):
    error: int
    # Of sources those that are too old
    fail: int
    skipped: int
    # success and pass
    success: int
    warn: int


class RunDocument(TypedDict):
    data: ResourceRun
    links: Links
    meta: ListMeta


class RunStep(TypedDict):
    # The operation in the catalog; null for nodes, and if the served version has none
    asset: Optional[str]
    # Of nodes when the last one completed
    completed_at: Optional[str]
    counts: RunCounts
    message: Optional[str]
    # Seconds from the beginning of the run to started_at
    offset: Optional[float]
    results: int
    # From started_at to completed_at; null of what did not run
    seconds: Optional[float]
    # Of nodes when the first one started
    started_at: Optional[str]
    # Of the operation, as dbt reports it; null for nodes
    status: Optional[str]
    # nodes: all models, tests and so on between the hooks; operation: one of another name, such as that of
    # dbt run-operation
    step: str
    # Of the operation; null for nodes
    unique_id: Optional[str]


class RunSteps(TypedDict):
    # Seconds of the whole run
    elapsed: float
    steps: List[RunStep]


class SLA(TypedDict):
    # How much more it is
    late_seconds: float
    # error_after, without it warn_after
    limit_seconds: float
    # lag_seconds is not more
    met: bool


class _SQLRequired(TypedDict):
    # dbt's own, of the raw code
    checksum: Optional[str]
    # As dbt compiled it
    compiled: Optional[str]
    # The import that the compiled code comes from, if a later manifest lacked it
    compiled_import: Optional[str]
    # sql, python or javascript; jinja for a macro; openlineage where events of another program state the
    # lineage, as JSON in compiled
    language: str
    # As written
    raw: Optional[str]


class SQL(_SQLRequired, total=False):
    # With parts=true
    compiled_parts: CodeParts
    # With parts=true
    raw_parts: CodeParts


class Schema(TypedDict):
    created_at: str
    environment: str
    # Weights of what the health of a table is made of
    health: HealthWeights
    last_import: Optional[LastImport]
    name: str
    policy: Policy
    # Present tables
    tables: int
    # The target that feeds the schema, of each dbt project
    targets: List[Target]
    updated_at: str
    # Number of the served state; 0 before the first import
    version: int


class SchemaChoice(TypedDict, total=False):
    # Patterns of what is left out; tables that were crawled before are removed then
    exclude: List[str]
    # Patterns of names of schemas, in which * is any text and ? any letter; one with a dot matches database
    # and schema. Without any all are included
    include: List[str]
    # false leaves out schemas that come after the first sync; without it they are taken up
    new: bool


class SchemaHealth(TypedDict):
    # Mean of each over the tables that have it
    aspects: HealthAspects
    # 0 to 100: mean score of the tables; null if no table has a score
    score: Optional[float]
    # Tables that have a score
    scored: int
    tables: int
    # Those of the schema
    weights: HealthWeights


SchemaIssue = TypedDict(
    "SchemaIssue",
    {
        "asset": "Optional[str]",
        "at": "Optional[str]",
        "code": "str",
        "column": "Optional[int]",
        "count": "int",
        "import": "Optional[str]",
        "line": "Optional[int]",
        "message": "str",
        "name": "Optional[str]",
        "place": "Optional[str]",
        "remedy": "Optional[str]",
        "severity": "str",
        "source": "str",
        "unique_id": "Optional[str]",
    },
)


class SchemaLineage(TypedDict):
    columns: int
    edges: int
    # Models and snapshots
    models: int
    # Columns whose origins are all known
    resolved: int
    # Models by status
    statuses: Dict[str, int]
    version: int


class SchemaPatch(TypedDict, total=False):
    environment: str
    # Weights; those that are not given stay
    health: HealthPatch
    name: str
    policy: PolicyPatch
    # Targets that feed the schema from now on; those of other projects are unchanged
    targets: List[TargetPatch]


class SearchAsset(TypedDict):
    # Direct children, hooks left out
    downstream: int
    kind: str
    materialized: Optional[str]
    name: str
    owners: List[str]
    package_name: Optional[str]
    relation: Optional[Relation]
    tags: List[str]
    unique_id: Optional[str]


class SearchColumn(TypedDict):
    # column: the name matches; tag, description or meta
    field: str
    # The text around the match
    fragment: str
    name: str
    # As the warehouse or dbt writes it
    type: Optional[str]


class SearchHit(TypedDict):
    asset: ResourceSearchAsset
    # The column whose name, tag, description or meta matches
    column: Optional[str]
    # The columns that have most words of the query in their name, tags, description or meta: names first, at
    # most 20
    columns: List[SearchColumn]
    # How many there are of them
    columns_total: int
    # Where the match is: name, column, tag, relation, description, meta, property or code; of several words,
    # that of the one that matches worst. tag: tags, owners and groups; relation: database, schema, package or
    # path
    field: Optional[str]
    # The text around the match, on one line; plain text, with … where it is cut
    fragment: Optional[str]
    # How well the query matches, best first: exact: a name, unique_id or relation is the query; prefix: a
    # name begins with it; word: words of names, columns, tags, owners, database, schema, package or path do;
    # part: it is inside of a name; text: it is in a description, meta, a property or SQL; near: names differ
    # by typos. null: the query has no words, only filters
    match: Optional[str]


class _SearchMetaRequired(TypedDict):
    # Hits by kind, tag, owner, package, group, materialized and schema: of each, the 100 most frequent values
    facets: Dict[str, Dict[str, int]]
    # Maximum number of hits per page
    limit: int
    # All hits
    total: int


class SearchMeta(_SearchMetaRequired, total=False):
    # Facets with more values than are listed
    facets_truncated: List[str]
    # Unknown keys, and filter values that match nothing, with similar ones
    warnings: List[Warning]


class SearchReply(TypedDict):
    data: List[SearchHit]
    links: Links
    meta: SearchMeta


class _SessionRequired(TypedDict):
    # Of the client that signed in
    address: str
    # Its User-Agent
    agent: str
    created_at: str
    # Whether the request is part of it
    current: bool
    # When it ends in any case
    expires_at: str
    # How the person signed in
    method: str
    # Accurate to the minute; 12 hours without a request end the session
    used_at: str
    user: Named


class Session(_SessionRequired, total=False):
    # Page to go to, a path of this server; only in the reply to a sign-in
    next: str


class SetUp(TypedDict):
    email: str
    name: str
    # 12 characters or more
    password: str
    # What is behind the # in the link of the setup
    token: str


class SetupLink(TypedDict):
    expires_at: str
    # Open it in a browser; it can be used once
    url: str


class _ShownCredentialsRequired(TypedDict):
    # Names of the secret fields that are kept
    secrets: List[str]


class ShownCredentials(_ShownCredentialsRequired, total=False):
    access_key_id: str
    account: str
    account_name: str
    bucket: str
    ca_certificate: str
    container: str
    database: str
    dataset: str
    endpoint: str
    # The External ID that the trust policy of the role must ask for
    external_id: str
    host: str
    port: int
    project: str
    region: str
    role: str
    role_arn: str
    search_path: str
    tls: str
    user: str
    warehouse: str


class _SignInRequired(TypedDict):
    email: str
    password: str


class SignIn(_SignInRequired, total=False):
    # Page to go to after it; the reply has it if it is a path of this server, else /
    next: str


class Slowdown(TypedDict):
    # Table that the node builds or the test checks; null for a test of an unknown table
    asset: Optional[str]
    completed_at: str
    # Seconds, of the newest execution
    execution_time: float
    # execution_time without the median
    more_seconds: float
    # Of that table
    name: Optional[str]
    # execution_time by the median; 0 where that is 0
    ratio: float
    run: str
    # Id of the data test; null of other nodes
    test: Optional[str]
    unique_id: str
    # Of those of the 20 results before it that were executed: success, pass, warn or fail
    usual: Usual


class Span(TypedDict):
    end: int
    start: int


class Stability(TypedDict):
    # From one outcome to another between two executions in a row
    changes: int
    # Newest executions that were looked at, at most 20: results pass, warn, fail or error
    executions: int
    # The oldest of them
    since: str
    # Those of them between which no code changed: of the test, its arguments or severity, or of a table that
    # it reads, directly or not
    without_code_change: int


class Stage(TypedDict):
    done: int
    # Milliseconds
    ms: float
    # open, read, merge, trace or save
    name: str
    # running, done or failed
    state: str
    total: int


class Stat(TypedDict):
    label: str
    text: Optional[str]
    value: Optional[float]


class Sync(TypedDict):
    # Who asked for it
    actor_ref: Optional[ActorRef]
    # What was listed, downloaded, created and updated
    counts: Dict[str, int]
    created_at: str
    ended_at: Optional[str]
    error: Optional[SyncFailure]
    # The imports that it made
    import_ids: List[str]
    integration_id: str
    # Problems of the imports that it made
    issues: int
    # How many lines its log has
    log_lines: int
    # Why it runs
    reason: str
    stages: List[Stage]
    started_at: Optional[str]
    status: str


class SyncFailure(TypedDict):
    code: str
    # What happened and what to do
    message: str


class SyncRef(TypedDict):
    ended_at: Optional[str]
    id: str
    started_at: Optional[str]
    status: str


class _SyncScheduleRequired(TypedDict):
    # Five fields, or a word such as @daily; empty means never by itself
    cron: str


class SyncSchedule(_SyncScheduleRequired, total=False):
    # IANA name; empty means UTC
    time_zone: str


class TableCoverage(TypedDict):
    described: int
    # Whose columns a catalog.json or a crawl lists
    matched: int
    # With an owner
    owned: int
    # With an enabled data test of the table or one of its columns
    tested: int
    # Models, seeds, snapshots, sources, and tables and views of a warehouse
    total: int


class TableHealth(TypedDict):
    aspects: HealthAspects
    kind: str
    name: str
    # 0 to 100: mean of the aspects that the table has, by the weights of the schema; null if their weights
    # are 0
    score: Optional[float]
    unique_id: Optional[str]


class Target(TypedDict):
    # Empty: any
    database: str
    # Of the project
    name: str
    project: str
    # Of the target, as in target.schema; a model with a custom schema is often in target.schema_custom.
    # Empty: any
    schema: str


class _TargetPatchRequired(TypedDict):
    # Id or name of a project of the schema
    project: str


class TargetPatch(_TargetPatchRequired, total=False):
    # Empty: any
    database: str
    # The project, by its name in dbt_project.yml, may not have been imported yet: a first manifest of another
    # target then waits
    expected: bool
    # Empty: any
    schema: str


class Test(TypedDict):
    # Each as JSON
    args: Dict[str, str]
    # Table that it tests; null if unknown
    asset: Optional[str]
    # As the test names it, quotes included; null for a test of the table
    column: Optional[str]
    # All columns that it covers, without quotes, such as those of a unique combination
    columns: List[str]
    description: Optional[str]
    enabled: bool
    # generic or singular
    kind: str
    # Null if it never ran or, with at, had not run by then
    latest: Optional[Result]
    name: str
    # unique_ids of the dbt nodes that it reads, the tested one among them
    parents: List[str]
    severity: Optional[str]
    tags: List[str]
    # not_null, unique, dbt_utils.…; null for a singular test
    test: Optional[str]
    unique_id: str


TestCounts = TypedDict(
    "TestCounts",
    {
        "error": "int",
        "fail": "int",
        "pass": "int",
        "skipped": "int",
        "unknown": "int",
        "warn": "int",
    },
)


Text = TypedDict(
    "Text",
    {
        "cause": "Optional[Cause]",
        "gone_since": "Optional[str]",
        "hidden": "List[Hidden]",
        "import": "Optional[str]",
        "origin": "Optional[str]",
        "own": "Optional[str]",
        "value": "Optional[str]",
    },
)


class Trial(TypedDict):
    # Why it failed, such as wrong-secret, no-bucket, wrong-region, permission-denied, no-manifest, wrong-
    # login, no-database, no-compute; empty if it did not
    code: str
    message: str
    # What a sync would look at, newest first, at most 100
    objects: List[TrialObject]
    ok: bool
    # Of a warehouse, what a sync would read, at most 100, and what it could not read
    schemas: List[TrialSchema]
    # How many objects, or schemas of a warehouse, a sync would look at
    total: int


class TrialObject(TypedDict):
    key: str
    kind: str
    modified_at: str
    # Bytes
    size: int


class TrialSchema(TypedDict):
    name: str
    # Why it cannot be read; empty if it can
    problem: str


class _TriggerIntegrationReplyRequired(TypedDict):
    # A sentence
    message: str


class TriggerIntegrationReply(_TriggerIntegrationReplyRequired, total=False):
    # Of the sync
    id: str
    # Id of the integration
    integration: str
    # Of the sync
    status: str
    # Page of the syncs
    sync: str


class UnresolvedDataset(TypedDict):
    name: str
    namespace: str
    reason: str


class UpdateIntegrationIntegrationBody(TypedDict, total=False):
    # Empty: the integration waits for uploads
    credentials: Dict[str, str]
    name: str
    # dbt_core
    type: str


class UpdateIntegrationIntegrationReply(TypedDict):
    # Always empty in replies
    credentials: Dict[str, Any]
    # UUID
    id: str
    name: str
    # dbt_core
    type: str


class Use(TypedDict):
    # For a docs block: the column in whose description it occurs; null if in the asset's own description
    column: Optional[str]
    # Kind of the asset, or test
    kind: str
    name: str
    unique_id: str


class User(TypedDict):
    created_at: str
    email: str
    name: str
    # viewer reads everything but the audit log, editor imports and edits too, admin does everything
    role: str
    # What the role allows; keys of the person have no others
    scopes: List[str]
    updated_at: str


class UserPatch(TypedDict, total=False):
    email: str
    name: str
    role: str


class Usual(TypedDict):
    # Seconds
    median: float
    # How many it is the median of
    of: int


Version = TypedDict(
    "Version",
    {
        "actor_ref": "Optional[ActorRef]",
        "at": "str",
        "cause": "Optional[Cause]",
        "changed": "VersionCounts",
        "counters": "Optional[ImportCounters]",
        "import": "Optional[str]",
        "version": "int",
    },
)


class VersionCounts(TypedDict):
    # Assets that differ from the previous version, or whose column lineage does; all of these are null for
    # versions made before an upgrade
    assets: Optional[int]
    # Tables whose column lineage it wrote
    column_lineage: Optional[int]
    # Tables whose columns it wrote
    columns: Optional[int]
    # Assets whose parents it wrote
    lineage: Optional[int]
    # Data tests that it wrote or ended
    tests: Optional[int]


class Warning(TypedDict):
    code: str
    # The parameter, field of the body or part of the upload that it is about
    field: str
    message: str


class WaysIn(TypedDict):
    # This is the demonstration: on its machine it needs no account
    demo: bool
    # Page that leads to the single sign-on, with next= for the page to go to after it; null without one
    oidc: Optional[str]
    # People sign in by e-mail address and password
    password: bool
    # Nobody can sign in yet: the first administrator is made by the link that the server printed when it
    # started, or by one of thalweg setup-token
    setup_needed: bool


class _WebhookRequired(TypedDict):
    created_at: str
    # Who created it
    creator_ref: Optional[ActorRef]
    # Why the server disabled it; empty: it did not
    disabled_reason: str
    enabled: bool
    # Events it sends: import.failed, run.failed, schema.changed, source.stale, sync.failed, table.removed,
    # test.failed
    events: List[str]
    # standard: the JSON of the event; slack: a text, as Slack and compatible services take it
    format: str
    name: str
    # Schemas whose events it sends; empty means all
    schema_ids: List[str]
    updated_at: str
    url: str


class Webhook(_WebhookRequired, total=False):
    # What signs its deliveries; only in the reply to the request for which it was made
    secret: str


class WebhookPatch(TypedDict, total=False):
    # true also enables a webhook that the server disabled
    enabled: bool
    events: Optional[List[str]]
    format: str
    name: str
    # Replaces them; an empty list means all
    schema_ids: Optional[List[str]]
    # Replaces the secret; empty: by a new one, shown in the reply. The secret before it signs deliveries,
    # too, for 24 hours
    secret: str
    url: str


class Window(TypedDict):
    results: int
    runs: int
