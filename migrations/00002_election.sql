-- +goose Up
CREATE TABLE election (
    id               text NOT NULL,
    title_vi         text NOT NULL,
    title_en         text NOT NULL,
    election_day     date NOT NULL,
    rulebook         text NOT NULL,
    rulebook_version text NOT NULL,
    edition          text NOT NULL,
    state            text NOT NULL,
    CONSTRAINT election_pk PRIMARY KEY (id),
    CONSTRAINT election_id_form CHECK (id ~ '^[a-z0-9_-]{1,32}$'),
    CONSTRAINT election_edition_exists FOREIGN KEY (edition) REFERENCES edition (id),
    CONSTRAINT election_state_known CHECK (state IN ('preparing', 'running', 'closed'))
);

-- Where the log of an election stands. Whoever writes locks this row last of
-- all: that makes the log serial, gapless and in commit order.
CREATE TABLE log_head (
    election    text        NOT NULL,
    revision    bigint      NOT NULL,
    recorded_at timestamptz NOT NULL,
    hash        bytea       NOT NULL,
    CONSTRAINT log_head_pk PRIMARY KEY (election),
    CONSTRAINT log_head_election_exists FOREIGN KEY (election) REFERENCES election (id)
) WITH (fillfactor = 50);

-- Places that are not like the others of their level: no council of their own
-- is elected, or nobody lives there to vote.
CREATE TABLE area_exception (
    election  text    NOT NULL,
    area_code text    NOT NULL,
    council   boolean NOT NULL,
    voters    boolean NOT NULL,
    document  text, -- key of the resolution that says so
    CONSTRAINT area_exception_pk PRIMARY KEY (election, area_code),
    CONSTRAINT area_exception_election_exists FOREIGN KEY (election) REFERENCES election (id)
);

-- Addresses of the sources that texts of this election name by a key.
CREATE TABLE source (
    election text NOT NULL,
    key      text NOT NULL,
    address  text NOT NULL,
    CONSTRAINT source_pk PRIMARY KEY (election, key),
    CONSTRAINT source_election_exists FOREIGN KEY (election) REFERENCES election (id)
);

CREATE TABLE body (
    election    text   NOT NULL,
    key         text   NOT NULL,
    kind        text   NOT NULL,
    form        text   NOT NULL,
    name_vi     text   NOT NULL,
    name_en     text   NOT NULL,
    area_code   text   NOT NULL,
    set_up_by   text,
    head_office text,
    source      text,
    note        text,
    revision    bigint NOT NULL,
    CONSTRAINT body_pk PRIMARY KEY (election, key),
    CONSTRAINT body_election_exists FOREIGN KEY (election) REFERENCES election (id)
);

-- A number alone is not unique: every office may have a document 01.
CREATE TABLE document (
    election   text   NOT NULL,
    key        text   NOT NULL,
    number     text,
    kind       text   NOT NULL,
    title_vi   text   NOT NULL,
    title_en   text   NOT NULL,
    issuer     text,
    issued_on  date,
    known_by   date,
    area_code  text   NOT NULL,
    public     boolean NOT NULL,
    implements text[] NOT NULL, -- keys of rules and of lines of local plans
    source     text,
    note       text,
    revision   bigint NOT NULL,
    CONSTRAINT document_pk PRIMARY KEY (election, key),
    CONSTRAINT document_election_exists FOREIGN KEY (election) REFERENCES election (id),
    CONSTRAINT document_issuer_exists FOREIGN KEY (election, issuer) REFERENCES body (election, key),
    CONSTRAINT document_known_once_issued CHECK (known_by >= issued_on)
);
ALTER TABLE body ADD CONSTRAINT body_set_up_by_exists
    FOREIGN KEY (election, set_up_by) REFERENCES document (election, key) DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE plan (
    election  text   NOT NULL,
    key       text   NOT NULL,
    area_code text   NOT NULL,
    title_vi  text   NOT NULL,
    title_en  text   NOT NULL,
    documents text[] NOT NULL,
    contents  jsonb  NOT NULL, -- the plan's own headings, each with the keys that carry it out
    source    text,
    revision  bigint NOT NULL,
    CONSTRAINT plan_pk PRIMARY KEY (election, key),
    CONSTRAINT plan_election_exists FOREIGN KEY (election) REFERENCES election (id)
);

-- A line of a local plan: what the law does not know, for the places it names.
CREATE TABLE plan_line (
    election      text   NOT NULL,
    key           text   NOT NULL,
    plan          text   NOT NULL,
    position      int    NOT NULL,
    title_vi      text   NOT NULL,
    title_en      text   NOT NULL,
    phase         text   NOT NULL,
    nature        text   NOT NULL,
    areas         text[] NOT NULL,
    not_before_on date,
    latest_on     date,
    elections     text[] NOT NULL,
    responsible   jsonb  NOT NULL,
    bodies        text[] NOT NULL,
    steps         jsonb  NOT NULL,
    silent        boolean NOT NULL, -- the record of a past election says nothing of it: silence is no lateness
    document      text,
    source        text,
    note          text,
    CONSTRAINT plan_line_pk PRIMARY KEY (election, key),
    CONSTRAINT plan_line_plan_exists FOREIGN KEY (election, plan) REFERENCES plan (election, key),
    CONSTRAINT plan_line_days_in_order CHECK (latest_on >= not_before_on),
    CONSTRAINT plan_line_nature_known CHECK (nature IN ('duty', 'event', 'period', 'right', 'prohibition'))
);

-- What a source says of a branch without naming single places (done_by), or
-- what is known of one place without a day (done_by null).
CREATE TABLE statement (
    election  text   NOT NULL,
    key       text   NOT NULL,
    area_code text   NOT NULL,
    rules     text[] NOT NULL,
    done_by   date,
    document  text,
    source    text,
    note      text,
    revision  bigint NOT NULL,
    CONSTRAINT statement_pk PRIMARY KEY (election, key),
    CONSTRAINT statement_election_exists FOREIGN KEY (election) REFERENCES election (id)
);

-- Another voting day than election day (Law 85/2015/QH13, Article 72).
CREATE TABLE voting_day (
    election   text    NOT NULL,
    area_code  text    NOT NULL,
    day        date    NOT NULL,
    opens_at   smallint, -- minutes after midnight; null: 07:00
    in_force   boolean NOT NULL, -- doubtful ones are shown, not used
    document   text,
    confidence text    NOT NULL,
    source     text,
    note       text,
    revision   bigint  NOT NULL,
    CONSTRAINT voting_day_pk PRIMARY KEY (election, area_code),
    CONSTRAINT voting_day_election_exists FOREIGN KEY (election) REFERENCES election (id),
    CONSTRAINT voting_day_opens_lawfully CHECK (opens_at BETWEEN 300 AND 1260),
    CONSTRAINT voting_day_confidence_known CHECK (confidence IN ('high', 'medium', 'low', 'doubtful'))
);

-- +goose Down
DROP TABLE voting_day;
DROP TABLE statement;
DROP TABLE plan_line;
DROP TABLE plan;
ALTER TABLE body DROP CONSTRAINT body_set_up_by_exists;
DROP TABLE document;
DROP TABLE body;
DROP TABLE source;
DROP TABLE area_exception;
DROP TABLE log_head;
DROP TABLE election;
