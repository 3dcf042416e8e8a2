-- Times are microseconds UTC, 0 = none. Truth values are 0 and 1.
-- Names and ids of others may be long: where one is part of a key, its hash of
-- 16 bytes stands in the key (key, node, label, relation_hash).
-- +goose Up
CREATE TABLE workspaces (
    id         bigint  PRIMARY KEY,
    name       text COLLATE "C" NOT NULL UNIQUE,
    created_at bigint  NOT NULL
);
INSERT INTO workspaces (id, name, created_at) VALUES (1, 'default', 0);

CREATE TABLE counters (
    kind text COLLATE "C" PRIMARY KEY,
    next bigint  NOT NULL
);
INSERT INTO counters (kind, next) VALUES
    ('SCH', 101), ('IMP', 1), ('TBL', 1), ('PRJ', 1), ('TST', 1), ('RUN', 1), ('KEY', 1);

CREATE TABLE settings (
    name  text COLLATE "C" PRIMARY KEY,
    value bytea NOT NULL
);

CREATE TABLE schemas (
    ws            bigint  NOT NULL,
    id            bigint  NOT NULL,
    name          text COLLATE "C" NOT NULL,
    environment   text COLLATE "C" NOT NULL,
    policy        text COLLATE "C" NOT NULL,
    version       bigint  NOT NULL,
    tables        bigint  NOT NULL, -- present tables of the served version
    dirty         bigint  NOT NULL, -- version that a save has begun to write; 0 = none
    lease_token   bigint  NOT NULL,
    lease_holder  text COLLATE "C" NOT NULL,
    lease_expires bigint  NOT NULL, -- 0 = free
    created_at    bigint  NOT NULL,
    updated_at    bigint  NOT NULL,
    PRIMARY KEY (ws, id),
    UNIQUE (ws, name)
);

CREATE TABLE projects (
    ws            bigint  NOT NULL,
    id            bigint  NOT NULL,
    schema_id     bigint  NOT NULL,
    key           text COLLATE "C" NOT NULL,
    name          text COLLATE "C" NOT NULL,
    dbt_version   text COLLATE "C" NOT NULL,
    adapter       text COLLATE "C" NOT NULL,
    manifest_at   bigint  NOT NULL,
    catalog_at    bigint  NOT NULL,
    invocation_id text COLLATE "C" NOT NULL,
    last_import   bigint  NOT NULL,
    created_at    bigint  NOT NULL,
    updated_at    bigint  NOT NULL,
    PRIMARY KEY (ws, id),
    UNIQUE (ws, schema_id, key),
    FOREIGN KEY (ws, schema_id) REFERENCES schemas (ws, id)
);

CREATE TABLE imports (
    ws               bigint  NOT NULL,
    id               bigint  NOT NULL,
    schema_id        bigint  NOT NULL,
    status           text COLLATE "C" NOT NULL,
    forced           bigint  NOT NULL,
    actor            text COLLATE "C" NOT NULL,
    project_id       bigint  NOT NULL,
    tables_created   bigint  NOT NULL,
    tables_updated   bigint  NOT NULL,
    columns_created  bigint  NOT NULL,
    columns_updated  bigint  NOT NULL,
    lineages_created bigint  NOT NULL,
    lineages_updated bigint  NOT NULL,
    error            text COLLATE "C" NOT NULL,
    error_code       text COLLATE "C" NOT NULL,
    version          bigint  NOT NULL,
    attempts         bigint  NOT NULL,
    token            bigint  NOT NULL,
    canceled         bigint  NOT NULL,
    not_before       bigint  NOT NULL,
    created_at       bigint  NOT NULL,
    started_at       bigint  NOT NULL,
    ended_at         bigint  NOT NULL,
    updated_at       bigint  NOT NULL,
    report           bytea    NOT NULL,
    PRIMARY KEY (ws, id),
    FOREIGN KEY (ws, schema_id) REFERENCES schemas (ws, id)
);
CREATE INDEX imports_schema ON imports (ws, schema_id, id);
CREATE INDEX imports_queue ON imports (id, ws, schema_id) WHERE status IN ('pending', 'processing');
CREATE INDEX imports_waiting ON imports (ws, schema_id, id) WHERE status IN ('pending', 'processing');

CREATE TABLE import_parts (
    ws        bigint  NOT NULL,
    import_id bigint  NOT NULL,
    position  bigint  NOT NULL, -- order in which the parts came
    name      text COLLATE "C" NOT NULL,
    number    bigint  NOT NULL,
    sha256    text COLLATE "C" NOT NULL,
    size      bigint  NOT NULL,
    PRIMARY KEY (ws, import_id, position),
    FOREIGN KEY (ws, import_id) REFERENCES imports (ws, id)
);

CREATE TABLE idempotency (
    ws          bigint  NOT NULL,
    scope       text COLLATE "C" NOT NULL,
    key         text COLLATE "C" NOT NULL,
    fingerprint bytea    NOT NULL,
    import_id   bigint  NOT NULL,
    created_at  bigint  NOT NULL,
    PRIMARY KEY (ws, scope, key)
);

-- Blobs are shared by all workspaces: equal bytes are stored once.
CREATE TABLE blobs (
    sha256     text COLLATE "C" PRIMARY KEY,
    size       bigint  NOT NULL,
    touched_at bigint  NOT NULL
);

CREATE TABLE blob_refs (
    sha256    text COLLATE "C" NOT NULL,
    ws        bigint  NOT NULL,
    import_id bigint  NOT NULL,
    PRIMARY KEY (sha256, ws, import_id)
);
CREATE INDEX blob_refs_import ON blob_refs (ws, import_id);

CREATE TABLE applied_parts (
    ws         bigint  NOT NULL,
    schema_id  bigint  NOT NULL,
    project_id bigint  NOT NULL,
    part       text COLLATE "C" NOT NULL,
    sha256     text COLLATE "C" NOT NULL,
    reader     text COLLATE "C" NOT NULL,
    PRIMARY KEY (ws, schema_id, project_id, part)
);

CREATE TABLE fingerprints (
    ws         bigint  NOT NULL,
    schema_id  bigint  NOT NULL,
    project_id bigint  NOT NULL,
    source     text COLLATE "C" NOT NULL,
    value      bytea    NOT NULL,
    PRIMARY KEY (ws, schema_id, project_id, source)
);

CREATE TABLE versions (
    ws        bigint  NOT NULL,
    schema_id bigint  NOT NULL,
    number    bigint  NOT NULL,
    import_id bigint  NOT NULL,
    actor     text COLLATE "C" NOT NULL,
    at        bigint  NOT NULL,
    PRIMARY KEY (ws, schema_id, number)
);

-- The versioned tables. Long values come last: what is read without them is
-- then read without their pages.
CREATE TABLE assets (
    ws              bigint  NOT NULL,
    schema_id       bigint  NOT NULL,
    id              bigint  NOT NULL,
    valid_from      bigint  NOT NULL,
    valid_to        bigint  NOT NULL,
    kind            text COLLATE "C" NOT NULL,
    name            text COLLATE "C" NOT NULL,
    sort_name       text COLLATE "C" NOT NULL, -- first 200 characters of name
    relation_key    text COLLATE "C" NOT NULL,
    relation_hash   bytea    NOT NULL,
    project_id      bigint  NOT NULL,
    present         bigint  NOT NULL,
    described       bigint  NOT NULL,
    hash            bytea    NOT NULL,
    created_at      bigint  NOT NULL,
    updated_at      bigint  NOT NULL,
    unique_id       text COLLATE "C" NOT NULL,
    package         text COLLATE "C" NOT NULL,
    materialized    text COLLATE "C" NOT NULL,
    group_name      text COLLATE "C" NOT NULL,
    body            bytea    NOT NULL
);
CREATE UNIQUE INDEX assets_id ON assets (ws, id, valid_from);
CREATE INDEX assets_state ON assets (ws, schema_id, valid_to);
CREATE INDEX assets_changes ON assets (ws, schema_id, valid_from, id);
CREATE INDEX assets_name ON assets (ws, schema_id, sort_name, id);
CREATE INDEX assets_relation ON assets (ws, schema_id, relation_hash) WHERE relation_key <> '';

CREATE TABLE asset_labels (
    ws         bigint  NOT NULL,
    schema_id  bigint  NOT NULL,
    asset      bigint  NOT NULL,
    kind       text COLLATE "C" NOT NULL, -- tag, owner
    label      bytea    NOT NULL, -- hash of value
    valid_from bigint  NOT NULL,
    valid_to   bigint  NOT NULL,
    value      text COLLATE "C" NOT NULL,
    PRIMARY KEY (ws, schema_id, asset, kind, label, valid_from)
);
CREATE INDEX asset_labels_label ON asset_labels (ws, kind, label, schema_id);

CREATE TABLE asset_columns (
    ws         bigint  NOT NULL,
    schema_id  bigint  NOT NULL,
    asset      bigint  NOT NULL,
    valid_from bigint  NOT NULL,
    valid_to   bigint  NOT NULL,
    body       bytea    NOT NULL
);
CREATE UNIQUE INDEX asset_columns_asset ON asset_columns (ws, schema_id, asset, valid_from);

CREATE TABLE facets (
    ws         bigint  NOT NULL,
    schema_id  bigint  NOT NULL,
    key        bytea    NOT NULL, -- hash of origin, source, unique_id and, for people, asset
    valid_from bigint  NOT NULL,
    valid_to   bigint  NOT NULL,
    asset      bigint  NOT NULL,
    origin     text COLLATE "C" NOT NULL,
    source     text COLLATE "C" NOT NULL,
    unique_id  text COLLATE "C" NOT NULL,
    project_id bigint  NOT NULL,
    hash       bytea    NOT NULL,
    import_id  bigint  NOT NULL,
    withdrawn  bigint  NOT NULL,
    body       bytea    NOT NULL
);
CREATE UNIQUE INDEX facets_key ON facets (ws, schema_id, key, valid_from);
CREATE INDEX facets_asset ON facets (ws, schema_id, asset);
CREATE INDEX facets_state ON facets (ws, schema_id, valid_to);

CREATE TABLE edges (
    ws         bigint  NOT NULL,
    schema_id  bigint  NOT NULL,
    key        bytea    NOT NULL, -- hash of project, ends, type and from_node
    valid_from bigint  NOT NULL,
    valid_to   bigint  NOT NULL,
    project_id bigint  NOT NULL,
    from_asset bigint  NOT NULL,
    to_asset   bigint  NOT NULL,
    type       text COLLATE "C" NOT NULL,
    from_node  text COLLATE "C" NOT NULL,
    confidence text COLLATE "C" NOT NULL,
    source     text COLLATE "C" NOT NULL,
    PRIMARY KEY (ws, schema_id, key, valid_from)
);

CREATE TABLE tests (
    ws         bigint  NOT NULL,
    schema_id  bigint  NOT NULL,
    id         bigint  NOT NULL,
    valid_from bigint  NOT NULL,
    valid_to   bigint  NOT NULL,
    project_id bigint  NOT NULL,
    asset      bigint  NOT NULL,
    unique_id  text COLLATE "C" NOT NULL,
    hash       bytea    NOT NULL,
    body       bytea    NOT NULL
);
CREATE UNIQUE INDEX tests_id ON tests (ws, schema_id, id, valid_from);
CREATE INDEX tests_asset ON tests (ws, schema_id, asset);

CREATE TABLE column_edges (
    ws         bigint  NOT NULL,
    schema_id  bigint  NOT NULL,
    asset      bigint  NOT NULL,
    valid_from bigint  NOT NULL,
    valid_to   bigint  NOT NULL,
    hash       bytea    NOT NULL,
    body       bytea    NOT NULL
);
CREATE UNIQUE INDEX column_edges_asset ON column_edges (ws, schema_id, asset, valid_from);

-- Not versioned: a text never changes under its hash.
CREATE TABLE texts (
    ws   bigint  NOT NULL,
    hash bytea    NOT NULL,
    body bytea    NOT NULL
);
CREATE UNIQUE INDEX texts_hash ON texts (ws, hash);

CREATE TABLE removals (
    ws         bigint  NOT NULL,
    schema_id  bigint  NOT NULL,
    asset      bigint  NOT NULL,
    project_id bigint  NOT NULL,
    node       bytea    NOT NULL,
    unique_id  text COLLATE "C" NOT NULL,
    name       text COLLATE "C" NOT NULL,
    kind       text COLLATE "C" NOT NULL,
    import_id  bigint  NOT NULL,
    since      bigint  NOT NULL,
    PRIMARY KEY (ws, schema_id, asset, project_id, node)
);

-- Runs are append-only. A run counts from stored = 1 on: its results came
-- before it, in several transactions.
CREATE TABLE runs (
    ws            bigint  NOT NULL,
    id            bigint  NOT NULL,
    schema_id     bigint  NOT NULL,
    project_id    bigint  NOT NULL,
    invocation_id text COLLATE "C" NOT NULL,
    artifact      text COLLATE "C" NOT NULL, -- run_results, sources
    command       text COLLATE "C" NOT NULL,
    dbt_version   text COLLATE "C" NOT NULL,
    generated_at  bigint  NOT NULL,
    elapsed       double precision NOT NULL,
    results       bigint  NOT NULL,
    import_id     bigint  NOT NULL,
    stored        bigint  NOT NULL,
    PRIMARY KEY (ws, id),
    UNIQUE (ws, schema_id, invocation_id, artifact)
);
CREATE INDEX runs_time ON runs (ws, schema_id, generated_at, id);

CREATE TABLE node_results (
    ws             bigint  NOT NULL,
    run_id         bigint  NOT NULL,
    node           bytea    NOT NULL, -- hash of unique_id
    unique_id      text COLLATE "C" NOT NULL,
    schema_id      bigint  NOT NULL,
    at             bigint  NOT NULL, -- completed_at, else when the run was written
    status         text COLLATE "C" NOT NULL,
    class          text COLLATE "C" NOT NULL,
    failures       bigint,
    execution_time double precision NOT NULL,
    started_at     bigint  NOT NULL,
    completed_at   bigint  NOT NULL,
    rows_affected  bigint,
    thread         text COLLATE "C" NOT NULL,
    message        text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX node_results_run ON node_results (ws, run_id, node);
CREATE INDEX node_results_node ON node_results (ws, schema_id, node, at);

CREATE TABLE latest_results (
    ws            bigint  NOT NULL,
    schema_id     bigint  NOT NULL,
    node          bytea    NOT NULL,
    project_id    bigint  NOT NULL,
    run_id        bigint  NOT NULL,
    at            bigint  NOT NULL,
    invocation_id text COLLATE "C" NOT NULL,
    class         text COLLATE "C" NOT NULL,
    unique_id     text COLLATE "C" NOT NULL,
    PRIMARY KEY (ws, schema_id, node, project_id)
);

CREATE TABLE freshness (
    ws            bigint  NOT NULL,
    run_id        bigint  NOT NULL,
    node          bytea    NOT NULL,
    unique_id     text COLLATE "C" NOT NULL,
    schema_id     bigint  NOT NULL,
    status        text COLLATE "C" NOT NULL,
    max_loaded_at bigint  NOT NULL,
    snapshot_at   bigint  NOT NULL,
    age           double precision NOT NULL,
    message       text COLLATE "C" NOT NULL,
    PRIMARY KEY (ws, run_id, node)
);

CREATE TABLE latest_freshness (
    ws            bigint  NOT NULL,
    schema_id     bigint  NOT NULL,
    node          bytea    NOT NULL,
    project_id    bigint  NOT NULL,
    run_id        bigint  NOT NULL,
    at            bigint  NOT NULL,
    invocation_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (ws, schema_id, node, project_id)
);

CREATE TABLE api_keys (
    ws           bigint  NOT NULL,
    id           bigint  NOT NULL,
    public_id    text COLLATE "C" NOT NULL UNIQUE,
    secret_hash  bytea    NOT NULL,
    name         text COLLATE "C" NOT NULL,
    creator      text COLLATE "C" NOT NULL,
    scopes       text COLLATE "C" NOT NULL, -- JSON lists
    schema_ids   text COLLATE "C" NOT NULL,
    cidrs        text COLLATE "C" NOT NULL,
    created_at   bigint  NOT NULL,
    expires_at   bigint  NOT NULL,
    revoked_at   bigint  NOT NULL,
    last_used_at bigint  NOT NULL,
    PRIMARY KEY (ws, id)
);

-- Bodies come compressed where that pays.
ALTER TABLE assets ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE asset_columns ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE facets ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE tests ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE column_edges ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE texts ALTER COLUMN body SET STORAGE EXTERNAL;
