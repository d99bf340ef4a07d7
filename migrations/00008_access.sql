-- +goose Up
-- Who may do what, and how people prove who they are. Nothing here is ever
-- deleted but what has ended by itself: sessions, set-up links, wrong attempts.

-- Where the log of accounts stands. Whoever changes anything about accounts and
-- grants locks this row first, so that no two such acts see each other halfway.
CREATE TABLE access_head (
    one         boolean     NOT NULL,
    revision    bigint      NOT NULL,
    recorded_at timestamptz NOT NULL,
    hash        bytea       NOT NULL,
    CONSTRAINT access_head_pk PRIMARY KEY (one),
    CONSTRAINT access_head_is_one CHECK (one)
) WITH (fillfactor = 50);
INSERT INTO access_head VALUES (true, 0, 'epoch', decode(repeat('00', 32), 'hex'));

CREATE TABLE account (
    id            text        NOT NULL, -- the user's name at sign-in
    name          text        NOT NULL,
    unit          text        NOT NULL,
    language      text        NOT NULL,
    password_hash text,                 -- argon2id; NULL until a set-up link was used
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL,
    revision      bigint      NOT NULL, -- of the last event about the account or its grants
    CONSTRAINT account_pk PRIMARY KEY (id),
    CONSTRAINT account_id_form CHECK (id ~ '^[a-z0-9][a-z0-9._-]{1,62}[a-z0-9]$'),
    CONSTRAINT account_name_given CHECK (name <> ''),
    CONSTRAINT account_language_known CHECK (language IN ('vi', 'en')),
    CONSTRAINT account_password_is_hashed CHECK (starts_with(password_hash, '$argon2id$'))
);

-- A role in an area and all below it. The nation is the same in every edition,
-- so what is granted there belongs to none. Another list may take an edition's
-- place as long as it has the areas: looked at when the transaction ends.
CREATE TABLE access_grant (
    user_id    text        NOT NULL,
    edition    text,
    area_code  text        NOT NULL,
    role       text        NOT NULL, -- none: ends what is held from above
    granted_by text        NOT NULL,
    granted_at timestamptz NOT NULL,
    revision   bigint      NOT NULL,
    CONSTRAINT access_grant_once UNIQUE NULLS NOT DISTINCT (user_id, edition, area_code),
    CONSTRAINT access_grant_account_exists FOREIGN KEY (user_id) REFERENCES account (id),
    CONSTRAINT access_grant_area_exists FOREIGN KEY (edition, area_code) REFERENCES area (edition, code) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT access_grant_nation_in_every_edition CHECK ((edition IS NULL) = (area_code = 'VN')),
    CONSTRAINT access_grant_role_known CHECK (role IN ('none', 'viewer', 'reporter', 'lead', 'administrator')),
    CONSTRAINT access_grant_administrator_of_the_nation CHECK (role <> 'administrator' OR area_code = 'VN')
);
CREATE INDEX access_grant_by_area ON access_grant (edition, area_code);

-- What proves a caller is kept as its SHA-256 only.
CREATE TABLE session (
    digest     bytea       NOT NULL,
    user_id    text        NOT NULL,
    device     text        NOT NULL,
    begun_at   timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL, -- written at most once a minute
    expires_at timestamptz NOT NULL,
    data       text        NOT NULL, -- what the session says of itself, JSON
    CONSTRAINT session_pk PRIMARY KEY (digest),
    CONSTRAINT session_digest_is_sha256 CHECK (octet_length(digest) = 32),
    CONSTRAINT session_account_exists FOREIGN KEY (user_id) REFERENCES account (id)
);
CREATE INDEX session_by_user ON session (user_id);
CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE api_token (
    id           text        NOT NULL,
    digest       bytea       NOT NULL,
    user_id      text        NOT NULL,
    name         text        NOT NULL,
    access       text        NOT NULL,
    edition      text,
    area_code    text        NOT NULL, -- its branch; VN: all that its owner has
    expires_on   date        NOT NULL, -- its last day
    made_at      timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    CONSTRAINT api_token_pk PRIMARY KEY (id),
    CONSTRAINT api_token_digest_once UNIQUE (digest),
    CONSTRAINT api_token_digest_is_sha256 CHECK (octet_length(digest) = 32),
    CONSTRAINT api_token_account_exists FOREIGN KEY (user_id) REFERENCES account (id),
    CONSTRAINT api_token_area_exists FOREIGN KEY (edition, area_code) REFERENCES area (edition, code) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT api_token_nation_in_every_edition CHECK ((edition IS NULL) = (area_code = 'VN')),
    CONSTRAINT api_token_access_known CHECK (access IN ('read', 'write')),
    CONSTRAINT api_token_name_given CHECK (name <> '')
);
CREATE INDEX api_token_by_user ON api_token (user_id);
CREATE INDEX api_token_by_area ON api_token (edition, area_code);

-- The one link by which a user sets his password; it goes when it is used, and
-- when there is a new one.
CREATE TABLE setup_link (
    user_id text        NOT NULL,
    digest  bytea       NOT NULL,
    made_by text        NOT NULL,
    until   timestamptz NOT NULL,
    CONSTRAINT setup_link_pk PRIMARY KEY (user_id),
    CONSTRAINT setup_link_digest_once UNIQUE (digest),
    CONSTRAINT setup_link_digest_is_sha256 CHECK (octet_length(digest) = 32),
    CONSTRAINT setup_link_account_exists FOREIGN KEY (user_id) REFERENCES account (id)
);

-- Attempts to sign in from one address, under names that need not exist. Those
-- that are over are removed with the next wrong one.
CREATE TABLE sign_in_attempt (
    user_id      text        NOT NULL,
    address      text        NOT NULL, -- of IPv6 the first 64 bits
    wrong        int         NOT NULL, -- since the last right one
    last_at      timestamptz NOT NULL,
    succeeded_at timestamptz,
    CONSTRAINT sign_in_attempt_pk PRIMARY KEY (user_id, address),
    CONSTRAINT sign_in_attempt_counts CHECK (wrong >= 0)
) WITH (fillfactor = 70);
CREATE INDEX sign_in_attempt_by_address ON sign_in_attempt (address);
CREATE INDEX sign_in_attempt_by_age ON sign_in_attempt (last_at);

-- Who changed what about accounts, grants and tokens, in the order in which it
-- was recorded; chained as the log of changes is.
CREATE TABLE access_event (
    revision    bigint      NOT NULL,
    kind        text        NOT NULL,
    user_id     text        NOT NULL, -- whose account
    edition     text,
    area_code   text,
    actor_id    text        NOT NULL,
    actor_name  text        NOT NULL,
    recorded_at timestamptz NOT NULL,
    before      json,
    after       json,
    hash        bytea       NOT NULL,
    CONSTRAINT access_event_pk PRIMARY KEY (revision),
    CONSTRAINT access_event_revision_positive CHECK (revision > 0)
);
CREATE INDEX access_event_by_user ON access_event (user_id, revision);

-- +goose StatementBegin
CREATE FUNCTION access_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of accounts is append-only'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'access_event_append_only', TABLE = 'access_event';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER access_event_append_only BEFORE UPDATE OR DELETE ON access_event
    FOR EACH ROW EXECUTE FUNCTION access_event_is_append_only();
CREATE TRIGGER access_event_append_only_whole BEFORE TRUNCATE ON access_event
    FOR EACH STATEMENT EXECUTE FUNCTION access_event_is_append_only();

-- +goose Down
DROP TABLE access_event;
DROP FUNCTION access_event_is_append_only();
DROP TABLE sign_in_attempt;
DROP TABLE setup_link;
DROP TABLE api_token;
DROP TABLE session;
DROP TABLE access_grant;
DROP TABLE account;
DROP TABLE access_head;
