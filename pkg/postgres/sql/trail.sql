-- name: Trail :many
SELECT c.* FROM change c
WHERE c.election = @election AND c.revision > @after_revision AND c.revision <= @last_revision
  AND (sqlc.narg('areas')::text[] IS NULL OR c.area_code = ANY (sqlc.narg('areas')::text[]))
  AND (sqlc.narg('actors')::text[] IS NULL OR c.actor_id = ANY (sqlc.narg('actors')::text[]))
  AND (sqlc.narg('actors')::text[] IS NULL OR c.actor_id = @actor_id OR c.actor_name = ANY (@actor_names::text[]))
  AND (sqlc.narg('milestone_key')::text IS NULL OR c.milestone_key = sqlc.narg('milestone_key')::text)
  AND (sqlc.narg('occurrence')::smallint IS NULL OR c.occurrence = sqlc.narg('occurrence')::smallint)
  AND (sqlc.narg('task_key')::text IS NULL OR c.task_key = sqlc.narg('task_key')::text)
  AND (sqlc.narg('kind')::text IS NULL OR c.kind = sqlc.narg('kind')::text)
ORDER BY c.revision DESC LIMIT @most;

-- name: LastBefore :one
SELECT c.revision FROM change c WHERE c.election = @election AND c.recorded_at < @recorded_at
ORDER BY c.recorded_at DESC, c.revision DESC LIMIT 1;

-- name: HasActor :one
SELECT EXISTS (SELECT FROM change c WHERE c.election = @election AND c.actor_id = @actor_id);

-- name: Actors :many
-- From one to the next, which the index leads to: there are few in a long log.
WITH RECURSIVE actor AS (
    (SELECT c.actor_id, c.actor_name FROM change c WHERE c.election = @election ORDER BY c.actor_id, c.actor_name LIMIT 1)
    UNION ALL
    SELECT n.actor_id, n.actor_name FROM actor p CROSS JOIN LATERAL (
        SELECT c.actor_id, c.actor_name FROM change c
        WHERE c.election = @election AND (c.actor_id, c.actor_name) > (p.actor_id, p.actor_name)
        ORDER BY c.actor_id, c.actor_name LIMIT 1) n
)
SELECT a.actor_id, a.actor_name FROM actor a;

-- name: DayHeads :many
-- From the end of the log to the end of the day before, and so on.
WITH RECURSIVE head AS (
    (SELECT c.revision, c.recorded_at, c.hash FROM change c WHERE c.election = @election ORDER BY c.recorded_at DESC, c.revision DESC LIMIT 1)
    UNION ALL
    SELECT n.revision, n.recorded_at, n.hash FROM head p CROSS JOIN LATERAL (
        SELECT c.revision, c.recorded_at, c.hash FROM change c
        WHERE c.election = @election AND c.recorded_at < date_trunc('day', p.recorded_at, @zone::text)
        ORDER BY c.recorded_at DESC, c.revision DESC LIMIT 1) n
)
SELECT h.revision, h.recorded_at, h.hash FROM head h;

-- name: AccessTrail :many
SELECT sqlc.embed(e), coalesce(a.name, '')::text AS name
FROM access_event e LEFT JOIN account a ON a.id = e.user_id
WHERE e.revision < @before_revision AND e.recorded_at >= @from_time AND e.recorded_at < @to_time
  AND (sqlc.narg('people')::text[] IS NULL OR e.user_id = ANY (sqlc.narg('people')::text[]) OR e.actor_id = ANY (sqlc.narg('people')::text[]))
  AND (sqlc.narg('kind')::text IS NULL OR e.kind = sqlc.narg('kind')::text)
  AND ((e.edition = @edition::text OR e.edition IS NULL) AND e.area_code = ANY (@areas::text[])
    OR e.area_code IS NULL AND EXISTS (
        SELECT FROM access_event g
        WHERE g.user_id = e.user_id AND g.kind = 'grant_given' AND (g.edition = @edition::text OR g.edition IS NULL) AND g.area_code = ANY (@areas::text[])))
ORDER BY e.revision DESC LIMIT @most;

-- name: AccessNames :many
SELECT a.id, a.name FROM account a UNION SELECT e.actor_id, e.actor_name FROM access_event e;
