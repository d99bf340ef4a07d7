-- Private addresses of calendars: who has one reads the calendar of a branch, as
-- long as its owner may read there and has not revoked it.

-- +goose Up
CREATE TABLE calendar_address (
    id           text        NOT NULL,
    digest       bytea       NOT NULL, -- SHA-256 of the secret in the address
    user_id      text        NOT NULL,
    name         text        NOT NULL,
    election     text        NOT NULL,
    edition      text,
    area_code    text        NOT NULL,
    levels       text        NOT NULL, -- with commas between them; empty: the place itself
    body         text        NOT NULL, -- a kind of body; empty: all
    alarms       text        NOT NULL, -- days before, with commas between them; empty: none
    language     text        NOT NULL,
    made_at      timestamptz NOT NULL,
    last_used_at timestamptz,          -- written at most once a minute
    revoked_at   timestamptz,
    CONSTRAINT calendar_address_pk PRIMARY KEY (id),
    CONSTRAINT calendar_address_digest_once UNIQUE (digest),
    CONSTRAINT calendar_address_digest_is_sha256 CHECK (octet_length(digest) = 32),
    CONSTRAINT calendar_address_account_exists FOREIGN KEY (user_id) REFERENCES account (id),
    CONSTRAINT calendar_address_election_exists FOREIGN KEY (election) REFERENCES election (id),
    CONSTRAINT calendar_address_area_exists FOREIGN KEY (edition, area_code) REFERENCES area (edition, code) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT calendar_address_nation_in_every_edition CHECK ((edition IS NULL) = (area_code = 'VN')),
    CONSTRAINT calendar_address_language_known CHECK (language IN ('vi', 'en')),
    CONSTRAINT calendar_address_name_given CHECK (name <> '')
);
CREATE INDEX calendar_address_by_user ON calendar_address (user_id);
CREATE INDEX calendar_address_by_election ON calendar_address (election);
CREATE INDEX calendar_address_by_area ON calendar_address (edition, area_code);
ALTER TABLE calendar_address ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY calendar_address_for_accounts ON calendar_address
    USING ((SELECT current_setting('tiendo.reads', true)) = 'accounts');

-- +goose Down
DROP TABLE calendar_address;
