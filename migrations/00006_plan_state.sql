-- Plans are some hundreds of rows: scanning them under a lock takes no time.
-- squawk-ignore-file adding-not-nullable-field, constraint-missing-not-valid, adding-foreign-key-constraint

-- +goose Up
-- A local plan, and each line of it, may cease to hold. Nothing is deleted: it
-- stays with the day, the reason and the document that says so.
ALTER TABLE plan
    ADD COLUMN entered        bigint, -- when it was entered; revision: when it was changed last
    ADD COLUMN withdrawn_on   date,
    ADD COLUMN withdrawn_why  text,
    ADD COLUMN withdrawn_by   text,   -- key of the document
    ADD CONSTRAINT plan_withdrawal_says_why CHECK ((withdrawn_on IS NULL) = (withdrawn_why IS NULL)),
    ADD CONSTRAINT plan_withdrawal_document_exists FOREIGN KEY (election, withdrawn_by) REFERENCES document (election, key);
UPDATE plan SET entered = revision;
ALTER TABLE plan ALTER COLUMN entered SET NOT NULL;

ALTER TABLE plan_line
    ADD COLUMN entered        bigint,
    ADD COLUMN withdrawn_on   date,
    ADD COLUMN withdrawn_why  text,
    ADD COLUMN withdrawn_by   text,
    ADD CONSTRAINT plan_line_withdrawal_says_why CHECK ((withdrawn_on IS NULL) = (withdrawn_why IS NULL)),
    ADD CONSTRAINT plan_line_withdrawal_document_exists FOREIGN KEY (election, withdrawn_by) REFERENCES document (election, key);
UPDATE plan_line SET entered = plan.revision FROM plan WHERE plan.election = plan_line.election AND plan.key = plan_line.plan;
ALTER TABLE plan_line ALTER COLUMN entered SET NOT NULL;

-- +goose Down
ALTER TABLE plan_line DROP COLUMN entered, DROP COLUMN withdrawn_on, DROP COLUMN withdrawn_why, DROP COLUMN withdrawn_by;
ALTER TABLE plan DROP COLUMN entered, DROP COLUMN withdrawn_on, DROP COLUMN withdrawn_why, DROP COLUMN withdrawn_by;
