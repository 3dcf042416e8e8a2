-- An invocation is a project's: another project may send results under the same
-- invocation id, or a file without one that has the same bytes.
-- +goose Up
CREATE TABLE runs_by_project (
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
    UNIQUE (ws, schema_id, invocation_id, artifact, project_id)
);
INSERT INTO runs_by_project SELECT ws, id, schema_id, project_id, invocation_id, artifact, command, dbt_version, generated_at, elapsed,
    results, import_id, stored FROM runs;
DROP TABLE runs;
ALTER TABLE runs_by_project RENAME TO runs;
CREATE INDEX runs_time ON runs (ws, schema_id, generated_at, id);
