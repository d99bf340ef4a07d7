-- name: InsertAccessEvent :exec
INSERT INTO access_event (revision, kind, user_id, edition, area_code, actor_id, actor_name, recorded_at, before, after, hash)
VALUES (@revision, @kind, @user_id, @edition, @area_code, @actor_id, @actor_name, @recorded_at, @before, @after, @hash);

-- name: AccessEvents :many
SELECT e.* FROM access_event e WHERE e.revision > @after_revision ORDER BY e.revision LIMIT @most;
