-- +goose Up
-- The versions of rulebooks that elections were opened or amended by, each with
-- its file to the byte, so that a later program, which has a newer version, can
-- go on explaining dates by the rules that they were computed by. Rows are only
-- ever added.
CREATE TABLE rulebook (
    id        text        NOT NULL,
    version   text        NOT NULL,
    digest    text        NOT NULL, -- the beginning of the file's SHA-256
    content   text        NOT NULL,
    stored_at timestamptz NOT NULL,
    CONSTRAINT rulebook_pk PRIMARY KEY (id, version),
    CONSTRAINT rulebook_version_form CHECK (version ~ '^[a-z0-9]+\.[0-9]+$' AND starts_with(version, id || '.')),
    CONSTRAINT rulebook_digest_form CHECK (digest ~ '^[0-9a-f]{16}$')
);

-- The revision at which the election's day or rulebook was last amended; 0:
-- never. Whoever writes sees it under the lock of this row, and does not write
-- what was decided by what held before.
ALTER TABLE log_head ADD COLUMN amended bigint NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE log_head DROP COLUMN amended;
DROP TABLE rulebook;
