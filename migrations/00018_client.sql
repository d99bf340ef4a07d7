-- What tokens are used for, so that whoever leads sees which clients still refresh.
-- Servers add to it every few seconds what they have counted in memory.

-- +goose Up
CREATE TABLE client_health (
    token_id     text        NOT NULL,
    refreshed_at timestamptz,          -- when it last got what it asked for, or that this had not changed
    interval_ms  bigint,               -- between asking for the same thing twice; NULL as long as that is not known
    revision     bigint,               -- in the change token that it last went on from
    failed_at    timestamptz,
    failure      smallint,             -- the status of the last answer that was none
    CONSTRAINT client_health_pk PRIMARY KEY (token_id),
    CONSTRAINT client_health_token_exists FOREIGN KEY (token_id) REFERENCES api_token (id),
    CONSTRAINT client_health_failure_is_whole CHECK ((failed_at IS NULL) = (failure IS NULL))
) WITH (fillfactor = 50);

-- How often a token asked in an hour, by what came of it. Hours that are over for a
-- day are removed.
CREATE TABLE client_hour (
    token_id  text        NOT NULL,
    hour      timestamptz NOT NULL,
    whole     bigint      NOT NULL, -- answers with a body
    unchanged bigint      NOT NULL, -- 304
    written   bigint      NOT NULL, -- changes
    refused   bigint      NOT NULL, -- 4xx
    broken    bigint      NOT NULL, -- 5xx
    CONSTRAINT client_hour_pk PRIMARY KEY (token_id, hour),
    CONSTRAINT client_hour_token_exists FOREIGN KEY (token_id) REFERENCES api_token (id),
    CONSTRAINT client_hour_counts CHECK (least(whole, unchanged, written, refused, broken) >= 0)
) WITH (fillfactor = 50);
CREATE INDEX client_hour_by_hour ON client_hour (hour);

ALTER TABLE client_health ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY client_health_for_accounts ON client_health USING ((SELECT current_setting('tiendo.reads', true)) = 'accounts');
ALTER TABLE client_hour ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY client_hour_for_accounts ON client_hour USING ((SELECT current_setting('tiendo.reads', true)) = 'accounts');

-- +goose Down
DROP TABLE client_hour;
DROP TABLE client_health;
