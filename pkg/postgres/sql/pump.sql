-- name: MakeCursor :exec
INSERT INTO pump_cursor (consumer, election, revision)
SELECT @consumer, h.election, h.revision FROM log_head h WHERE h.election = @election
ON CONFLICT (consumer, election) DO NOTHING;

-- name: LockCursor :one
SELECT c.revision FROM pump_cursor c WHERE c.consumer = @consumer AND c.election = @election FOR UPDATE;

-- name: TakeCursor :one
SELECT c.revision FROM pump_cursor c WHERE c.consumer = @consumer AND c.election = @election FOR UPDATE SKIP LOCKED;

-- name: HasCursor :one
SELECT EXISTS (SELECT FROM pump_cursor c WHERE c.consumer = @consumer AND c.election = @election);

-- name: MoveCursor :execrows
UPDATE pump_cursor SET revision = @revision WHERE consumer = @consumer AND election = @election;

-- name: LogEntries :many
SELECT c.revision, c.cause, c.kind, c.area_code, c.milestone_key, c.occurrence, c.happened_on, c.recorded_at, c.tag,
    (c.kind = 'document_added' AND coalesce(c.after -> 'document' ->> 'public', 'false') <> 'true')::boolean AS hidden
FROM change c WHERE c.election = @election AND c.revision > @after_revision AND c.revision <= @up_to
ORDER BY c.revision LIMIT @most;

-- name: ActUnderWay :one
SELECT c.revision FROM change c
WHERE c.election = @election AND c.revision < @next AND c.cause = c.revision
    AND EXISTS (SELECT FROM change n WHERE n.election = @election AND n.revision = @next AND n.cause <> n.revision)
ORDER BY c.revision DESC LIMIT 1;
