-- Which version last set each value of an asset; an asset that has not changed since it was created has no row.
-- +goose Up
CREATE TABLE asset_blames (
    ws         bigint NOT NULL,
    schema_id  bigint NOT NULL,
    asset      bigint NOT NULL,
    valid_from bigint NOT NULL,
    valid_to   bigint NOT NULL,
    body       bytea  NOT NULL,
    PRIMARY KEY (ws, schema_id, asset, valid_from)
);

-- What caused the versions that are deleted.
CREATE TABLE past_versions (
    ws         bigint NOT NULL,
    schema_id  bigint NOT NULL,
    number     bigint NOT NULL,
    cause_kind text COLLATE "C" NOT NULL,
    cause_id   bigint NOT NULL,
    actor_kind text COLLATE "C" NOT NULL,
    actor_id   text COLLATE "C" NOT NULL,
    actor_name text COLLATE "C" NOT NULL,
    at         bigint NOT NULL,
    PRIMARY KEY (ws, schema_id, number)
);

-- It was not recorded up to this version.
ALTER TABLE schemas ADD COLUMN blame_after bigint NOT NULL DEFAULT 0;
UPDATE schemas SET blame_after = version;

CREATE POLICY workspace ON asset_blames FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON past_versions FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
ALTER TABLE asset_blames ENABLE ROW LEVEL SECURITY;
ALTER TABLE past_versions ENABLE ROW LEVEL SECURITY;
