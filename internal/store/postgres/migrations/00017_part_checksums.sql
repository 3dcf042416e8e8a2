-- The CRC-32C of what came, by which stored bytes are checked when they are read; 0: a part of an older program.
-- +goose Up
ALTER TABLE import_parts ADD COLUMN checksum bigint NOT NULL DEFAULT 0;
