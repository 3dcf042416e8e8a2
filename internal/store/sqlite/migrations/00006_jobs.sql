-- Background work has a table of its own; an import keeps its row, which is
-- the user's record.
--
-- state: waiting  behind an older open job of its order_key
--        ready    may be claimed now
--        delayed  may be claimed from due_at on
--        running  held by a worker until due_at, which its heartbeat moves
--        done, failed, canceled: ended
-- +goose Up
CREATE TABLE jobs (
    ws          INTEGER NOT NULL,
    id          INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    schema_id   INTEGER NOT NULL, -- 0 = none
    record_id   INTEGER NOT NULL, -- the user's record, such as an import; 0 = none
    order_key   TEXT    NOT NULL, -- jobs of one key run one after the other; '' = any time
    arguments   BLOB    NOT NULL,
    state       TEXT    NOT NULL,
    due_at      INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    holder      TEXT    NOT NULL,
    token       INTEGER NOT NULL, -- fences: grows with every claim
    canceled    INTEGER NOT NULL, -- a running job was asked to stop
    schedule_id INTEGER NOT NULL, -- 0 = none
    error_code  TEXT    NOT NULL,
    error       TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    PRIMARY KEY (ws, id)
);
-- A claim reads only these: neither waiting nor ended jobs are in them.
CREATE INDEX jobs_running ON jobs (due_at, id) WHERE state = 'running';
CREATE INDEX jobs_delayed ON jobs (due_at, id) WHERE state = 'delayed';
CREATE INDEX jobs_ready ON jobs (id) WHERE state = 'ready';
CREATE INDEX jobs_open ON jobs (kind, state) WHERE ended_at = 0;
CREATE INDEX jobs_order ON jobs (ws, order_key, id) WHERE order_key <> '' AND ended_at = 0;
CREATE INDEX jobs_record ON jobs (ws, kind, record_id) WHERE record_id <> 0;
CREATE INDEX jobs_ended ON jobs (ws, ended_at) WHERE ended_at <> 0;

CREATE TABLE schedules (
    ws         INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    schema_id  INTEGER NOT NULL, -- 0 = none
    cron       TEXT    NOT NULL,
    time_zone  TEXT    NOT NULL,
    next_at    INTEGER NOT NULL,
    arguments  BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (ws, id),
    UNIQUE (ws, kind, schema_id)
);
CREATE INDEX schedules_next ON schedules (next_at, ws, id);

INSERT INTO counters (kind, next) SELECT 'JOB', next FROM counters WHERE kind = 'IMP';
INSERT INTO counters (kind, next) VALUES ('SCD', 1);

-- What the version before left in its queue. The oldest import of a schema is
-- the next one; one in work is retaken when its lease runs out.
INSERT INTO jobs (ws, id, kind, schema_id, record_id, order_key, arguments, state, due_at, attempts, holder, token, canceled,
    schedule_id, error_code, error, created_at, started_at, ended_at)
SELECT i.ws, i.id, 'dbt_import', i.schema_id, i.id, 'dbt_import/' || i.schema_id, x'',
    CASE WHEN EXISTS (SELECT 1 FROM imports e WHERE e.ws = i.ws AND e.schema_id = i.schema_id
            AND e.status IN ('pending', 'processing') AND e.id < i.id) THEN 'waiting'
        WHEN i.status = 'processing' THEN 'running'
        WHEN i.not_before > 0 THEN 'delayed'
        ELSE 'ready' END,
    CASE WHEN i.status = 'processing' THEN s.lease_expires ELSE i.not_before END,
    i.attempts, CASE WHEN i.status = 'processing' THEN s.lease_holder ELSE '' END, i.token, i.canceled,
    0, '', '', i.created_at, i.started_at, 0
FROM imports i JOIN schemas s ON s.ws = i.ws AND s.id = i.schema_id
WHERE i.status IN ('pending', 'processing');

DROP INDEX imports_queue;
DROP INDEX imports_waiting;
ALTER TABLE imports DROP COLUMN token;
ALTER TABLE imports DROP COLUMN canceled;
ALTER TABLE imports DROP COLUMN not_before;
