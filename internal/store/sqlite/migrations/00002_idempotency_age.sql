-- Idempotency keys are swept by age.
-- +goose Up
CREATE INDEX idempotency_age ON idempotency (ws, created_at);
