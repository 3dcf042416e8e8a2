-- What people edited, a row per property: rows of one key replace one another from version to version, and all are kept.
-- +goose Up
CREATE TABLE edits (
    ws          bigint NOT NULL,
    schema_id   bigint NOT NULL,
    key         bytea   NOT NULL, -- hash of asset, field and column
    valid_from  bigint NOT NULL,
    valid_to    bigint NOT NULL,
    asset       bigint NOT NULL,
    position    bigint NOT NULL, -- among the edits of its version
    number      bigint NOT NULL, -- of the request that made it
    field       text COLLATE "C" NOT NULL, -- description, owners, tags
    column_name text COLLATE "C" NOT NULL, -- '' of the asset itself
    actor_kind  text COLLATE "C" NOT NULL,
    actor_id    text COLLATE "C" NOT NULL,
    actor_name  text COLLATE "C" NOT NULL,
    at          bigint NOT NULL,
    size        bigint NOT NULL, -- of the value, in bytes
    body        bytea   NOT NULL,
    PRIMARY KEY (ws, schema_id, asset, valid_from, position)
);
CREATE INDEX edits_key ON edits (ws, schema_id, key);

-- The facets of people, which the program turns into edits when it opens the store.
CREATE TABLE user_facets (
    ws         bigint NOT NULL,
    schema_id  bigint NOT NULL,
    asset      bigint NOT NULL,
    valid_from bigint NOT NULL,
    valid_to   bigint NOT NULL,
    cause_id   bigint NOT NULL,
    body       bytea   NOT NULL,
    PRIMARY KEY (ws, schema_id, asset, valid_from)
);
INSERT INTO user_facets (ws, schema_id, asset, valid_from, valid_to, cause_id, body)
    SELECT ws, schema_id, asset, valid_from, valid_to, cause_id, body FROM facets WHERE origin = 'user' AND source = 'user';
DELETE FROM facets WHERE origin = 'user' AND source = 'user';

CREATE POLICY workspace ON edits FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON user_facets FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
ALTER TABLE edits ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_facets ENABLE ROW LEVEL SECURITY;
