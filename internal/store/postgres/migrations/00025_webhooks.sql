-- Credentials of other systems, encrypted, and webhooks with their deliveries.
-- +goose Up
-- The key of a workspace that encrypts its credentials, itself encrypted by a master key outside the database.
CREATE TABLE data_keys (
    ws         bigint  NOT NULL PRIMARY KEY,
    version    bigint  NOT NULL,
    master     text COLLATE "C" NOT NULL, -- id of the master key
    encrypted  bytea   NOT NULL,
    updated_at bigint  NOT NULL
);

CREATE TABLE secrets (
    ws     bigint  NOT NULL,
    owner  text COLLATE "C" NOT NULL, -- id of the row that it belongs to, such as WHK-1
    field  text COLLATE "C" NOT NULL,
    value  bytea   NOT NULL,
    set_at bigint  NOT NULL,
    PRIMARY KEY (ws, owner, field)
);

-- The runs that an import brought.
CREATE INDEX runs_import ON runs (ws, import_id);

CREATE TABLE webhooks (
    ws           bigint  NOT NULL,
    id           bigint  NOT NULL,
    name         text COLLATE "C" NOT NULL,
    url          text COLLATE "C" NOT NULL,
    format       text COLLATE "C" NOT NULL, -- standard, slack
    events       text COLLATE "C" NOT NULL, -- JSON list
    schemas      text COLLATE "C" NOT NULL, -- JSON list of ids; [] = all
    enabled      bigint  NOT NULL,
    disabled_for text COLLATE "C" NOT NULL, -- why the server disabled it; '' = it did not
    creator_kind text COLLATE "C" NOT NULL,
    creator_id   text COLLATE "C" NOT NULL,
    creator_name text COLLATE "C" NOT NULL,
    created_at   bigint  NOT NULL,
    updated_at   bigint  NOT NULL,
    PRIMARY KEY (ws, id)
);

CREATE TABLE webhook_deliveries (
    ws         bigint  NOT NULL,
    id         bigint  NOT NULL,
    webhook_id bigint  NOT NULL,
    event      text COLLATE "C" NOT NULL,
    event_key  text COLLATE "C" NOT NULL, -- what happened, so that it is sent once
    schema_id  bigint  NOT NULL,
    payload    bytea   NOT NULL,
    state      text COLLATE "C" NOT NULL, -- pending, delivered, failed
    attempts   bigint  NOT NULL,
    next_at    bigint  NOT NULL, -- of the next attempt; 0 = none
    status     bigint  NOT NULL, -- of the last reply; 0 = there was none
    error      text COLLATE "C" NOT NULL, -- of the last attempt
    took_ms    bigint  NOT NULL,
    created_at bigint  NOT NULL,
    ended_at   bigint  NOT NULL,
    PRIMARY KEY (ws, id)
);
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (ws, webhook_id, event_key);
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (ws, webhook_id, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (ws, webhook_id, next_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (ws, ended_at) WHERE ended_at <> 0;

-- Webhooks and data keys are looked up for the whole installation, too.
CREATE POLICY workspace ON data_keys FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
CREATE POLICY workspace ON secrets FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON webhooks FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
CREATE POLICY workspace ON webhook_deliveries FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
ALTER TABLE data_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhooks ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_deliveries ENABLE ROW LEVEL SECURITY;

INSERT INTO counters (kind, next) VALUES ('WHK', 1), ('DLV', 1);
