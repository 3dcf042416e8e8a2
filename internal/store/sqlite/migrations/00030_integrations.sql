-- Integrations with their executions, and what was uploaded to them or found in their buckets.
-- +goose Up
CREATE TABLE integrations (
    ws           INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    uuid         TEXT NOT NULL, -- the id that users see
    name         TEXT NOT NULL,
    kind         TEXT NOT NULL, -- dbt_core, postgres, redshift, snowflake, bigquery
    schema_id    INTEGER NOT NULL, -- that it feeds
    settings     BLOB NOT NULL, -- JSON, without credentials
    external_id  TEXT NOT NULL, -- that its role asks for; never changes
    enabled      INTEGER NOT NULL,
    cron         TEXT NOT NULL,
    time_zone    TEXT NOT NULL,
    next_at      INTEGER NOT NULL, -- of the next scheduled sync; 0 = none
    failures     INTEGER NOT NULL, -- syncs that failed since the last one that succeeded
    creator_kind TEXT NOT NULL,
    creator_id   TEXT NOT NULL,
    creator_name TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    PRIMARY KEY (ws, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX integrations_uuid ON integrations (ws, uuid);
CREATE INDEX integrations_next ON integrations (next_at, ws, id) WHERE next_at <> 0;

CREATE TABLE syncs (
    ws             INTEGER NOT NULL,
    id             INTEGER NOT NULL,
    uuid           TEXT NOT NULL,
    integration_id INTEGER NOT NULL,
    status         TEXT NOT NULL, -- pending, running, completed, failed, canceled
    reason         TEXT NOT NULL, -- why it runs: schedule, request, upload
    actor_kind     TEXT NOT NULL,
    actor_id       TEXT NOT NULL,
    actor_name     TEXT NOT NULL,
    attempts       INTEGER NOT NULL,
    error_code     TEXT NOT NULL,
    error          TEXT NOT NULL,
    report         BLOB NOT NULL,
    created_at     INTEGER NOT NULL,
    started_at     INTEGER NOT NULL,
    ended_at       INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    PRIMARY KEY (ws, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX syncs_uuid ON syncs (ws, uuid);
CREATE INDEX syncs_integration ON syncs (ws, integration_id, id);
CREATE INDEX syncs_ended ON syncs (ws, ended_at) WHERE ended_at <> 0;

CREATE TABLE sync_imports (
    ws        INTEGER NOT NULL,
    sync_id   INTEGER NOT NULL,
    import_id INTEGER NOT NULL,
    PRIMARY KEY (ws, sync_id, import_id)
) WITHOUT ROWID;

CREATE TABLE sync_log (
    ws       INTEGER NOT NULL,
    sync_id  INTEGER NOT NULL,
    position INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    level    TEXT NOT NULL, -- info, warning, error
    line     TEXT NOT NULL,
    PRIMARY KEY (ws, sync_id, position)
) WITHOUT ROWID;

-- Artifacts that were uploaded to an integration: those that no import has taken, and the last manifest.
CREATE TABLE integration_parts (
    ws             INTEGER NOT NULL,
    integration_id INTEGER NOT NULL,
    id             INTEGER NOT NULL,
    batch          INTEGER NOT NULL, -- id of the first part that came with it
    name           TEXT NOT NULL, -- kind of artifact
    number         INTEGER NOT NULL,
    sha256         TEXT NOT NULL,
    size           INTEGER NOT NULL,
    checksum       INTEGER NOT NULL,
    taken          INTEGER NOT NULL, -- 1 = an import has taken it: the last manifest
    received_at    INTEGER NOT NULL,
    PRIMARY KEY (ws, integration_id, id)
) WITHOUT ROWID;
CREATE INDEX integration_parts_blob ON integration_parts (sha256);

-- Objects of the bucket of an integration, as they were when they were imported or looked into.
CREATE TABLE integration_objects (
    ws             INTEGER NOT NULL,
    integration_id INTEGER NOT NULL,
    key            TEXT NOT NULL,
    etag           TEXT NOT NULL,
    imported       INTEGER NOT NULL, -- 0 = only looked into
    project        TEXT NOT NULL, -- of a manifest
    generated_at   INTEGER NOT NULL, -- by the artifact itself; 0 = not known
    PRIMARY KEY (ws, integration_id, key)
) WITHOUT ROWID;

-- External IDs that are shown before their integration is made, so that the role can be made first.
CREATE TABLE integration_drafts (
    ws          INTEGER NOT NULL,
    uuid        TEXT NOT NULL,
    external_id TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (ws, uuid)
) WITHOUT ROWID;

INSERT INTO counters (kind, next) VALUES ('INT', 1), ('SYN', 1), ('PRT', 1);
