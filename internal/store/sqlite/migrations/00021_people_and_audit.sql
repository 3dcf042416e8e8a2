-- People and their roles, who created a key and whose it is, and the audit log.
-- +goose Up
CREATE TABLE users (
    ws         INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    email      TEXT    NOT NULL,
    email_key  TEXT    NOT NULL, -- email in lower case
    role       TEXT    NOT NULL, -- viewer, editor, admin
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    removed_at INTEGER NOT NULL,
    PRIMARY KEY (ws, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX users_email ON users (ws, email_key) WHERE removed_at = 0;

ALTER TABLE api_keys ADD COLUMN creator_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN creator_id TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN user_id INTEGER NOT NULL DEFAULT 0;
CREATE INDEX api_keys_user ON api_keys (ws, user_id) WHERE user_id <> 0;

CREATE TABLE audit (
    ws         INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    action     TEXT    NOT NULL,
    subject    TEXT    NOT NULL, -- id of what it was done to
    actor_kind TEXT    NOT NULL,
    actor_id   TEXT    NOT NULL,
    actor_name TEXT    NOT NULL,
    key_id     TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    request_id TEXT    NOT NULL,
    details    TEXT    NOT NULL, -- JSON
    PRIMARY KEY (ws, id)
) WITHOUT ROWID;
CREATE INDEX audit_action ON audit (ws, action, id);
CREATE INDEX audit_subject ON audit (ws, subject, id) WHERE subject <> '';
CREATE INDEX audit_actor ON audit (ws, actor_id, id) WHERE actor_id <> '';

-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log is only appended to');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log is only appended to');
END;
-- +goose StatementEnd

INSERT INTO counters (kind, next) VALUES ('USR', 1), ('AUD', 1);
