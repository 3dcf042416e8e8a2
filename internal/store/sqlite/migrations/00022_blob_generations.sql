-- Each time that blobs are marked for deletion begins a generation; a row is of the generation in which it was made. An
-- upload that began in an older one is refused, for its bytes went with the row that it touched.
-- +goose Up
ALTER TABLE blobs ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
INSERT INTO counters (kind, next) VALUES ('blob-generation', 1);
