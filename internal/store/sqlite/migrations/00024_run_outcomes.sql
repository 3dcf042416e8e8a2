-- How many results of each class a run has, and whether it was of chosen nodes: lists of runs are filtered by them.
-- Tests are found by their id alone.
-- +goose Up
ALTER TABLE runs ADD COLUMN passed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN warned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN errors INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN skipped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN selected INTEGER NOT NULL DEFAULT 0;

UPDATE runs SET passed = t.passed, warned = t.warned, failed = t.failed, errors = t.errors, skipped = t.skipped
FROM (SELECT ws, run_id,
    sum(CASE WHEN class IN ('success', 'pass') THEN 1 ELSE 0 END) AS passed, sum(CASE class WHEN 'warn' THEN 1 ELSE 0 END) AS warned,
    sum(CASE class WHEN 'fail' THEN 1 ELSE 0 END) AS failed, sum(CASE class WHEN 'error' THEN 1 ELSE 0 END) AS errors,
    sum(CASE class WHEN 'skipped' THEN 1 ELSE 0 END) AS skipped FROM node_results GROUP BY ws, run_id) t
WHERE runs.ws = t.ws AND runs.id = t.run_id;
UPDATE runs SET passed = t.passed, warned = t.warned, failed = t.failed, errors = t.errors
FROM (SELECT ws, run_id,
    sum(CASE status WHEN 'pass' THEN 1 ELSE 0 END) AS passed, sum(CASE status WHEN 'warn' THEN 1 ELSE 0 END) AS warned,
    sum(CASE status WHEN 'error' THEN 1 ELSE 0 END) AS failed, sum(CASE status WHEN 'runtime error' THEN 1 ELSE 0 END) AS errors
    FROM freshness GROUP BY ws, run_id) t
WHERE runs.ws = t.ws AND runs.id = t.run_id AND runs.artifact = 'sources';
UPDATE runs SET selected = 1 WHERE args LIKE '%"select":["%' OR args LIKE '%"exclude":["%' OR args LIKE '%"models":["%'
    OR args LIKE '%"selector":"%' OR args LIKE '%"resource_type":"%' OR args LIKE '%"resource_types":["%' OR args LIKE '%"exclude_resource_types":["%';

CREATE INDEX runs_project ON runs (ws, schema_id, project_id, generated_at);
CREATE INDEX tests_by_id ON tests (ws, id);
