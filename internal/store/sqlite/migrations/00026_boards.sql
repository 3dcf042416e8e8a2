-- Lists of runs in several orders, the runs that are like one, and what the health of a schema's tables is made of.
-- +goose Up
ALTER TABLE schemas ADD COLUMN health TEXT NOT NULL DEFAULT '';
CREATE INDEX runs_all ON runs (ws, generated_at);
CREATE INDEX runs_elapsed ON runs (ws, schema_id, elapsed, generated_at);
CREATE INDEX runs_results ON runs (ws, schema_id, results, generated_at);
CREATE INDEX runs_failures ON runs (ws, schema_id, (failed + errors), generated_at);
CREATE INDEX runs_alike ON runs (ws, schema_id, project_id, command, selected, generated_at);
