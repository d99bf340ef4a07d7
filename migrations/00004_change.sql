-- +goose Up
-- What people did, in the order in which it was recorded. Rows are only ever
-- added; each carries the hash of itself and of the row before it. "before"
-- and "after" are json, not jsonb: the hash is over their very bytes.
CREATE TABLE change (
    election      text        NOT NULL,
    revision      bigint      NOT NULL,
    kind          text        NOT NULL,
    area_code     text        NOT NULL,
    milestone_key text,
    occurrence    smallint,
    task_key      text,
    subject       text,        -- key of the body, document, plan, statement
    actor_id      text        NOT NULL,
    actor_name    text        NOT NULL,
    recorded_at   timestamptz NOT NULL,
    happened_on   date        NOT NULL,
    cause         bigint      NOT NULL, -- revision of the act that this follows from; its own for the act itself
    reason        text,
    before        json,
    after         json,
    hash          bytea       NOT NULL,
    CONSTRAINT change_pk PRIMARY KEY (election, revision),
    CONSTRAINT change_election_exists FOREIGN KEY (election) REFERENCES election (id),
    CONSTRAINT change_revision_positive CHECK (revision > 0),
    CONSTRAINT change_cause_not_later CHECK (cause <= revision)
);
CREATE INDEX change_by_area ON change (election, area_code, milestone_key, revision);

-- +goose StatementBegin
CREATE FUNCTION change_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of changes is append-only'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'change_append_only', TABLE = 'change';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER change_append_only BEFORE UPDATE OR DELETE ON change
    FOR EACH ROW EXECUTE FUNCTION change_is_append_only();
CREATE TRIGGER change_append_only_whole BEFORE TRUNCATE ON change
    FOR EACH STATEMENT EXECUTE FUNCTION change_is_append_only();

-- +goose Down
DROP TABLE change;
DROP FUNCTION change_is_append_only();
