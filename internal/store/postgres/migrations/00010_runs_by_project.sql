-- An invocation is a project's: another project may send results under the same
-- invocation id, or a file without one that has the same bytes.
-- +goose Up
ALTER TABLE runs DROP CONSTRAINT runs_ws_schema_id_invocation_id_artifact_key;
ALTER TABLE runs ADD UNIQUE (ws, schema_id, invocation_id, artifact, project_id);
