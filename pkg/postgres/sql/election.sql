-- name: InsertElection :execrows
INSERT INTO election (id, title_vi, title_en, election_day, rulebook, rulebook_version, edition, state)
VALUES (@id, @title_vi, @title_en, @election_day, @rulebook, @rulebook_version, @edition, @state)
ON CONFLICT ON CONSTRAINT election_pk DO NOTHING;

-- name: SetElectionState :exec
UPDATE election SET state = @state WHERE id = @id;

-- name: LockElection :one
SELECT state FROM election WHERE id = @id FOR NO KEY UPDATE;

-- name: Election :one
SELECT e.id, e.title_vi, e.title_en, e.election_day, e.rulebook, e.rulebook_version, e.edition, e.state, edition.sum, h.amended
FROM election e JOIN edition ON edition.id = e.edition JOIN log_head h ON h.election = e.id WHERE e.id = @id;

-- name: InsertExceptions :exec
INSERT INTO area_exception (election, area_code, council, voters, document)
SELECT @election::text, code, council, voters, nullif(document, '')
FROM (SELECT unnest(@codes::text[]) AS code, unnest(@councils::boolean[]) AS council, unnest(@voters::boolean[]) AS voters, unnest(@documents::text[]) AS document) AS x;

-- name: Exceptions :many
SELECT area_code, council, voters, coalesce(document, '')::text AS document FROM area_exception WHERE election = @election ORDER BY area_code;

-- name: InsertSources :exec
INSERT INTO source (election, key, address)
SELECT @election::text, key, address FROM (SELECT unnest(@keys::text[]) AS key, unnest(@addresses::text[]) AS address) AS x;

-- name: Sources :many
SELECT key, address FROM source WHERE election = @election;

-- name: InsertHead :exec
INSERT INTO log_head (election, revision, recorded_at, hash) VALUES (@election, 0, @recorded_at, @hash);

-- name: LockHead :one
SELECT revision, recorded_at, hash, amended FROM log_head WHERE election = @election FOR UPDATE;

-- name: MoveHead :exec
UPDATE log_head SET revision = @revision, recorded_at = @recorded_at, hash = @hash WHERE election = @election;

-- name: Head :one
SELECT revision, recorded_at, hash FROM log_head WHERE election = @election;

-- name: Heads :many
SELECT election, revision FROM log_head WHERE revision > 0;

-- name: Notify :exec
SELECT pg_notify('tiendo_log', @payload::text);
