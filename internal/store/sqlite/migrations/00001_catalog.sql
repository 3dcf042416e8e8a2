-- Times are microseconds UTC, 0 = none. Truth values are 0 and 1.
-- Names and ids of others may be long: where one is part of a key, its hash of
-- 16 bytes stands in the key (key, node, label, relation_hash).
-- +goose Up
CREATE TABLE workspaces (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
);
INSERT INTO workspaces (id, name, created_at) VALUES (1, 'default', 0);

CREATE TABLE counters (
    kind TEXT    PRIMARY KEY,
    next INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO counters (kind, next) VALUES
    ('SCH', 101), ('IMP', 1), ('TBL', 1), ('PRJ', 1), ('TST', 1), ('RUN', 1), ('KEY', 1);

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE schemas (
    ws            INTEGER NOT NULL,
    id            INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    environment   TEXT    NOT NULL,
    policy        TEXT    NOT NULL,
    version       INTEGER NOT NULL,
    tables        INTEGER NOT NULL, -- present tables of the served version
    dirty         INTEGER NOT NULL, -- version that a save has begun to write; 0 = none
    lease_token   INTEGER NOT NULL,
    lease_holder  TEXT    NOT NULL,
    lease_expires INTEGER NOT NULL, -- 0 = free
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    PRIMARY KEY (ws, id),
    UNIQUE (ws, name)
);

CREATE TABLE projects (
    ws            INTEGER NOT NULL,
    id            INTEGER NOT NULL,
    schema_id     INTEGER NOT NULL,
    key           TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    dbt_version   TEXT    NOT NULL,
    adapter       TEXT    NOT NULL,
    manifest_at   INTEGER NOT NULL,
    catalog_at    INTEGER NOT NULL,
    invocation_id TEXT    NOT NULL,
    last_import   INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    PRIMARY KEY (ws, id),
    UNIQUE (ws, schema_id, key),
    FOREIGN KEY (ws, schema_id) REFERENCES schemas (ws, id)
);

CREATE TABLE imports (
    ws               INTEGER NOT NULL,
    id               INTEGER NOT NULL,
    schema_id        INTEGER NOT NULL,
    status           TEXT    NOT NULL,
    forced           INTEGER NOT NULL,
    actor            TEXT    NOT NULL,
    project_id       INTEGER NOT NULL,
    tables_created   INTEGER NOT NULL,
    tables_updated   INTEGER NOT NULL,
    columns_created  INTEGER NOT NULL,
    columns_updated  INTEGER NOT NULL,
    lineages_created INTEGER NOT NULL,
    lineages_updated INTEGER NOT NULL,
    error            TEXT    NOT NULL,
    error_code       TEXT    NOT NULL,
    version          INTEGER NOT NULL,
    attempts         INTEGER NOT NULL,
    token            INTEGER NOT NULL,
    canceled         INTEGER NOT NULL,
    not_before       INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    started_at       INTEGER NOT NULL,
    ended_at         INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    report           BLOB    NOT NULL,
    PRIMARY KEY (ws, id),
    FOREIGN KEY (ws, schema_id) REFERENCES schemas (ws, id)
);
CREATE INDEX imports_schema ON imports (ws, schema_id, id);
CREATE INDEX imports_queue ON imports (id, ws, schema_id) WHERE status IN ('pending', 'processing');
CREATE INDEX imports_waiting ON imports (ws, schema_id, id) WHERE status IN ('pending', 'processing');

CREATE TABLE import_parts (
    ws        INTEGER NOT NULL,
    import_id INTEGER NOT NULL,
    position  INTEGER NOT NULL, -- order in which the parts came
    name      TEXT    NOT NULL,
    number    INTEGER NOT NULL,
    sha256    TEXT    NOT NULL,
    size      INTEGER NOT NULL,
    PRIMARY KEY (ws, import_id, position),
    FOREIGN KEY (ws, import_id) REFERENCES imports (ws, id)
) WITHOUT ROWID;

CREATE TABLE idempotency (
    ws          INTEGER NOT NULL,
    scope       TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL,
    import_id   INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (ws, scope, key)
) WITHOUT ROWID;

-- Blobs are shared by all workspaces: equal bytes are stored once.
CREATE TABLE blobs (
    sha256     TEXT    PRIMARY KEY,
    size       INTEGER NOT NULL,
    touched_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE blob_refs (
    sha256    TEXT    NOT NULL,
    ws        INTEGER NOT NULL,
    import_id INTEGER NOT NULL,
    PRIMARY KEY (sha256, ws, import_id)
) WITHOUT ROWID;
CREATE INDEX blob_refs_import ON blob_refs (ws, import_id);

CREATE TABLE applied_parts (
    ws         INTEGER NOT NULL,
    schema_id  INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    part       TEXT    NOT NULL,
    sha256     TEXT    NOT NULL,
    reader     TEXT    NOT NULL,
    PRIMARY KEY (ws, schema_id, project_id, part)
) WITHOUT ROWID;

CREATE TABLE fingerprints (
    ws         INTEGER NOT NULL,
    schema_id  INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    source     TEXT    NOT NULL,
    value      BLOB    NOT NULL,
    PRIMARY KEY (ws, schema_id, project_id, source)
);

CREATE TABLE versions (
    ws        INTEGER NOT NULL,
    schema_id INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    import_id INTEGER NOT NULL,
    actor     TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (ws, schema_id, number)
) WITHOUT ROWID;

-- The versioned tables. Long values come last: what is read without them is
-- then read without their pages.
CREATE TABLE assets (
    ws              INTEGER NOT NULL,
    schema_id       INTEGER NOT NULL,
    id              INTEGER NOT NULL,
    valid_from      INTEGER NOT NULL,
    valid_to        INTEGER NOT NULL,
    kind            TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    sort_name       TEXT    NOT NULL, -- first 200 characters of name
    relation_key    TEXT    NOT NULL,
    relation_hash   BLOB    NOT NULL,
    project_id      INTEGER NOT NULL,
    present         INTEGER NOT NULL,
    described       INTEGER NOT NULL,
    hash            BLOB    NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    unique_id       TEXT    NOT NULL,
    package         TEXT    NOT NULL,
    materialized    TEXT    NOT NULL,
    group_name      TEXT    NOT NULL,
    body            BLOB    NOT NULL
);
CREATE UNIQUE INDEX assets_id ON assets (ws, id, valid_from);
CREATE INDEX assets_state ON assets (ws, schema_id, valid_to);
CREATE INDEX assets_changes ON assets (ws, schema_id, valid_from, id);
CREATE INDEX assets_name ON assets (ws, schema_id, sort_name, id);
CREATE INDEX assets_relation ON assets (ws, schema_id, relation_hash) WHERE relation_key <> '';

CREATE TABLE asset_labels (
    ws         INTEGER NOT NULL,
    schema_id  INTEGER NOT NULL,
    asset      INTEGER NOT NULL,
    kind       TEXT    NOT NULL, -- tag, owner
    label      BLOB    NOT NULL, -- hash of value
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER NOT NULL,
    value      TEXT    NOT NULL,
    PRIMARY KEY (ws, schema_id, asset, kind, label, valid_from)
) WITHOUT ROWID;
CREATE INDEX asset_labels_label ON asset_labels (ws, kind, label, schema_id);

CREATE TABLE asset_columns (
    ws         INTEGER NOT NULL,
    schema_id  INTEGER NOT NULL,
    asset      INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER NOT NULL,
    body       BLOB    NOT NULL
);
CREATE UNIQUE INDEX asset_columns_asset ON asset_columns (ws, schema_id, asset, valid_from);

CREATE TABLE facets (
    ws         INTEGER NOT NULL,
    schema_id  INTEGER NOT NULL,
    key        BLOB    NOT NULL, -- hash of origin, source, unique_id and, for people, asset
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER NOT NULL,
    asset      INTEGER NOT NULL,
    origin     TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    unique_id  TEXT    NOT NULL,
    project_id INTEGER NOT NULL,
    hash       BLOB    NOT NULL,
    import_id  INTEGER NOT NULL,
    withdrawn  INTEGER NOT NULL,
    body       BLOB    NOT NULL
);
CREATE UNIQUE INDEX facets_key ON facets (ws, schema_id, key, valid_from);
CREATE INDEX facets_asset ON facets (ws, schema_id, asset);
CREATE INDEX facets_state ON facets (ws, schema_id, valid_to);

CREATE TABLE edges (
    ws         INTEGER NOT NULL,
    schema_id  INTEGER NOT NULL,
    key        BLOB    NOT NULL, -- hash of project, ends, type and from_node
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    from_asset INTEGER NOT NULL,
    to_asset   INTEGER NOT NULL,
    type       TEXT    NOT NULL,
    from_node  TEXT    NOT NULL,
    confidence TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    PRIMARY KEY (ws, schema_id, key, valid_from)
) WITHOUT ROWID;

CREATE TABLE tests (
    ws         INTEGER NOT NULL,
    schema_id  INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    asset      INTEGER NOT NULL,
    unique_id  TEXT    NOT NULL,
    hash       BLOB    NOT NULL,
    body       BLOB    NOT NULL
);
CREATE UNIQUE INDEX tests_id ON tests (ws, schema_id, id, valid_from);
CREATE INDEX tests_asset ON tests (ws, schema_id, asset);

CREATE TABLE column_edges (
    ws         INTEGER NOT NULL,
    schema_id  INTEGER NOT NULL,
    asset      INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER NOT NULL,
    hash       BLOB    NOT NULL,
    body       BLOB    NOT NULL
);
CREATE UNIQUE INDEX column_edges_asset ON column_edges (ws, schema_id, asset, valid_from);

-- Not versioned: a text never changes under its hash.
CREATE TABLE texts (
    ws   INTEGER NOT NULL,
    hash BLOB    NOT NULL,
    body BLOB    NOT NULL
);
CREATE UNIQUE INDEX texts_hash ON texts (ws, hash);

CREATE TABLE removals (
    ws         INTEGER NOT NULL,
    schema_id  INTEGER NOT NULL,
    asset      INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    node       BLOB    NOT NULL,
    unique_id  TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    import_id  INTEGER NOT NULL,
    since      INTEGER NOT NULL,
    PRIMARY KEY (ws, schema_id, asset, project_id, node)
) WITHOUT ROWID;

-- Runs are append-only. A run counts from stored = 1 on: its results came
-- before it, in several transactions.
CREATE TABLE runs (
    ws            INTEGER NOT NULL,
    id            INTEGER NOT NULL,
    schema_id     INTEGER NOT NULL,
    project_id    INTEGER NOT NULL,
    invocation_id TEXT    NOT NULL,
    artifact      TEXT    NOT NULL, -- run_results, sources
    command       TEXT    NOT NULL,
    dbt_version   TEXT    NOT NULL,
    generated_at  INTEGER NOT NULL,
    elapsed       REAL    NOT NULL,
    results       INTEGER NOT NULL,
    import_id     INTEGER NOT NULL,
    stored        INTEGER NOT NULL,
    PRIMARY KEY (ws, id),
    UNIQUE (ws, schema_id, invocation_id, artifact)
);
CREATE INDEX runs_time ON runs (ws, schema_id, generated_at, id);

CREATE TABLE node_results (
    ws             INTEGER NOT NULL,
    run_id         INTEGER NOT NULL,
    node           BLOB    NOT NULL, -- hash of unique_id
    unique_id      TEXT    NOT NULL,
    schema_id      INTEGER NOT NULL,
    at             INTEGER NOT NULL, -- completed_at, else when the run was written
    status         TEXT    NOT NULL,
    class          TEXT    NOT NULL,
    failures       INTEGER,
    execution_time REAL    NOT NULL,
    started_at     INTEGER NOT NULL,
    completed_at   INTEGER NOT NULL,
    rows_affected  INTEGER,
    thread         TEXT    NOT NULL,
    message        TEXT    NOT NULL
);
CREATE UNIQUE INDEX node_results_run ON node_results (ws, run_id, node);
CREATE INDEX node_results_node ON node_results (ws, schema_id, node, at);

CREATE TABLE latest_results (
    ws            INTEGER NOT NULL,
    schema_id     INTEGER NOT NULL,
    node          BLOB    NOT NULL,
    project_id    INTEGER NOT NULL,
    run_id        INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    invocation_id TEXT    NOT NULL,
    class         TEXT    NOT NULL,
    unique_id     TEXT    NOT NULL,
    PRIMARY KEY (ws, schema_id, node, project_id)
) WITHOUT ROWID;

CREATE TABLE freshness (
    ws            INTEGER NOT NULL,
    run_id        INTEGER NOT NULL,
    node          BLOB    NOT NULL,
    unique_id     TEXT    NOT NULL,
    schema_id     INTEGER NOT NULL,
    status        TEXT    NOT NULL,
    max_loaded_at INTEGER NOT NULL,
    snapshot_at   INTEGER NOT NULL,
    age           REAL    NOT NULL,
    message       TEXT    NOT NULL,
    PRIMARY KEY (ws, run_id, node)
) WITHOUT ROWID;

CREATE TABLE latest_freshness (
    ws            INTEGER NOT NULL,
    schema_id     INTEGER NOT NULL,
    node          BLOB    NOT NULL,
    project_id    INTEGER NOT NULL,
    run_id        INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    invocation_id TEXT    NOT NULL,
    PRIMARY KEY (ws, schema_id, node, project_id)
) WITHOUT ROWID;

CREATE TABLE api_keys (
    ws           INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    public_id    TEXT    NOT NULL UNIQUE,
    secret_hash  BLOB    NOT NULL,
    name         TEXT    NOT NULL,
    creator      TEXT    NOT NULL,
    scopes       TEXT    NOT NULL, -- JSON lists
    schema_ids   TEXT    NOT NULL,
    cidrs        TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    revoked_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    PRIMARY KEY (ws, id)
);
