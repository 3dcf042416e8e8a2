-- What each version wrote, for readers that derive the next state from the last
-- one, and the number of changed assets of all versions up to it.
-- +goose Up
ALTER TABLE versions ADD COLUMN delta BLOB; -- null: a version of an older program
ALTER TABLE versions ADD COLUMN changes_total INTEGER NOT NULL DEFAULT 0;
UPDATE versions SET changes_total = t.total
FROM (
    SELECT v.ws, v.schema_id, v.number,
        CAST(sum(coalesce(k.n, 0)) OVER (PARTITION BY v.ws, v.schema_id ORDER BY v.number) AS bigint) AS total
    FROM versions v
    LEFT JOIN (
        SELECT ws, schema_id, number, count(*) AS n
        FROM (
            SELECT ws, schema_id, valid_from AS number, id AS asset FROM assets
            UNION
            SELECT ws, schema_id, valid_from, asset FROM column_edges
        ) u
        GROUP BY ws, schema_id, number
    ) k ON k.ws = v.ws AND k.schema_id = v.schema_id AND k.number = v.number
) t
WHERE versions.ws = t.ws AND versions.schema_id = t.schema_id AND versions.number = t.number;

-- The change feed reads blocks of column edges by version.
CREATE INDEX column_edges_changes ON column_edges (ws, schema_id, valid_from, asset);
