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


-- name: InsertChanges :execrows
INSERT INTO change (election, revision, kind, area_code, milestone_key, occurrence, task_key, subject, actor_id, actor_name,
    recorded_at, happened_on, cause, reason, before, after, hash, tag)
SELECT @election, s.revision, s.kind, s.area_code, s.milestone_key, s.occurrence, nullif(s.task_key, ''), nullif(s.subject, ''), s.actor_id, s.actor_name,
    s.recorded_at, '2000-01-01'::date + s.happened_on, s.cause, nullif(s.reason, ''), nullif(s.before, '')::json, nullif(s.after, '')::json, s.hash, nullif(s.tag, '')
FROM (SELECT unnest(@revisions::bigint[]) AS revision, unnest(@kinds::text[]) AS kind, unnest(@areas::text[]) AS area_code,
        unnest(@keys::text[]) AS milestone_key, unnest(@occurrences::smallint[]) AS occurrence, unnest(@task_keys::text[]) AS task_key,
        unnest(@subjects::text[]) AS subject, unnest(@actor_ids::text[]) AS actor_id, unnest(@actor_names::text[]) AS actor_name,
        unnest(@recorded_at::timestamptz[]) AS recorded_at, unnest(@happened_on::int[]) AS happened_on, unnest(@causes::bigint[]) AS cause,
        unnest(@reasons::text[]) AS reason, unnest(@before::text[]) AS before, unnest(@after::text[]) AS after,
        unnest(@hashes::bytea[]) AS hash, unnest(@tags::text[]) AS tag) AS s;
