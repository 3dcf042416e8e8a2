-- Pages of a run's results are read by position, which is their order by
-- unique_id; neighbours by assets, whose ids are of the whole installation.
-- +goose Up
ALTER TABLE node_results ADD COLUMN position bigint NOT NULL DEFAULT 0;
UPDATE node_results SET position = t.position
FROM (SELECT ws, run_id, node, row_number() OVER (PARTITION BY ws, run_id ORDER BY unique_id) - 1 AS position FROM node_results) t
WHERE node_results.ws = t.ws AND node_results.run_id = t.run_id AND node_results.node = t.node;
CREATE INDEX node_results_position ON node_results (ws, run_id, position);

DROP INDEX edges_to;
DROP INDEX edges_from;
CREATE INDEX edges_to ON edges (to_asset);
CREATE INDEX edges_from ON edges (from_asset);
