-- Jobs outside dbt, as OpenLineage events describe them.
-- +goose Up
CREATE TABLE lineage_jobs (
    ws         INTEGER NOT NULL,
    schema_id  INTEGER NOT NULL,
    job        BLOB    NOT NULL, -- hash of namespace and name
    namespace  TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    state      BLOB    NOT NULL, -- of its events, see openlineage.JobState
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (ws, schema_id, job)
) WITHOUT ROWID;
