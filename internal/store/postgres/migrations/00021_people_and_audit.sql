-- People and their roles, who created a key and whose it is, and the audit log.
-- +goose Up
CREATE TABLE users (
    ws         bigint  NOT NULL,
    id         bigint  NOT NULL,
    name       text COLLATE "C" NOT NULL,
    email      text COLLATE "C" NOT NULL,
    email_key  text COLLATE "C" NOT NULL, -- email in lower case
    role       text COLLATE "C" NOT NULL, -- viewer, editor, admin
    created_at bigint  NOT NULL,
    updated_at bigint  NOT NULL,
    removed_at bigint  NOT NULL,
    PRIMARY KEY (ws, id)
);
CREATE UNIQUE INDEX users_email ON users (ws, email_key) WHERE removed_at = 0;

ALTER TABLE api_keys ADD COLUMN creator_kind text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN creator_id text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN user_id bigint NOT NULL DEFAULT 0;
CREATE INDEX api_keys_user ON api_keys (ws, user_id) WHERE user_id <> 0;

CREATE TABLE audit (
    ws         bigint  NOT NULL,
    id         bigint  NOT NULL,
    at         bigint  NOT NULL,
    action     text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL, -- id of what it was done to
    actor_kind text COLLATE "C" NOT NULL,
    actor_id   text COLLATE "C" NOT NULL,
    actor_name text COLLATE "C" NOT NULL,
    key_id     text COLLATE "C" NOT NULL,
    address    text COLLATE "C" NOT NULL,
    request_id text COLLATE "C" NOT NULL,
    details    text COLLATE "C" NOT NULL, -- JSON
    PRIMARY KEY (ws, id)
);
CREATE INDEX audit_action ON audit (ws, action, id);
CREATE INDEX audit_subject ON audit (ws, subject, id) WHERE subject <> '';
CREATE INDEX audit_actor ON audit (ws, actor_id, id) WHERE actor_id <> '';

-- +goose StatementBegin
CREATE FUNCTION audit_is_appended_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only appended to';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_appended_to();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_appended_to();

-- Keys are looked up for the whole installation, with the people that they belong to.
CREATE POLICY workspace ON users FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
CREATE POLICY workspace ON audit FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit ENABLE ROW LEVEL SECURITY;

INSERT INTO counters (kind, next) VALUES ('USR', 1), ('AUD', 1);
