-- Webhooks: endpoints that are told what happens in a branch, and what became of
-- each message. The log is the outbox: a cursor for each consumer and election
-- says how far it was passed on, and moves in the transaction that keeps the
-- messages made of it.
--
-- Addresses and what endpoints answered are for who organises the branch
-- (tiendo.reads = webhooks); secrets have a word of their own, as signing needs
-- them as they are.

-- +goose Up
CREATE TABLE pump_cursor (
    consumer text   NOT NULL,
    election text   NOT NULL,
    revision bigint NOT NULL,
    CONSTRAINT pump_cursor_pk PRIMARY KEY (consumer, election),
    CONSTRAINT pump_cursor_election_exists FOREIGN KEY (election) REFERENCES election (id),
    CONSTRAINT pump_cursor_revision_not_negative CHECK (revision >= 0)
) WITH (fillfactor = 50);

CREATE TABLE webhook (
    id             text        NOT NULL,
    election       text        NOT NULL,
    area_code      text        NOT NULL,
    url            text        NOT NULL,
    description    text        NOT NULL,
    families       text[]      NOT NULL, -- none: all
    kinds          text[]      NOT NULL, -- none: all
    off            text        NOT NULL, -- why nothing is sent; empty: it is on
    off_since      timestamptz,
    after_revision bigint      NOT NULL, -- it is told what came later
    taken_at       timestamptz,          -- when the endpoint took a message for the last time
    refused_at     timestamptz,          -- and when it did not
    made_by        text        NOT NULL,
    made_at        timestamptz NOT NULL,
    revision       bigint      NOT NULL,
    CONSTRAINT webhook_pk PRIMARY KEY (id),
    CONSTRAINT webhook_election_exists FOREIGN KEY (election) REFERENCES election (id),
    CONSTRAINT webhook_maker_exists FOREIGN KEY (made_by) REFERENCES account (id),
    CONSTRAINT webhook_url_form CHECK (url ~ '^https?://' AND length(url) <= 2000),
    CONSTRAINT webhook_off_known CHECK (off IN ('', 'paused', 'gone', 'failing')),
    CONSTRAINT webhook_off_has_a_time CHECK ((off = '') = (off_since IS NULL))
);
CREATE INDEX webhook_by_place ON webhook (election, area_code);

CREATE TABLE webhook_secret (
    webhook text        NOT NULL,
    secret  text        NOT NULL,
    made_at timestamptz NOT NULL,
    ends_at timestamptz, -- null: the one that counts
    CONSTRAINT webhook_secret_pk PRIMARY KEY (webhook, made_at),
    CONSTRAINT webhook_secret_webhook_exists FOREIGN KEY (webhook) REFERENCES webhook (id) ON DELETE CASCADE,
    CONSTRAINT webhook_secret_form CHECK (starts_with(secret, 'whsec_'))
);

CREATE TABLE webhook_delivery (
    id       text        NOT NULL, -- webhook-id, the same whenever it is sent
    webhook  text        NOT NULL,
    cause    bigint,               -- the act it is about; null: a test
    revision bigint,
    body     text        NOT NULL,
    state    text        NOT NULL,
    tried    smallint    NOT NULL, -- since it was made or sent again
    begun_at timestamptz,
    made_at  timestamptz NOT NULL,
    next_at  timestamptz,
    CONSTRAINT webhook_delivery_pk PRIMARY KEY (id),
    CONSTRAINT webhook_delivery_once UNIQUE (webhook, cause),
    CONSTRAINT webhook_delivery_webhook_exists FOREIGN KEY (webhook) REFERENCES webhook (id) ON DELETE CASCADE,
    CONSTRAINT webhook_delivery_state_known CHECK (state IN ('waiting', 'delivered', 'failed')),
    CONSTRAINT webhook_delivery_waits_for_a_time CHECK ((state = 'waiting') = (next_at IS NOT NULL)),
    CONSTRAINT webhook_delivery_body_short CHECK (octet_length(body) < 20000)
);
CREATE INDEX webhook_delivery_by_webhook ON webhook_delivery (webhook, made_at DESC, id);
CREATE INDEX webhook_delivery_by_age ON webhook_delivery (made_at);

CREATE TABLE webhook_attempt (
    delivery text        NOT NULL,
    number   smallint    NOT NULL,
    at       timestamptz NOT NULL,
    took_ms  integer     NOT NULL,
    outcome  text        NOT NULL,
    status   smallint,             -- null: there was no answer
    answer   text        NOT NULL, -- its first characters
    CONSTRAINT webhook_attempt_pk PRIMARY KEY (delivery, number),
    CONSTRAINT webhook_attempt_delivery_exists FOREIGN KEY (delivery) REFERENCES webhook_delivery (id) ON DELETE CASCADE,
    CONSTRAINT webhook_attempt_outcome_known CHECK (outcome IN ('delivered', 'status', 'redirect', 'timeout', 'address_refused', 'tls', 'connection'))
);

ALTER TABLE webhook ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_for_webhooks ON webhook USING ((SELECT current_setting('tiendo.reads', true)) = 'webhooks');
ALTER TABLE webhook_delivery ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_delivery_for_webhooks ON webhook_delivery USING ((SELECT current_setting('tiendo.reads', true)) = 'webhooks');
ALTER TABLE webhook_attempt ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_attempt_for_webhooks ON webhook_attempt USING ((SELECT current_setting('tiendo.reads', true)) = 'webhooks');
ALTER TABLE webhook_secret ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_secret_for_signing ON webhook_secret USING ((SELECT current_setting('tiendo.reads', true)) = 'webhook secrets');

-- +goose Down
DROP TABLE webhook_attempt;
DROP TABLE webhook_delivery;
DROP TABLE webhook_secret;
DROP TABLE webhook;
DROP TABLE pump_cursor;
