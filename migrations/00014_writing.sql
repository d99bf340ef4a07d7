-- What whoever writes calls his write, so that he knows it again in the log; and
-- what came of requests with a key of their own (Idempotency-Key), so that none
-- is carried out twice. No entry has a tag yet, so that no row is looked at.
-- squawk-ignore-file constraint-missing-not-valid

-- +goose Up
ALTER TABLE change
    ADD COLUMN tag text,
    ADD CONSTRAINT change_tag_form CHECK (tag ~ '^[A-Za-z0-9._-]{1,64}$');

CREATE TABLE idempotency_key (
    account_id  text        NOT NULL,
    key         text        NOT NULL,
    fingerprint bytea       NOT NULL, -- SHA-256 of method, address and body of the request
    claim       bytea       NOT NULL, -- of the server that carries the request out; another one with every try
    claimed_at  timestamptz NOT NULL,
    revision    bigint,               -- of the election's log when the act was committed, in the same transaction
    status      smallint,             -- of the answer; NULL until there is one
    headers     json,
    body        bytea,                -- may hold what is internal
    CONSTRAINT idempotency_key_pk PRIMARY KEY (account_id, key),
    CONSTRAINT idempotency_key_account_exists FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT idempotency_key_form CHECK (key ~ '^[\x21-\x7e]{1,255}$'),
    CONSTRAINT idempotency_key_fingerprint_is_sha256 CHECK (octet_length(fingerprint) = 32),
    CONSTRAINT idempotency_key_answer_is_whole CHECK ((status IS NULL) = (body IS NULL) AND (status IS NULL) = (headers IS NULL))
);
CREATE INDEX idempotency_key_by_time ON idempotency_key (claimed_at); -- what is old goes
ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY idempotency_key_for_the_program ON idempotency_key
    USING ((SELECT current_setting('tiendo.reads', true)) = 'log');

-- +goose Down
DROP TABLE idempotency_key;
ALTER TABLE change DROP COLUMN tag;
