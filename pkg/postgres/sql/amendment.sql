-- name: AmendElection :execrows
UPDATE election SET election_day = @election_day, rulebook_version = @rulebook_version WHERE id = @id;

-- name: AmendHead :execrows
UPDATE log_head SET amended = @amended WHERE election = @election;

-- name: Amended :one
SELECT amended FROM log_head WHERE election = @election;

-- name: Amendments :many
SELECT c.* FROM change c
WHERE c.election = @election AND c.area_code = 'VN' AND c.milestone_key IS NULL AND c.kind = 'election_amended'
ORDER BY c.revision DESC;

-- name: ElectionChanged :one
SELECT coalesce(max(revision), 0)::bigint FROM change
WHERE election = @election AND area_code = 'VN' AND milestone_key IS NULL AND kind IN ('election_opened', 'election_state', 'election_amended');

-- name: Frames :many
SELECT revision, after FROM change
WHERE election = @election AND area_code = 'VN' AND milestone_key IS NULL AND kind IN ('election_opened', 'election_amended')
ORDER BY revision;

-- name: PlanLineKeys :many
SELECT key FROM plan_line WHERE election = @election ORDER BY key;

-- name: DoneDays :many
SELECT area_code, key, done_on FROM milestone
WHERE election = @election AND occurrence = 0 AND done_on IS NOT NULL AND key = ANY (@keys::text[]);

-- name: TasksOfKeys :many
SELECT t.* FROM task t
WHERE t.election = @election AND t.area_code = ANY (@areas::text[]) AND t.milestone_key = ANY (@keys::text[])
ORDER BY t.area_code, t.milestone_key, t.occurrence, t.position, t.key;

-- name: Occurrences :many
SELECT m.* FROM milestone m WHERE m.election = @election AND m.occurrence > 0 ORDER BY m.area_code, m.key, m.occurrence;
