-- The cards of a version are read in order and without the bodies next to them: a covering index.
-- +goose Up
DROP INDEX assets_state;
CREATE INDEX assets_state ON assets (ws, schema_id, valid_to, valid_from, id, created_at, updated_at, card);
