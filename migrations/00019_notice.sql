-- A digest is looked at again when it is sent, and says what became of it; an address
-- that a mail server refused for good gets nothing until it is confirmed again; what
-- an attempt to reach an endpoint says of a message is of the time it was asked for.

-- +goose Up
ALTER TABLE notice
    ADD COLUMN contents json,                    -- of a digest that waits: what it names
    ADD COLUMN reason   text NOT NULL DEFAULT ''; -- why it was not sent
ALTER TABLE reminder
    ADD COLUMN refused_at timestamptz,              -- when a mail server refused the address for good
    ADD COLUMN refusal    text NOT NULL DEFAULT ''; -- what it said
ALTER TABLE webhook_delivery
    ADD COLUMN round integer NOT NULL DEFAULT 1; -- how often it was asked for

-- +goose Down
ALTER TABLE webhook_delivery DROP COLUMN round;
ALTER TABLE reminder DROP COLUMN refused_at, DROP COLUMN refusal;
ALTER TABLE notice DROP COLUMN contents, DROP COLUMN reason;
