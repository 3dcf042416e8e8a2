-- Credentials of other systems, encrypted, and webhooks with their deliveries.
-- +goose Up
-- The key of a workspace that encrypts its credentials, itself encrypted by a master key outside the database.
CREATE TABLE data_keys (
    ws         INTEGER NOT NULL PRIMARY KEY,
    version    INTEGER NOT NULL,
    master     TEXT    NOT NULL, -- id of the master key
    encrypted  BLOB    NOT NULL,
    updated_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE secrets (
    ws     INTEGER NOT NULL,
    owner  TEXT    NOT NULL, -- id of the row that it belongs to, such as WHK-1
    field  TEXT    NOT NULL,
    value  BLOB    NOT NULL,
    set_at INTEGER NOT NULL,
    PRIMARY KEY (ws, owner, field)
) WITHOUT ROWID;

-- The runs that an import brought.
CREATE INDEX runs_import ON runs (ws, import_id);

CREATE TABLE webhooks (
    ws           INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    url          TEXT    NOT NULL,
    format       TEXT    NOT NULL, -- standard, slack
    events       TEXT    NOT NULL, -- JSON list
    schemas      TEXT    NOT NULL, -- JSON list of ids; [] = all
    enabled      INTEGER NOT NULL,
    disabled_for TEXT    NOT NULL, -- why the server disabled it; '' = it did not
    creator_kind TEXT    NOT NULL,
    creator_id   TEXT    NOT NULL,
    creator_name TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    PRIMARY KEY (ws, id)
) WITHOUT ROWID;

CREATE TABLE webhook_deliveries (
    ws         INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    webhook_id INTEGER NOT NULL,
    event      TEXT    NOT NULL,
    event_key  TEXT    NOT NULL, -- what happened, so that it is sent once
    schema_id  INTEGER NOT NULL,
    payload    BLOB    NOT NULL,
    state      TEXT    NOT NULL, -- pending, delivered, failed
    attempts   INTEGER NOT NULL,
    next_at    INTEGER NOT NULL, -- of the next attempt; 0 = none
    status     INTEGER NOT NULL, -- of the last reply; 0 = there was none
    error      TEXT    NOT NULL, -- of the last attempt
    took_ms    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,
    PRIMARY KEY (ws, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (ws, webhook_id, event_key);
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (ws, webhook_id, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (ws, webhook_id, next_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (ws, ended_at) WHERE ended_at <> 0;

INSERT INTO counters (kind, next) VALUES ('WHK', 1), ('DLV', 1);
