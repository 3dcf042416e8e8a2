-- Which version last set each value of an asset; an asset that has not changed since it was created has no row.
-- +goose Up
CREATE TABLE asset_blames (
    ws         INTEGER NOT NULL,
    schema_id  INTEGER NOT NULL,
    asset      INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER NOT NULL,
    body       BLOB    NOT NULL,
    PRIMARY KEY (ws, schema_id, asset, valid_from)
) WITHOUT ROWID;

-- What caused the versions that are deleted.
CREATE TABLE past_versions (
    ws         INTEGER NOT NULL,
    schema_id  INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    cause_kind TEXT    NOT NULL,
    cause_id   INTEGER NOT NULL,
    actor_kind TEXT    NOT NULL,
    actor_id   TEXT    NOT NULL,
    actor_name TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (ws, schema_id, number)
) WITHOUT ROWID;

-- It was not recorded up to this version.
ALTER TABLE schemas ADD COLUMN blame_after INTEGER NOT NULL DEFAULT 0;
UPDATE schemas SET blame_after = version;
