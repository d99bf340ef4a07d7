-- name: SetupLink :one
SELECT l.* FROM setup_link l JOIN account a ON a.id = l.user_id
WHERE l.digest = @digest AND l.until > @now AND a.disabled_at IS NULL;

-- name: PutSetupLink :exec
INSERT INTO setup_link (user_id, digest, made_by, until) VALUES (@user_id, @digest, @made_by, @until)
ON CONFLICT ON CONSTRAINT setup_link_pk DO UPDATE SET digest = excluded.digest, made_by = excluded.made_by, until = excluded.until;

-- name: DeleteSetupLink :exec
DELETE FROM setup_link WHERE user_id = @user_id;
