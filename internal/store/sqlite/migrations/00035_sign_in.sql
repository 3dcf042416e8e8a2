-- How people sign in: passwords, sessions, one-time links; and what each person keeps.
-- +goose Up
CREATE TABLE passwords (
    ws         INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    hash       TEXT    NOT NULL, -- argon2id, in PHC form
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (ws, user_id)
) WITHOUT ROWID;

CREATE TABLE sessions (
    ws          INTEGER NOT NULL,
    id          INTEGER NOT NULL,
    user_id     INTEGER NOT NULL,
    secret_hash BLOB    NOT NULL, -- sha256 of what the cookie holds
    method      TEXT    NOT NULL, -- password, setup, invitation, oidc
    address     TEXT    NOT NULL, -- of the client that signed in
    agent       TEXT    NOT NULL, -- its User-Agent
    created_at  INTEGER NOT NULL,
    used_at     INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    PRIMARY KEY (ws, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX sessions_secret ON sessions (secret_hash);
CREATE INDEX sessions_user ON sessions (ws, user_id, id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Links that are used once: of the setup, and of invitations, with which a person sets a password.
CREATE TABLE sign_in_links (
    ws           INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    kind         TEXT    NOT NULL, -- setup, invitation
    user_id      INTEGER NOT NULL, -- 0: of the setup
    secret_hash  BLOB    NOT NULL,
    creator_kind TEXT    NOT NULL,
    creator_id   TEXT    NOT NULL,
    creator_name TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    PRIMARY KEY (ws, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX sign_in_links_secret ON sign_in_links (secret_hash);
CREATE INDEX sign_in_links_user ON sign_in_links (ws, user_id);

CREATE TABLE personal (
    ws         INTEGER NOT NULL,
    user_id    INTEGER NOT NULL, -- 0: of the demonstration
    stars      TEXT    NOT NULL, -- JSON: ids of assets
    seen_at    INTEGER NOT NULL, -- when the person last looked at what changed; 0 = never
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (ws, user_id)
) WITHOUT ROWID;

INSERT INTO counters (kind, next) VALUES ('SES', 1), ('INV', 1);
