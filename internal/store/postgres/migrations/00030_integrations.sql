-- Integrations with their executions, and what was uploaded to them or found in their buckets.
-- +goose Up
CREATE TABLE integrations (
    ws           bigint NOT NULL,
    id           bigint NOT NULL,
    uuid         text COLLATE "C" NOT NULL, -- the id that users see
    name         text COLLATE "C" NOT NULL,
    kind         text COLLATE "C" NOT NULL, -- dbt_core, postgres, redshift, snowflake, bigquery
    schema_id    bigint NOT NULL, -- that it feeds
    settings     bytea NOT NULL, -- JSON, without credentials
    external_id  text COLLATE "C" NOT NULL, -- that its role asks for; never changes
    enabled      bigint NOT NULL,
    cron         text COLLATE "C" NOT NULL,
    time_zone    text COLLATE "C" NOT NULL,
    next_at      bigint NOT NULL, -- of the next scheduled sync; 0 = none
    failures     bigint NOT NULL, -- syncs that failed since the last one that succeeded
    creator_kind text COLLATE "C" NOT NULL,
    creator_id   text COLLATE "C" NOT NULL,
    creator_name text COLLATE "C" NOT NULL,
    created_at   bigint NOT NULL,
    updated_at   bigint NOT NULL,
    PRIMARY KEY (ws, id)
);
CREATE UNIQUE INDEX integrations_uuid ON integrations (ws, uuid);
CREATE INDEX integrations_next ON integrations (next_at, ws, id) WHERE next_at <> 0;

CREATE TABLE syncs (
    ws             bigint NOT NULL,
    id             bigint NOT NULL,
    uuid           text COLLATE "C" NOT NULL,
    integration_id bigint NOT NULL,
    status         text COLLATE "C" NOT NULL, -- pending, running, completed, failed, canceled
    reason         text COLLATE "C" NOT NULL, -- why it runs: schedule, request, upload
    actor_kind     text COLLATE "C" NOT NULL,
    actor_id       text COLLATE "C" NOT NULL,
    actor_name     text COLLATE "C" NOT NULL,
    attempts       bigint NOT NULL,
    error_code     text COLLATE "C" NOT NULL,
    error          text COLLATE "C" NOT NULL,
    report         bytea NOT NULL,
    created_at     bigint NOT NULL,
    started_at     bigint NOT NULL,
    ended_at       bigint NOT NULL,
    updated_at     bigint NOT NULL,
    PRIMARY KEY (ws, id)
);
CREATE UNIQUE INDEX syncs_uuid ON syncs (ws, uuid);
CREATE INDEX syncs_integration ON syncs (ws, integration_id, id);
CREATE INDEX syncs_ended ON syncs (ws, ended_at) WHERE ended_at <> 0;

CREATE TABLE sync_imports (
    ws        bigint NOT NULL,
    sync_id   bigint NOT NULL,
    import_id bigint NOT NULL,
    PRIMARY KEY (ws, sync_id, import_id)
);

CREATE TABLE sync_log (
    ws       bigint NOT NULL,
    sync_id  bigint NOT NULL,
    position bigint NOT NULL,
    at       bigint NOT NULL,
    level    text COLLATE "C" NOT NULL, -- info, warning, error
    line     text COLLATE "C" NOT NULL,
    PRIMARY KEY (ws, sync_id, position)
);

-- Artifacts that were uploaded to an integration: those that no import has taken, and the last manifest.
CREATE TABLE integration_parts (
    ws             bigint NOT NULL,
    integration_id bigint NOT NULL,
    id             bigint NOT NULL,
    batch          bigint NOT NULL, -- id of the first part that came with it
    name           text COLLATE "C" NOT NULL, -- kind of artifact
    number         bigint NOT NULL,
    sha256         text COLLATE "C" NOT NULL,
    size           bigint NOT NULL,
    checksum       bigint NOT NULL,
    taken          bigint NOT NULL, -- 1 = an import has taken it: the last manifest
    received_at    bigint NOT NULL,
    PRIMARY KEY (ws, integration_id, id)
);
CREATE INDEX integration_parts_blob ON integration_parts (sha256);

-- Objects of the bucket of an integration, as they were when they were imported or looked into.
CREATE TABLE integration_objects (
    ws             bigint NOT NULL,
    integration_id bigint NOT NULL,
    key            text COLLATE "C" NOT NULL,
    etag           text COLLATE "C" NOT NULL,
    imported       bigint NOT NULL, -- 0 = only looked into
    project        text COLLATE "C" NOT NULL, -- of a manifest
    generated_at   bigint NOT NULL, -- by the artifact itself; 0 = not known
    PRIMARY KEY (ws, integration_id, key)
);

-- External IDs that are shown before their integration is made, so that the role can be made first.
CREATE TABLE integration_drafts (
    ws          bigint NOT NULL,
    uuid        text COLLATE "C" NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    created_at  bigint NOT NULL,
    PRIMARY KEY (ws, uuid)
);

INSERT INTO counters (kind, next) VALUES ('INT', 1), ('SYN', 1), ('PRT', 1);

CREATE POLICY workspace ON integrations FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
CREATE POLICY workspace ON syncs FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
CREATE POLICY workspace ON sync_imports FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
CREATE POLICY workspace ON sync_log FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
CREATE POLICY workspace ON integration_parts FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
CREATE POLICY workspace ON integration_drafts FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
ALTER TABLE integration_drafts ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON integration_objects FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
ALTER TABLE integration_objects ENABLE ROW LEVEL SECURITY;
ALTER TABLE integrations ENABLE ROW LEVEL SECURITY;
ALTER TABLE syncs ENABLE ROW LEVEL SECURITY;
ALTER TABLE sync_imports ENABLE ROW LEVEL SECURITY;
ALTER TABLE sync_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE integration_parts ENABLE ROW LEVEL SECURITY;
