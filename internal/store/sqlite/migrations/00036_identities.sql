-- Who a person is at a provider of single sign-on.
-- +goose Up
CREATE TABLE identities (
    ws         INTEGER NOT NULL,
    issuer     TEXT    NOT NULL,
    subject    TEXT    NOT NULL, -- of the provider; never another person's
    user_id    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (ws, issuer, subject)
) WITHOUT ROWID;
CREATE INDEX identities_user ON identities (ws, user_id);
