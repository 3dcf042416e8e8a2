-- Each entry of the audit log has the hash of all entries up to it. Those of before have none; the first one that does
-- takes them in.
-- +goose Up
ALTER TABLE audit ADD COLUMN hash bytea NOT NULL DEFAULT '';
