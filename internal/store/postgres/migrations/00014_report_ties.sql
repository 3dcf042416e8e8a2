-- What decides between reports of one time: the tie-breakers of the newest
-- manifest and catalog of a project.
-- +goose Up
ALTER TABLE projects ADD COLUMN manifest_tie bytea NOT NULL DEFAULT ''::bytea;
ALTER TABLE projects ADD COLUMN catalog_tie bytea NOT NULL DEFAULT ''::bytea;
