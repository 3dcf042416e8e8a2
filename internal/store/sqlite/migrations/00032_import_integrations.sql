-- Which integration made an import, and whether what its manifest lacks stays.
-- +goose Up
ALTER TABLE imports ADD COLUMN no_staling INTEGER NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN integration_id INTEGER NOT NULL DEFAULT 0; -- 0 = none
UPDATE imports SET integration_id = (SELECT min(y.integration_id) FROM sync_imports si JOIN syncs y ON y.ws = si.ws AND y.id = si.sync_id
    WHERE si.ws = imports.ws AND si.import_id = imports.id)
WHERE EXISTS (SELECT 1 FROM sync_imports si JOIN syncs y ON y.ws = si.ws AND y.id = si.sync_id WHERE si.ws = imports.ws AND si.import_id = imports.id);
