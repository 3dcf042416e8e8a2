-- What the read model holds of an asset, its neighbours, and when results came.
-- +goose Up
ALTER TABLE assets ADD COLUMN card bytea; -- null: a row of an older program
ALTER TABLE schemas ADD COLUMN results_stored bigint NOT NULL DEFAULT 0; -- runs that may have changed the latest results
CREATE INDEX edges_to ON edges (ws, schema_id, to_asset);
CREATE INDEX edges_from ON edges (ws, schema_id, from_asset);
