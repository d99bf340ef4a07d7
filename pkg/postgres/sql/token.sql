-- name: Tokens :many
SELECT t.* FROM api_token t WHERE t.user_id = @user_id ORDER BY t.made_at DESC, t.id;

-- name: TokenByDigest :one
SELECT t.* FROM api_token t JOIN account a ON a.id = t.user_id
WHERE t.digest = @digest AND t.revoked_at IS NULL AND a.disabled_at IS NULL;

-- name: GoodTokens :many
SELECT t.digest FROM api_token t JOIN account a ON a.id = t.user_id
WHERE t.revoked_at IS NULL AND a.disabled_at IS NULL;

-- name: InsertToken :exec
INSERT INTO api_token (id, digest, user_id, name, access, edition, area_code, expires_on, made_at)
VALUES (@id, @digest, @user_id, @name, @access, @edition, @area_code, @expires_on, @made_at);

-- name: RevokeToken :execrows
UPDATE api_token SET revoked_at = @revoked_at WHERE id = @id AND user_id = @user_id AND revoked_at IS NULL;

-- name: TouchTokens :exec
UPDATE api_token t SET last_used_at = u.used_at
FROM (SELECT unnest(@ids::text[]) AS id, unnest(@used_at::timestamptz[]) AS used_at) u
WHERE t.id = u.id AND (t.last_used_at IS NULL OR t.last_used_at <= u.used_at - interval '1 minute');
