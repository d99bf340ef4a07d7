-- Reminders by mail: what each person wants to be told and where, and what was
-- told. An address is personal data: it is seen by the account itself and by what
-- sends mail, and goes with what was sent after half a year.

-- +goose Up
CREATE TABLE reminder (
    user_id        text        NOT NULL,
    address        text        NOT NULL, -- empty: none
    confirmed_at   timestamptz,          -- null: nothing but the code goes there
    wanted         boolean     NOT NULL,
    days           smallint[]  NOT NULL, -- before a limit
    secret         text        NOT NULL, -- by which mail is switched off without signing in
    code_hash      bytea,                -- of the code that was sent to the address
    code_until     timestamptz,
    code_wrong     smallint    NOT NULL, -- how often another one was given for it
    codes_sent     smallint    NOT NULL, -- since codes_since
    codes_since    timestamptz,
    told_at        timestamptz,          -- when the last digest was made
    told_revisions json,                 -- how far the log of each election was looked at then
    revision       bigint      NOT NULL,
    CONSTRAINT reminder_pk PRIMARY KEY (user_id),
    CONSTRAINT reminder_account_exists FOREIGN KEY (user_id) REFERENCES account (id),
    CONSTRAINT reminder_address_form CHECK (address = '' OR address ~ '^[!-~]{1,64}@[!-~]{1,189}$'),
    CONSTRAINT reminder_confirmed_is_an_address CHECK (confirmed_at IS NULL OR address <> ''),
    CONSTRAINT reminder_secret_once UNIQUE (secret),
    CONSTRAINT reminder_code_whole CHECK ((code_hash IS NULL) = (code_until IS NULL)),
    CONSTRAINT reminder_look_whole CHECK ((told_at IS NULL) = (told_revisions IS NULL))
);

CREATE TABLE notice (
    id        bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    user_id   text        NOT NULL,
    kind      text        NOT NULL,
    about     text        NOT NULL, -- a digest's day, or what else it is told of once
    address   text        NOT NULL, -- only of a code, which goes there before it is confirmed
    subject   text        NOT NULL,
    lines     text[]      NOT NULL,
    state     text        NOT NULL,
    made_at   timestamptz NOT NULL,
    sent_at   timestamptz,
    tried     smallint    NOT NULL,
    failure   text        NOT NULL, -- what the mail server last said
    CONSTRAINT notice_pk PRIMARY KEY (id),
    CONSTRAINT notice_account_exists FOREIGN KEY (user_id) REFERENCES account (id),
    CONSTRAINT notice_once UNIQUE (user_id, kind, about),
    CONSTRAINT notice_kind_form CHECK (kind ~ '^[a-z_]{1,40}$'),
    CONSTRAINT notice_state_known CHECK (state IN ('waiting', 'sent', 'failed', 'dropped')),
    CONSTRAINT notice_sent_has_a_time CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX notice_by_age ON notice (made_at);
CREATE INDEX notice_waiting ON notice (id) WHERE state = 'waiting';

-- How far was looked by whoever says what is to be said. Its row is locked
-- meanwhile, so that no two servers say it.
CREATE TABLE notice_clock (
    one       boolean     NOT NULL,
    looked_at timestamptz NOT NULL,
    revisions json        NOT NULL,
    CONSTRAINT notice_clock_pk PRIMARY KEY (one),
    CONSTRAINT notice_clock_is_one CHECK (one)
) WITH (fillfactor = 50);
INSERT INTO notice_clock VALUES (true, 'epoch', '{}');

ALTER TABLE reminder ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY reminder_for_accounts ON reminder USING ((SELECT current_setting('tiendo.reads', true)) = 'accounts');
ALTER TABLE notice ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY notice_for_accounts ON notice USING ((SELECT current_setting('tiendo.reads', true)) = 'accounts');

-- +goose Down
DROP TABLE notice_clock;
DROP TABLE notice;
DROP TABLE reminder;
