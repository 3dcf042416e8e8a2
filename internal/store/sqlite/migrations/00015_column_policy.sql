-- Columns have rules of their own: at first those that also applied to them until
-- now.
-- +goose Up
UPDATE schemas SET policy = json_set(policy, '$.column_description', json_extract(policy, '$.description'))
    WHERE json_extract(policy, '$.description') IS NOT NULL;
UPDATE schemas SET policy = json_set(policy, '$.column_tags', json_extract(policy, '$.tags'))
    WHERE json_extract(policy, '$.tags') IS NOT NULL;
