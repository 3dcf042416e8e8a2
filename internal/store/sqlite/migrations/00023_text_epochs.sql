-- Texts that no row refers to are collected. Each has the workspace's epoch at which it was last written.
-- +goose Up
ALTER TABLE workspaces ADD COLUMN text_epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE texts ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
