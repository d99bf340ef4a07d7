-- +goose Up
-- The hot table: one row per milestone and place. Its key is its only index,
-- so that an update stays within the page (HOT); lists and roll-ups come from
-- the mirror. It stores its dates and what they were counted from: nothing is
-- recomputed on reading.
CREATE TABLE milestone (
    election         text     NOT NULL,
    area_code        text     NOT NULL,
    key              text     NOT NULL, -- of the rule, or of the line of a local plan
    occurrence       smallint NOT NULL, -- 0: the scheduled one
    rulebook_version text,              -- null: a line of a local plan
    not_before_on    date,
    not_before_at    smallint,          -- minutes after midnight, Asia/Ho_Chi_Minh
    latest_on        date,
    latest_at        smallint,
    not_before_from  date,              -- the anchor's day that it was counted from
    latest_from      date,
    planned_on       date,
    work             text     NOT NULL,
    standing         text     NOT NULL,
    done_on          date,
    done_by          date,              -- done, day unknown: not later than this
    scope            text,              -- of an occurrence: the part of the area
    silent           boolean  NOT NULL,
    revision         bigint   NOT NULL,
    CONSTRAINT milestone_pk PRIMARY KEY (election, area_code, key, occurrence),
    CONSTRAINT milestone_election_exists FOREIGN KEY (election) REFERENCES election (id),
    CONSTRAINT milestone_work_known CHECK (work IN ('not_started', 'in_progress', 'blocked', 'done', 'not_applicable', 'cancelled')),
    CONSTRAINT milestone_standing_known CHECK (standing IN ('unreported', 'reported', 'confirmed', 'returned')),
    CONSTRAINT milestone_day_only_when_done CHECK (work = 'done' OR (done_on IS NULL AND done_by IS NULL)),
    CONSTRAINT milestone_one_done_day CHECK (done_on IS NULL OR done_by IS NULL)
) WITH (fillfactor = 85);

CREATE TABLE task (
    election        text     NOT NULL,
    area_code       text     NOT NULL,
    milestone_key   text     NOT NULL,
    occurrence      smallint NOT NULL,
    key             text     NOT NULL,
    position        smallint NOT NULL,
    title_vi        text,    -- null: a step of the law, titled by the rulebook
    title_en        text,
    status          text     NOT NULL,
    reason          text,
    done_on         date,
    done_by         date,
    evidence_number text,
    evidence_on     date,
    evidence_link   text,
    document        text,
    bodies          text[],
    source          text,
    note            text,
    revision        bigint   NOT NULL,
    CONSTRAINT task_pk PRIMARY KEY (election, area_code, milestone_key, occurrence, key),
    CONSTRAINT task_milestone_exists FOREIGN KEY (election, area_code, milestone_key, occurrence)
        REFERENCES milestone (election, area_code, key, occurrence),
    CONSTRAINT task_status_known CHECK (status IN ('not_started', 'in_progress', 'blocked', 'done', 'not_applicable', 'cancelled')),
    CONSTRAINT task_done_has_a_day CHECK ((status = 'done') = (done_on IS NOT NULL OR done_by IS NOT NULL)),
    CONSTRAINT task_one_done_day CHECK (done_on IS NULL OR done_by IS NULL),
    CONSTRAINT task_evidence_only_when_done CHECK (status = 'done' OR (evidence_number IS NULL AND evidence_on IS NULL AND evidence_link IS NULL)),
    CONSTRAINT task_reason_given CHECK (status NOT IN ('blocked', 'not_applicable') OR coalesce(reason, '') <> '')
) WITH (fillfactor = 85);

-- +goose Down
DROP TABLE task;
DROP TABLE milestone;
