-- name: InsertChange :exec
INSERT INTO change (election, revision, kind, area_code, milestone_key, occurrence, task_key, subject, actor_id, actor_name,
    recorded_at, happened_on, cause, reason, before, after, hash)
VALUES (@election, @revision, @kind, @area_code, @milestone_key, @occurrence, @task_key, @subject, @actor_id, @actor_name,
    @recorded_at, @happened_on, @cause, @reason, @before, @after, @hash);

-- name: ChangesAfter :many
SELECT c.* FROM change c WHERE c.election = @election AND c.revision > @after_revision ORDER BY c.revision LIMIT @most;

-- name: History :many
SELECT c.* FROM change c
WHERE c.election = @election AND c.area_code = @area_code AND c.milestone_key = @milestone_key
  AND c.occurrence = @occurrence AND (@before_revision::bigint = 0 OR c.revision < @before_revision)
ORDER BY c.revision DESC LIMIT @most;

-- name: Entered :one
SELECT EXISTS (SELECT 1 FROM change WHERE election = @election AND area_code = 'VN' AND kind = 'record_entered' AND subject = @subject::text);

-- name: EnteredSubjects :many
SELECT coalesce(subject, '')::text FROM change WHERE election = @election AND area_code = 'VN' AND kind = 'record_entered';

-- name: ChangesForMirror :many
SELECT revision, kind, area_code, coalesce(milestone_key, '')::text AS milestone_key, coalesce(occurrence, 0)::smallint AS occurrence,
    coalesce(task_key, '')::text AS task_key, recorded_at, happened_on, cause, after
FROM change
WHERE election = @election AND (milestone_key IS NOT NULL OR kind IN ('plan_added', 'voting_day_set', 'election_opened', 'election_state', 'election_amended'))
ORDER BY revision;
