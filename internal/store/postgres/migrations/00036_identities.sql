-- Who a person is at a provider of single sign-on.
-- +goose Up
CREATE TABLE identities (
    ws         bigint NOT NULL,
    issuer     text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL, -- of the provider; never another person's
    user_id    bigint NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (ws, issuer, subject)
);
CREATE INDEX identities_user ON identities (ws, user_id);

CREATE POLICY workspace ON identities FOR SELECT USING ((SELECT current_setting('thalweg.workspace')::bigint) IN (0, ws));
ALTER TABLE identities ENABLE ROW LEVEL SECURITY;
