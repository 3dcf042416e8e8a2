-- Why a decision about an asset is pending: its removal, or its move to another target.
-- +goose Up
ALTER TABLE removals ADD COLUMN reason text COLLATE "C" NOT NULL DEFAULT 'removed';
