-- Columns have rules of their own: at first those that also applied to them until
-- now.
-- +goose Up
UPDATE schemas SET policy = (policy::jsonb || jsonb_build_object('column_description', policy::jsonb -> 'description'))::text
    WHERE policy::jsonb -> 'description' IS NOT NULL;
UPDATE schemas SET policy = (policy::jsonb || jsonb_build_object('column_tags', policy::jsonb -> 'tags'))::text
    WHERE policy::jsonb -> 'tags' IS NOT NULL;
