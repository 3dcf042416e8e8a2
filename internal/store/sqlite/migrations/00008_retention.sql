-- A blob that is being deleted: marked before its bytes go, so that an upload of
-- the same bytes waits until they are gone. 0 = not.
-- +goose Up
ALTER TABLE blobs ADD COLUMN deleting_at INTEGER NOT NULL DEFAULT 0;
-- 1 once an import has referred to it: it is an upload that was accepted.
ALTER TABLE blobs ADD COLUMN referenced INTEGER NOT NULL DEFAULT 1;
CREATE INDEX blobs_deleting ON blobs (deleting_at) WHERE deleting_at <> 0;
