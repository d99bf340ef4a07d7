-- The log is searched by person, by milestone and by day, also over the whole
-- country, where nearly every entry is of somebody or something else. No report
-- waits for the indexes: the program migrates before it serves.
-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion

-- +goose Up
CREATE INDEX change_by_actor ON change (election, actor_id, actor_name, revision);
CREATE INDEX change_by_milestone ON change (election, milestone_key, revision);
CREATE INDEX change_by_time ON change (election, recorded_at, revision);

-- +goose Down
DROP INDEX change_by_time;
DROP INDEX change_by_milestone;
DROP INDEX change_by_actor;
