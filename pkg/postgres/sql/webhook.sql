-- name: WebhooksOf :many
SELECT sqlc.embed(w), (SELECT count(*) FROM webhook_delivery d WHERE d.webhook = w.id AND d.state = 'waiting') AS waiting
FROM webhook w WHERE w.election = @election AND w.area_code = @area_code ORDER BY w.made_at, w.id;

-- name: WebhooksIn :many
SELECT sqlc.embed(w), (SELECT count(*) FROM webhook_delivery d WHERE d.webhook = w.id AND d.state = 'waiting') AS waiting
FROM webhook w WHERE w.election = @election ORDER BY w.area_code, w.made_at, w.id;

-- name: CountWebhooks :one
SELECT count(*) FROM webhook w WHERE w.election = @election AND w.area_code = @area_code;

-- name: WebhooksOn :many
SELECT w.* FROM webhook w WHERE w.election = @election AND w.off = '' ORDER BY w.id;

-- name: Webhook :one
SELECT w.* FROM webhook w WHERE w.id = @id AND w.election = @election AND w.area_code = @area_code;

-- name: LockWebhook :one
SELECT w.* FROM webhook w WHERE w.id = @id AND w.election = @election AND w.area_code = @area_code FOR UPDATE;

-- name: HoldWebhookOf :exec
SELECT FROM webhook w WHERE w.id = (SELECT d.webhook FROM webhook_delivery d WHERE d.id = @delivery) FOR NO KEY UPDATE;

-- name: InsertWebhook :exec
INSERT INTO webhook (id, election, area_code, url, description, families, kinds, off, off_since, after_revision, made_by, made_at, revision)
VALUES (@id, @election, @area_code, @url, @description, @families, @kinds, @off, @off_since, @after_revision, @made_by, @made_at, @revision);

-- name: UpdateWebhook :execrows
UPDATE webhook SET url = @url, description = @description, families = @families, kinds = @kinds, off = @off, off_since = @off_since, revision = @revision
WHERE id = @id;

-- name: DeleteWebhook :execrows
DELETE FROM webhook WHERE id = @id;

-- name: SwitchOff :execrows
UPDATE webhook w SET off = @off, off_since = @off_since, revision = w.revision + 1
WHERE w.id = @id AND w.off = '' AND (@off::text <> 'failing' OR w.taken_at IS NULL OR w.taken_at < @since::timestamptz);

-- name: NoteTaken :exec
UPDATE webhook SET taken_at = @at WHERE id = @id AND (taken_at IS NULL OR taken_at < @at);

-- name: NoteRefused :exec
UPDATE webhook SET refused_at = @at WHERE id = @id AND (refused_at IS NULL OR refused_at < @at);

-- name: InsertWebhookSecret :exec
INSERT INTO webhook_secret (webhook, secret, made_at) VALUES (@webhook, @secret, @made_at);

-- name: EndWebhookSecrets :exec
UPDATE webhook_secret SET ends_at = @ends_at WHERE webhook = @webhook AND ends_at IS NULL;

-- name: DropWebhookSecrets :exec
DELETE FROM webhook_secret WHERE webhook = @webhook AND ends_at <= @now;

-- name: WebhookSecrets :many
SELECT s.secret FROM webhook_secret s
WHERE s.webhook = @webhook AND (s.ends_at IS NULL OR s.ends_at > @now) ORDER BY s.made_at DESC;

-- name: InsertDeliveries :exec
INSERT INTO webhook_delivery (id, webhook, cause, revision, body, state, tried, made_at, next_at)
SELECT unnest(@ids::text[]), unnest(@webhooks::text[]), nullif(unnest(@causes::bigint[]), 0), nullif(unnest(@revisions::bigint[]), 0),
    unnest(@bodies::text[]), 'waiting', 0, unnest(@mades::timestamptz[]), unnest(@mades::timestamptz[]);

-- name: Deliveries :many
SELECT d.* FROM webhook_delivery d
WHERE d.webhook = @webhook AND (sqlc.narg(before)::timestamptz IS NULL OR d.made_at < sqlc.narg(before))
ORDER BY d.made_at DESC, d.id LIMIT @most;

-- name: Delivery :one
SELECT d.* FROM webhook_delivery d WHERE d.id = @id;

-- name: LockDelivery :one
SELECT d.* FROM webhook_delivery d WHERE d.id = @id FOR UPDATE;

-- name: DeliveryWebhook :one
SELECT w.* FROM webhook w WHERE w.id = @id;

-- name: WebhookAttempts :many
SELECT a.* FROM webhook_attempt a WHERE a.delivery = @delivery ORDER BY a.number;

-- name: InsertWebhookAttempt :exec
INSERT INTO webhook_attempt (delivery, number, at, took_ms, outcome, status, answer)
SELECT @delivery, (SELECT coalesce(max(a.number), 0) + 1 FROM webhook_attempt a WHERE a.delivery = @delivery), @at, @took_ms, @outcome, @status, @answer;

-- name: UpdateDelivery :execrows
UPDATE webhook_delivery SET state = @state, tried = @tried, begun_at = @begun_at, next_at = @next_at, round = @round WHERE id = @id;

-- name: GiveUpDeliveries :exec
UPDATE webhook_delivery SET state = 'failed', next_at = NULL WHERE webhook = @webhook AND state = 'waiting' AND cause IS NOT NULL;

-- name: SweepDeliveries :execrows
DELETE FROM webhook_delivery WHERE made_at < @before AND state <> 'waiting';
