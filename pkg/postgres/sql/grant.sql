-- name: Grants :many
SELECT g.* FROM access_grant g WHERE g.user_id = @user_id ORDER BY g.edition NULLS FIRST, g.area_code;

-- name: GrantsBelow :many
SELECT sqlc.embed(g), a.name, a.unit, (a.password_hash IS NOT NULL)::boolean AS set_up, (a.disabled_at IS NOT NULL)::boolean AS disabled, coalesce(p.position, 0)::int AS position
FROM access_grant g JOIN account a ON a.id = g.user_id
LEFT JOIN area p ON p.edition = g.edition AND p.code = g.area_code
WHERE (g.edition = @edition::text OR g.edition IS NULL AND @first_position::int = 0)
  AND coalesce(p.position, 0) BETWEEN @first_position::int AND @last_position::int
  AND (coalesce(p.position, 0), g.user_id) > (@after_position::int, @after_user::text)
ORDER BY coalesce(p.position, 0), g.user_id LIMIT @most;

-- name: GrantsAt :many
SELECT sqlc.embed(g), a.name, a.unit, (a.password_hash IS NOT NULL)::boolean AS set_up, (a.disabled_at IS NOT NULL)::boolean AS disabled
FROM access_grant g JOIN account a ON a.id = g.user_id
WHERE (g.edition = @edition::text AND g.area_code = ANY (@areas::text[]) OR g.edition IS NULL) AND g.role = ANY (@roles::text[])
ORDER BY g.area_code, g.user_id;

-- name: Leads :many
SELECT DISTINCT g.area_code FROM access_grant g JOIN account a ON a.id = g.user_id
WHERE g.edition = @edition::text AND g.role = 'lead' AND a.disabled_at IS NULL ORDER BY g.area_code;

-- name: Administrators :many
SELECT a.id, (a.password_hash IS NOT NULL)::boolean AS set_up FROM access_grant g JOIN account a ON a.id = g.user_id
WHERE g.edition IS NULL AND g.role = 'administrator' AND a.disabled_at IS NULL ORDER BY a.id;

-- name: PutGrant :exec
INSERT INTO access_grant (user_id, edition, area_code, role, granted_by, granted_at, revision)
VALUES (@user_id, @edition, @area_code, @role, @granted_by, @granted_at, @revision)
ON CONFLICT ON CONSTRAINT access_grant_once DO UPDATE SET role = excluded.role, granted_by = excluded.granted_by,
    granted_at = excluded.granted_at, revision = excluded.revision;

-- name: DeleteGrant :execrows
DELETE FROM access_grant WHERE user_id = @user_id AND edition IS NOT DISTINCT FROM sqlc.narg('edition')::text AND area_code = @area_code;
