-- What made a change, and who, in place of the numbers of imports and bare
-- names. Bodies are not rewritten: catalog.Cause and catalog.Actor read what they
-- held before, and hashes of that time are still true.
-- +goose Up
ALTER TABLE imports RENAME COLUMN actor TO actor_name;
ALTER TABLE imports ADD COLUMN actor_kind TEXT NOT NULL DEFAULT 'key'; -- '' = nobody is recorded
ALTER TABLE imports ADD COLUMN actor_id TEXT NOT NULL DEFAULT '';
UPDATE imports SET actor_kind = '' WHERE actor_name = '';

ALTER TABLE versions RENAME COLUMN import_id TO cause_id;
ALTER TABLE versions RENAME COLUMN actor TO actor_name;
ALTER TABLE versions ADD COLUMN cause_kind TEXT NOT NULL DEFAULT 'import';
ALTER TABLE versions ADD COLUMN actor_kind TEXT NOT NULL DEFAULT 'key';
ALTER TABLE versions ADD COLUMN actor_id TEXT NOT NULL DEFAULT '';
UPDATE versions SET actor_name = i.actor_name FROM imports i
    WHERE versions.cause_id <> 0 AND i.ws = versions.ws AND i.id = versions.cause_id;
UPDATE versions SET actor_kind = '' WHERE actor_name = '';
-- A version without an import is a confirmed removal where it withdrew anything,
-- else an edit. Edits are numbered in the order of their times.
UPDATE versions SET cause_kind = 'removal', cause_id = w.import_id
    FROM (SELECT ws, schema_id, valid_from, max(withdrawn) AS import_id FROM facets
        WHERE withdrawn <> 0 AND source <> 'user' GROUP BY ws, schema_id, valid_from) w
    WHERE versions.cause_id = 0 AND w.ws = versions.ws AND w.schema_id = versions.schema_id AND w.valid_from = versions.number;
UPDATE versions SET cause_kind = 'edit', cause_id = e.n
    FROM (SELECT ws, schema_id, number, row_number() OVER (ORDER BY at, ws, schema_id, number) AS n FROM versions WHERE cause_id = 0) e
    WHERE versions.cause_id = 0 AND e.ws = versions.ws AND e.schema_id = versions.schema_id AND e.number = versions.number;
INSERT INTO counters (kind, next) SELECT 'EDT', 1 + count(*) FROM versions WHERE cause_kind = 'edit';

ALTER TABLE removals RENAME COLUMN import_id TO cause_id;
ALTER TABLE removals ADD COLUMN cause_kind TEXT NOT NULL DEFAULT 'import';
ALTER TABLE removals ADD COLUMN at INTEGER NOT NULL DEFAULT 0; -- of the report that no longer has the asset
UPDATE removals SET at = (SELECT coalesce(min(i.created_at, nullif(p.manifest_at, 0)), i.created_at)
    FROM imports i LEFT JOIN projects p ON p.ws = i.ws AND p.id = removals.project_id
    WHERE i.ws = removals.ws AND i.id = removals.cause_id)
    WHERE EXISTS (SELECT 1 FROM imports i WHERE i.ws = removals.ws AND i.id = removals.cause_id);

-- The time of a report was not kept: it was not after its receipt, nor after the
-- newest artifact of its kind that the project has sent.
ALTER TABLE facets RENAME TO facets_before;
DROP INDEX facets_key;
DROP INDEX facets_asset;
DROP INDEX facets_state;
CREATE TABLE facets (
    ws             INTEGER NOT NULL,
    schema_id      INTEGER NOT NULL,
    key            BLOB    NOT NULL, -- hash of origin, source, unique_id and, for people, asset
    valid_from     INTEGER NOT NULL,
    valid_to       INTEGER NOT NULL,
    asset          INTEGER NOT NULL,
    origin         TEXT    NOT NULL,
    source         TEXT    NOT NULL,
    unique_id      TEXT    NOT NULL,
    project_id     INTEGER NOT NULL,
    hash           BLOB    NOT NULL,
    cause_kind     TEXT    NOT NULL, -- '' = none
    cause_id       INTEGER NOT NULL,
    at             INTEGER NOT NULL, -- the report's own time
    tie            BLOB    NOT NULL, -- decides between reports of one time
    withdrawn_kind TEXT    NOT NULL, -- '' = not withdrawn
    withdrawn_id   INTEGER NOT NULL,
    withdrawn_at   INTEGER NOT NULL,
    body           BLOB    NOT NULL
);
INSERT INTO facets
    SELECT f.ws, f.schema_id, f.key, f.valid_from, f.valid_to, f.asset, f.origin, f.source, f.unique_id, f.project_id, f.hash,
        CASE WHEN f.source = 'user' THEN coalesce(v.cause_kind, '') WHEN f.import_id = 0 THEN '' ELSE 'import' END,
        CASE WHEN f.source = 'user' THEN coalesce(v.cause_id, 0) ELSE f.import_id END,
        CASE WHEN f.source = 'user' THEN coalesce(v.at, 0) ELSE coalesce(
            min(i.created_at, nullif(CASE f.source WHEN 'catalog' THEN p.catalog_at ELSE p.manifest_at END, 0)), i.created_at, 0) END,
        zeroblob(16),
        CASE f.withdrawn WHEN 0 THEN '' ELSE 'import' END, f.withdrawn,
        CASE f.withdrawn WHEN 0 THEN 0 ELSE coalesce(min(w.created_at, nullif(p.manifest_at, 0)), w.created_at, 0) END,
        f.body
    FROM facets_before f
    LEFT JOIN versions v ON f.source = 'user' AND v.ws = f.ws AND v.schema_id = f.schema_id AND v.number = f.valid_from
    LEFT JOIN imports i ON i.ws = f.ws AND i.id = f.import_id
    LEFT JOIN imports w ON w.ws = f.ws AND w.id = f.withdrawn
    LEFT JOIN projects p ON p.ws = f.ws AND p.id = f.project_id;
DROP TABLE facets_before;
CREATE UNIQUE INDEX facets_key ON facets (ws, schema_id, key, valid_from);
CREATE INDEX facets_asset ON facets (ws, schema_id, asset);
CREATE INDEX facets_state ON facets (ws, schema_id, valid_to);
