-- +goose Up
-- A task that staff, or the record of the election, added: neither a step of the
-- law nor one of a local plan, so that it may be renamed, moved and removed.
ALTER TABLE task ADD COLUMN own boolean NOT NULL DEFAULT false;
UPDATE task t SET own = true FROM change c
WHERE c.kind = 'task_added' AND t.title_vi IS NOT NULL AND c.election = t.election AND c.area_code = t.area_code
  AND c.milestone_key = t.milestone_key AND c.occurrence = t.occurrence AND c.task_key = t.key;

-- Notes are internal: only who reads the area's internal content sees them. They
-- are the fold of the log, which also keeps what they said once they are removed.
CREATE TABLE note (
    election      text        NOT NULL,
    area_code     text        NOT NULL,
    milestone_key text        NOT NULL,
    occurrence    smallint    NOT NULL,
    number        bigint      NOT NULL, -- the revision at which it was added
    text          text        NOT NULL,
    author_id     text        NOT NULL,
    author_name   text        NOT NULL,
    written_at    timestamptz NOT NULL,
    edited_at     timestamptz,          -- null: as it was written
    revision      bigint      NOT NULL,
    CONSTRAINT note_pk PRIMARY KEY (election, area_code, milestone_key, occurrence, number),
    CONSTRAINT note_milestone_exists FOREIGN KEY (election, area_code, milestone_key, occurrence)
        REFERENCES milestone (election, area_code, key, occurrence),
    CONSTRAINT note_says_something CHECK (text <> ''),
    CONSTRAINT note_revision_not_earlier CHECK (revision >= number)
);

-- +goose Down
DROP TABLE note;
ALTER TABLE task DROP COLUMN own;
