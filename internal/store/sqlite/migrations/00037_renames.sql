-- Former names of the dbt projects of a schema, as JSON.
-- +goose Up
ALTER TABLE schemas ADD COLUMN renames TEXT NOT NULL DEFAULT '';
