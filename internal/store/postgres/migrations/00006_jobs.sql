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
    ws          bigint NOT NULL,
    id          bigint NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    schema_id   bigint NOT NULL, -- 0 = none
    record_id   bigint NOT NULL, -- the user's record, such as an import; 0 = none
    order_key   text COLLATE "C" NOT NULL, -- jobs of one key run one after the other; '' = any time
    arguments   bytea NOT NULL,
    state       text COLLATE "C" NOT NULL,
    due_at      bigint NOT NULL,
    attempts    bigint NOT NULL,
    holder      text COLLATE "C" NOT NULL,
    token       bigint NOT NULL, -- fences: grows with every claim
    canceled    bigint NOT NULL, -- a running job was asked to stop
    schedule_id bigint NOT NULL, -- 0 = none
    error_code  text COLLATE "C" NOT NULL,
    error       text COLLATE "C" NOT NULL,
    created_at  bigint NOT NULL,
    started_at  bigint NOT NULL,
    ended_at    bigint NOT NULL,
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
    ws         bigint NOT NULL,
    id         bigint NOT NULL,
    kind       text COLLATE "C" NOT NULL,
    schema_id  bigint NOT NULL, -- 0 = none
    cron       text COLLATE "C" NOT NULL,
    time_zone  text COLLATE "C" NOT NULL,
    next_at    bigint NOT NULL,
    arguments  bytea NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
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
SELECT i.ws, i.id, 'dbt_import', i.schema_id, i.id, 'dbt_import/' || i.schema_id, ''::bytea,
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

-- The queue is read for the whole installation too, which is workspace 0.
CREATE POLICY workspace ON jobs FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
CREATE POLICY workspace ON schedules FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE schedules ENABLE ROW LEVEL SECURITY;
