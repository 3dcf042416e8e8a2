-- What people edited, a row per property: rows of one key replace one another from version to version, and all are kept.
-- +goose Up
CREATE TABLE edits (
    ws          INTEGER NOT NULL,
    schema_id   INTEGER NOT NULL,
    key         BLOB    NOT NULL, -- hash of asset, field and column
    valid_from  INTEGER NOT NULL,
    valid_to    INTEGER NOT NULL,
    asset       INTEGER NOT NULL,
    position    INTEGER NOT NULL, -- among the edits of its version
    number      INTEGER NOT NULL, -- of the request that made it
    field       TEXT    NOT NULL, -- description, owners, tags
    column_name TEXT    NOT NULL, -- '' of the asset itself
    actor_kind  TEXT    NOT NULL,
    actor_id    TEXT    NOT NULL,
    actor_name  TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    size        INTEGER NOT NULL, -- of the value, in bytes
    body        BLOB    NOT NULL,
    PRIMARY KEY (ws, schema_id, asset, valid_from, position)
);
CREATE INDEX edits_key ON edits (ws, schema_id, key);

-- The facets of people, which the program turns into edits when it opens the store.
CREATE TABLE user_facets (
    ws         INTEGER NOT NULL,
    schema_id  INTEGER NOT NULL,
    asset      INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER NOT NULL,
    cause_id   INTEGER NOT NULL,
    body       BLOB    NOT NULL,
    PRIMARY KEY (ws, schema_id, asset, valid_from)
);
INSERT INTO user_facets (ws, schema_id, asset, valid_from, valid_to, cause_id, body)
    SELECT ws, schema_id, asset, valid_from, valid_to, cause_id, body FROM facets WHERE origin = 'user' AND source = 'user';
DELETE FROM facets WHERE origin = 'user' AND source = 'user';
