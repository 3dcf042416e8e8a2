-- What dbt judged the age of a source by, and the results of one source over time.
-- +goose Up
ALTER TABLE freshness ADD COLUMN criteria text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE freshness ADD COLUMN execution_time double precision NOT NULL DEFAULT 0;
CREATE INDEX freshness_node ON freshness (ws, schema_id, node, snapshot_at);
