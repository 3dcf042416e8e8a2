-- Why a decision about an asset is pending: its removal, or its move to another target.
-- +goose Up
ALTER TABLE removals ADD COLUMN reason TEXT NOT NULL DEFAULT 'removed';
