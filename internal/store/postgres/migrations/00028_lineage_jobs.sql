-- Jobs outside dbt, as OpenLineage events describe them.
-- +goose Up
CREATE TABLE lineage_jobs (
    ws         bigint NOT NULL,
    schema_id  bigint NOT NULL,
    job        bytea  NOT NULL, -- hash of namespace and name
    namespace  text COLLATE "C" NOT NULL,
    name       text COLLATE "C" NOT NULL,
    state      bytea  NOT NULL, -- of its events, see openlineage.JobState
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (ws, schema_id, job)
);
CREATE POLICY workspace ON lineage_jobs FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
ALTER TABLE lineage_jobs ENABLE ROW LEVEL SECURITY;
