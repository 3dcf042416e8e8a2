-- Idempotency keys are swept by age.
-- +goose Up
CREATE INDEX idempotency_age ON idempotency (ws, created_at);

-- The second belt around workspaces; rowsecurity.go tells who is bound by it.
-- The owner of the tables is not, and so goes on as before. The setting is read
-- once a query; one that is not set is an error.
CREATE POLICY workspace ON projects FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON import_parts FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON idempotency FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON applied_parts FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON fingerprints FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON versions FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON assets FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON asset_labels FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON asset_columns FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON facets FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON edges FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON tests FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON column_edges FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON texts FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON removals FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON runs FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON node_results FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON latest_results FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON freshness FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
CREATE POLICY workspace ON latest_freshness FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
-- Read for the whole installation too, which is workspace 0: keys by their
-- public id, the queue, references to blobs.
CREATE POLICY workspace ON schemas FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
CREATE POLICY workspace ON imports FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
CREATE POLICY workspace ON api_keys FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
CREATE POLICY workspace ON blob_refs FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
CREATE POLICY workspace ON workspaces FOR SELECT USING (id = (SELECT current_setting('thalweg.workspace')::bigint));
ALTER TABLE schemas ENABLE ROW LEVEL SECURITY;
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
ALTER TABLE imports ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_parts ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE blob_refs ENABLE ROW LEVEL SECURITY;
ALTER TABLE applied_parts ENABLE ROW LEVEL SECURITY;
ALTER TABLE fingerprints ENABLE ROW LEVEL SECURITY;
ALTER TABLE versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE assets ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_labels ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_columns ENABLE ROW LEVEL SECURITY;
ALTER TABLE facets ENABLE ROW LEVEL SECURITY;
ALTER TABLE edges ENABLE ROW LEVEL SECURITY;
ALTER TABLE tests ENABLE ROW LEVEL SECURITY;
ALTER TABLE column_edges ENABLE ROW LEVEL SECURITY;
ALTER TABLE texts ENABLE ROW LEVEL SECURITY;
ALTER TABLE removals ENABLE ROW LEVEL SECURITY;
ALTER TABLE runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE node_results ENABLE ROW LEVEL SECURITY;
ALTER TABLE latest_results ENABLE ROW LEVEL SECURITY;
ALTER TABLE freshness ENABLE ROW LEVEL SECURITY;
ALTER TABLE latest_freshness ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY;

-- A reading role that is there already may read; one that comes later is
-- granted the same by hand, see SECURITY.md.
-- +goose StatementBegin
DO $$
DECLARE
    reader text;
BEGIN
    SELECT rolname INTO reader FROM pg_roles WHERE rolname = current_user || '_reader' AND pg_has_role(oid, 'MEMBER');
    IF reader IS NOT NULL THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), reader);
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO %I', current_schema(), reader);
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT ON TABLES TO %I', current_schema(), reader);
    END IF;
END
$$;
-- +goose StatementEnd
