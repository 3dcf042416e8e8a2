-- The target that feeds a schema, by project; '' = any. Both are '' until a manifest was applied.
-- +goose Up
ALTER TABLE projects ADD COLUMN target_database text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE projects ADD COLUMN target_schema text COLLATE "C" NOT NULL DEFAULT '';
-- Where a waiting manifest of another target has the node.
ALTER TABLE removals ADD COLUMN place text COLLATE "C" NOT NULL DEFAULT '';
