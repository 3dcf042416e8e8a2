-- Results are looked up per project. Those that came without a manifest belong
-- to the only project of their schema, if it has one.
-- +goose Up
UPDATE runs SET project_id = (SELECT min(p.id) FROM projects p WHERE p.ws = runs.ws AND p.schema_id = runs.schema_id)
WHERE project_id = 0 AND (SELECT count(*) FROM projects p WHERE p.ws = runs.ws AND p.schema_id = runs.schema_id) = 1;

DELETE FROM latest_results WHERE project_id = 0 AND (SELECT count(*) FROM projects p WHERE p.ws = latest_results.ws AND p.schema_id = latest_results.schema_id) = 1
    AND EXISTS (SELECT 1 FROM latest_results l WHERE l.ws = latest_results.ws AND l.schema_id = latest_results.schema_id AND l.node = latest_results.node
        AND l.project_id <> 0 AND (l.at, l.invocation_id) >= (latest_results.at, latest_results.invocation_id));
DELETE FROM latest_results WHERE project_id <> 0 AND (SELECT count(*) FROM projects p WHERE p.ws = latest_results.ws AND p.schema_id = latest_results.schema_id) = 1
    AND EXISTS (SELECT 1 FROM latest_results l WHERE l.ws = latest_results.ws AND l.schema_id = latest_results.schema_id AND l.node = latest_results.node AND l.project_id = 0);
UPDATE latest_results SET project_id = (SELECT min(p.id) FROM projects p WHERE p.ws = latest_results.ws AND p.schema_id = latest_results.schema_id)
WHERE project_id = 0 AND (SELECT count(*) FROM projects p WHERE p.ws = latest_results.ws AND p.schema_id = latest_results.schema_id) = 1;

DELETE FROM latest_freshness WHERE project_id = 0 AND (SELECT count(*) FROM projects p WHERE p.ws = latest_freshness.ws AND p.schema_id = latest_freshness.schema_id) = 1
    AND EXISTS (SELECT 1 FROM latest_freshness l WHERE l.ws = latest_freshness.ws AND l.schema_id = latest_freshness.schema_id AND l.node = latest_freshness.node
        AND l.project_id <> 0 AND (l.at, l.invocation_id) >= (latest_freshness.at, latest_freshness.invocation_id));
DELETE FROM latest_freshness WHERE project_id <> 0 AND (SELECT count(*) FROM projects p WHERE p.ws = latest_freshness.ws AND p.schema_id = latest_freshness.schema_id) = 1
    AND EXISTS (SELECT 1 FROM latest_freshness l WHERE l.ws = latest_freshness.ws AND l.schema_id = latest_freshness.schema_id AND l.node = latest_freshness.node AND l.project_id = 0);
UPDATE latest_freshness SET project_id = (SELECT min(p.id) FROM projects p WHERE p.ws = latest_freshness.ws AND p.schema_id = latest_freshness.schema_id)
WHERE project_id = 0 AND (SELECT count(*) FROM projects p WHERE p.ws = latest_freshness.ws AND p.schema_id = latest_freshness.schema_id) = 1;
