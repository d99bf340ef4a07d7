-- name: InsertChange :exec
INSERT INTO change (election, revision, kind, area_code, milestone_key, occurrence, task_key, subject, actor_id, actor_name,
    recorded_at, happened_on, cause, reason, before, after, hash, tag)
VALUES (@election, @revision, @kind, @area_code, @milestone_key, @occurrence, @task_key, @subject, @actor_id, @actor_name,
    @recorded_at, @happened_on, @cause, @reason, @before, @after, @hash, @tag);

-- name: ChangesAfter :many
SELECT c.* FROM change c WHERE c.election = @election AND c.revision > @after_revision ORDER BY c.revision LIMIT @most;

-- name: History :many
SELECT c.* FROM change c
WHERE c.election = @election AND c.area_code = @area_code AND c.milestone_key = @milestone_key
  AND c.kind NOT IN ('note_added', 'note_changed', 'note_removed')
  AND c.occurrence = @occurrence AND (@before_revision::bigint = 0 OR c.revision < @before_revision)
ORDER BY c.revision DESC LIMIT @most;

-- name: LastVerdict :one
SELECT c.* FROM change c
WHERE c.election = @election AND c.area_code = @area_code AND c.milestone_key = @milestone_key
  AND c.occurrence = @occurrence AND c.kind IN ('milestone_confirmed', 'milestone_returned')
ORDER BY c.revision DESC LIMIT 1;

-- name: Entered :one
SELECT EXISTS (SELECT 1 FROM change WHERE election = @election AND area_code = 'VN' AND kind = 'record_entered' AND subject = @subject::text);

-- name: EnteredSubjects :many
SELECT coalesce(subject, '')::text FROM change WHERE election = @election AND area_code = 'VN' AND kind = 'record_entered';

