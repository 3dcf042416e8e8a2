-- A deleted schema is hidden at once and purged later.
-- +goose Up
ALTER TABLE schemas ADD COLUMN deleted_at bigint NOT NULL DEFAULT 0; -- 0 = not deleted
