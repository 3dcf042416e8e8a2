-- What made a change, and who, in place of the numbers of imports and bare
-- names. Bodies are not rewritten: catalog.Cause and catalog.Actor read what they
-- held before, and hashes of that time are still true.
-- +goose Up
ALTER TABLE imports RENAME COLUMN actor TO actor_name;
ALTER TABLE imports ADD COLUMN actor_kind text COLLATE "C" NOT NULL DEFAULT 'key'; -- '' = nobody is recorded
ALTER TABLE imports ADD COLUMN actor_id text COLLATE "C" NOT NULL DEFAULT '';
UPDATE imports SET actor_kind = '' WHERE actor_name = '';

ALTER TABLE versions RENAME COLUMN import_id TO cause_id;
ALTER TABLE versions RENAME COLUMN actor TO actor_name;
ALTER TABLE versions ADD COLUMN cause_kind text COLLATE "C" NOT NULL DEFAULT 'import';
ALTER TABLE versions ADD COLUMN actor_kind text COLLATE "C" NOT NULL DEFAULT 'key';
ALTER TABLE versions ADD COLUMN actor_id text COLLATE "C" NOT NULL DEFAULT '';
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
ALTER TABLE removals ADD COLUMN cause_kind text COLLATE "C" NOT NULL DEFAULT 'import';
ALTER TABLE removals ADD COLUMN at bigint NOT NULL DEFAULT 0; -- of the report that no longer has the asset
UPDATE removals SET at = (SELECT least(i.created_at, nullif(p.manifest_at, 0))
    FROM imports i LEFT JOIN projects p ON p.ws = i.ws AND p.id = removals.project_id
    WHERE i.ws = removals.ws AND i.id = removals.cause_id)
    WHERE EXISTS (SELECT 1 FROM imports i WHERE i.ws = removals.ws AND i.id = removals.cause_id);

-- The time of a report was not kept: it was not after its receipt, nor after the
-- newest artifact of its kind that the project has sent.
ALTER TABLE facets RENAME COLUMN import_id TO cause_id;
ALTER TABLE facets RENAME COLUMN withdrawn TO withdrawn_id;
ALTER TABLE facets ADD COLUMN cause_kind text COLLATE "C" NOT NULL DEFAULT 'import'; -- '' = none
ALTER TABLE facets ADD COLUMN at bigint NOT NULL DEFAULT 0; -- the report's own time
ALTER TABLE facets ADD COLUMN tie bytea NOT NULL DEFAULT '\x00000000000000000000000000000000'; -- decides between reports of one time
ALTER TABLE facets ADD COLUMN withdrawn_kind text COLLATE "C" NOT NULL DEFAULT ''; -- '' = not withdrawn
ALTER TABLE facets ADD COLUMN withdrawn_at bigint NOT NULL DEFAULT 0;
UPDATE facets SET
    cause_kind = CASE WHEN facets.source = 'user' THEN coalesce(t.cause_kind, '') WHEN facets.cause_id = 0 THEN '' ELSE 'import' END,
    cause_id = CASE WHEN facets.source = 'user' THEN coalesce(t.cause_id, 0) ELSE facets.cause_id END,
    at = t.at,
    withdrawn_kind = CASE facets.withdrawn_id WHEN 0 THEN '' ELSE 'import' END,
    withdrawn_at = t.withdrawn_at
    FROM (SELECT f.ws, f.schema_id, f.key, f.valid_from, v.cause_kind, v.cause_id,
            CASE WHEN f.source = 'user' THEN coalesce(v.at, 0) WHEN i.id IS NULL THEN 0 ELSE
                least(i.created_at, nullif(CASE f.source WHEN 'catalog' THEN p.catalog_at ELSE p.manifest_at END, 0)) END AS at,
            CASE WHEN w.id IS NULL THEN 0 ELSE least(w.created_at, nullif(p.manifest_at, 0)) END AS withdrawn_at
        FROM facets f
        LEFT JOIN versions v ON f.source = 'user' AND v.ws = f.ws AND v.schema_id = f.schema_id AND v.number = f.valid_from
        LEFT JOIN imports i ON i.ws = f.ws AND i.id = f.cause_id
        LEFT JOIN imports w ON w.ws = f.ws AND w.id = f.withdrawn_id
        LEFT JOIN projects p ON p.ws = f.ws AND p.id = f.project_id) t
    WHERE t.ws = facets.ws AND t.schema_id = facets.schema_id AND t.key = facets.key AND t.valid_from = facets.valid_from;
