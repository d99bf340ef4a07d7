-- name: Session :one
SELECT s.* FROM session s JOIN account a ON a.id = s.user_id
WHERE s.digest = @digest AND s.expires_at > @now AND a.disabled_at IS NULL;

-- name: Sessions :many
SELECT s.* FROM session s WHERE s.user_id = @user_id AND s.expires_at > @now ORDER BY s.seen_at DESC, s.digest;

-- name: AllSessions :many
SELECT s.* FROM session s JOIN account a ON a.id = s.user_id WHERE s.expires_at > @now AND a.disabled_at IS NULL;

-- name: InsertSession :exec
INSERT INTO session (digest, user_id, device, begun_at, seen_at, expires_at, data)
SELECT @digest, a.id, @device, @begun_at, @begun_at, @expires_at, @data
FROM account a WHERE a.id = @user_id AND a.password_hash IS NOT NULL AND a.disabled_at IS NULL;

-- name: TouchSession :exec
UPDATE session SET seen_at = @seen_at, expires_at = @expires_at, data = @data WHERE digest = @digest;

-- name: DeleteSession :exec
DELETE FROM session WHERE digest = @digest;

-- name: DeleteSessionOf :execrows
DELETE FROM session WHERE digest = @digest AND user_id = @user_id;

-- name: DeleteSessionsOf :exec
DELETE FROM session WHERE user_id = @user_id AND digest <> @keep;

-- name: DeleteOldSessions :exec
DELETE FROM session WHERE expires_at <= @now;
