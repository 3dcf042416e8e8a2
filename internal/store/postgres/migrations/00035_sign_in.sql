-- How people sign in: passwords, sessions, one-time links; and what each person keeps.
-- +goose Up
CREATE TABLE passwords (
    ws         bigint NOT NULL,
    user_id    bigint NOT NULL,
    hash       text COLLATE "C" NOT NULL, -- argon2id, in PHC form
    changed_at bigint NOT NULL,
    PRIMARY KEY (ws, user_id)
);

CREATE TABLE sessions (
    ws          bigint NOT NULL,
    id          bigint NOT NULL,
    user_id     bigint NOT NULL,
    secret_hash bytea NOT NULL, -- sha256 of what the cookie holds
    method      text COLLATE "C" NOT NULL, -- password, setup, invitation, oidc
    address     text COLLATE "C" NOT NULL, -- of the client that signed in
    agent       text COLLATE "C" NOT NULL, -- its User-Agent
    created_at  bigint NOT NULL,
    used_at     bigint NOT NULL,
    expires_at  bigint NOT NULL,
    PRIMARY KEY (ws, id)
);
CREATE UNIQUE INDEX sessions_secret ON sessions (secret_hash);
CREATE INDEX sessions_user ON sessions (ws, user_id, id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Links that are used once: of the setup, and of invitations, with which a person sets a password.
CREATE TABLE sign_in_links (
    ws           bigint NOT NULL,
    id           bigint NOT NULL,
    kind         text COLLATE "C" NOT NULL, -- setup, invitation
    user_id      bigint NOT NULL, -- 0: of the setup
    secret_hash  bytea NOT NULL,
    creator_kind text COLLATE "C" NOT NULL,
    creator_id   text COLLATE "C" NOT NULL,
    creator_name text COLLATE "C" NOT NULL,
    created_at   bigint NOT NULL,
    expires_at   bigint NOT NULL,
    PRIMARY KEY (ws, id)
);
CREATE UNIQUE INDEX sign_in_links_secret ON sign_in_links (secret_hash);
CREATE INDEX sign_in_links_user ON sign_in_links (ws, user_id);

CREATE TABLE personal (
    ws         bigint NOT NULL,
    user_id    bigint NOT NULL, -- 0: of the demonstration
    stars      text COLLATE "C" NOT NULL, -- JSON: ids of assets
    seen_at    bigint NOT NULL, -- when the person last looked at what changed; 0 = never
    updated_at bigint NOT NULL,
    PRIMARY KEY (ws, user_id)
);

-- Sessions and links are looked up for the whole installation, as keys are.
CREATE POLICY workspace ON sessions FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
CREATE POLICY workspace ON sign_in_links FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
CREATE POLICY workspace ON passwords FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
CREATE POLICY workspace ON personal FOR SELECT USING (ws = (SELECT current_setting('thalweg.workspace')::bigint));
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_in_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE passwords ENABLE ROW LEVEL SECURITY;
ALTER TABLE personal ENABLE ROW LEVEL SECURITY;

INSERT INTO counters (kind, next) VALUES ('SES', 1), ('INV', 1);
