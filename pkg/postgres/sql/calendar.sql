-- name: Calendars :many
SELECT c.* FROM calendar_address c WHERE c.user_id = @user_id ORDER BY c.made_at DESC, c.id;

-- name: CalendarByDigest :one
SELECT c.* FROM calendar_address c JOIN account a ON a.id = c.user_id
WHERE c.digest = @digest AND c.revoked_at IS NULL AND a.disabled_at IS NULL;

-- name: InsertCalendar :exec
INSERT INTO calendar_address (id, digest, user_id, name, election, edition, area_code, levels, body, alarms, language, made_at)
VALUES (@id, @digest, @user_id, @name, @election, @edition, @area_code, @levels, @body, @alarms, @language, @made_at);

-- name: RevokeCalendar :execrows
UPDATE calendar_address SET revoked_at = @revoked_at WHERE id = @id AND user_id = @user_id AND revoked_at IS NULL;

-- name: TouchCalendar :exec
UPDATE calendar_address SET last_used_at = @last_used_at WHERE id = @id AND (last_used_at IS NULL OR last_used_at <= @stale_at);
