-- The target that feeds a schema, by project; '' = any. Both are '' until a manifest was applied.
-- +goose Up
ALTER TABLE projects ADD COLUMN target_database TEXT NOT NULL DEFAULT '';
ALTER TABLE projects ADD COLUMN target_schema TEXT NOT NULL DEFAULT '';
-- Where a waiting manifest of another target has the node.
ALTER TABLE removals ADD COLUMN place TEXT NOT NULL DEFAULT '';
