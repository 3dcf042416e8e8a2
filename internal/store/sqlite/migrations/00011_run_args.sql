-- What a run counts for: its arguments show whether it built anything. 2 = its
-- results may be the latest of their nodes, 1 = they are history, 0 = nothing.
-- +goose Up
ALTER TABLE runs ADD COLUMN args TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN empty INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN counts INTEGER NOT NULL DEFAULT 2;
UPDATE runs SET counts = CASE command WHEN 'clone' THEN 1 ELSE 0 END
WHERE artifact = 'run_results' AND command NOT IN ('', 'build', 'run', 'test', 'seed', 'snapshot', 'retry');

-- A test with the status success was only compiled if it has no number of failures.
UPDATE node_results SET class = CASE WHEN failures IS NULL THEN 'compiled' WHEN failures > 0 THEN 'fail' ELSE 'pass' END
WHERE class = 'success' AND (unique_id LIKE 'test.%' OR unique_id LIKE 'unit_test.%');

-- Latest results that no longer count are replaced by the ones before them.
DELETE FROM latest_results WHERE EXISTS (SELECT 1 FROM runs r WHERE r.ws = latest_results.ws AND r.id = latest_results.run_id AND r.counts < 2)
    OR class = 'success' AND (unique_id LIKE 'test.%' OR unique_id LIKE 'unit_test.%');
INSERT INTO latest_results (ws, schema_id, node, project_id, run_id, at, invocation_id, class, unique_id)
SELECT ws, schema_id, node, project_id, run_id, at, invocation_id, class, unique_id FROM (
    SELECT n.ws, n.schema_id, n.node, r.project_id, n.run_id, n.at, r.invocation_id, n.class, n.unique_id,
        row_number() OVER (PARTITION BY n.ws, n.schema_id, n.node, r.project_id ORDER BY n.at DESC, r.invocation_id DESC) AS place
    FROM node_results n JOIN runs r ON r.ws = n.ws AND r.id = n.run_id AND r.stored = 1 AND r.counts = 2
    WHERE n.class <> 'compiled' AND NOT EXISTS (SELECT 1 FROM latest_results l
        WHERE l.ws = n.ws AND l.schema_id = n.schema_id AND l.node = n.node AND l.project_id = r.project_id)) AS newest
WHERE place = 1;
UPDATE schemas SET results_stored = results_stored + 1;
