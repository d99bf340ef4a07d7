-- name: AddClientHealth :exec
INSERT INTO client_health AS h (token_id, refreshed_at, interval_ms, revision, failed_at, failure)
SELECT u.token_id, 'epoch'::timestamptz + nullif(u.refreshed_us, 0) * interval '1 microsecond', nullif(u.interval_ms, 0), nullif(u.revision, 0),
       'epoch'::timestamptz + nullif(u.failed_us, 0) * interval '1 microsecond', nullif(u.failure, 0)
FROM (SELECT unnest(@tokens::text[]) AS token_id, unnest(@refreshed_us::bigint[]) AS refreshed_us, unnest(@interval_ms::bigint[]) AS interval_ms,
             unnest(@revisions::bigint[]) AS revision, unnest(@failed_us::bigint[]) AS failed_us, unnest(@failures::smallint[]) AS failure) u
ORDER BY u.token_id
ON CONFLICT ON CONSTRAINT client_health_pk DO UPDATE SET
    refreshed_at = greatest(h.refreshed_at, excluded.refreshed_at), interval_ms = coalesce(excluded.interval_ms, h.interval_ms),
    revision = coalesce(excluded.revision, h.revision), failed_at = greatest(h.failed_at, excluded.failed_at),
    failure = CASE WHEN excluded.failed_at >= coalesce(h.failed_at, '-infinity') THEN excluded.failure ELSE h.failure END;

-- name: AddClientHours :exec
INSERT INTO client_hour AS h (token_id, hour, whole, unchanged, written, refused, broken)
SELECT u.token_id, @hour::timestamptz, u.whole, u.unchanged, u.written, u.refused, u.broken
FROM (SELECT unnest(@tokens::text[]) AS token_id, unnest(@whole::bigint[]) AS whole, unnest(@unchanged::bigint[]) AS unchanged,
             unnest(@written::bigint[]) AS written, unnest(@refused::bigint[]) AS refused, unnest(@broken::bigint[]) AS broken) u
ORDER BY u.token_id
ON CONFLICT ON CONSTRAINT client_hour_pk DO UPDATE SET whole = h.whole + excluded.whole, unchanged = h.unchanged + excluded.unchanged,
    written = h.written + excluded.written, refused = h.refused + excluded.refused, broken = h.broken + excluded.broken;

-- name: DeleteOldClientHours :exec
DELETE FROM client_hour WHERE hour < @before;

-- name: Clients :many
SELECT sqlc.embed(t), a.name AS owner, a.unit FROM api_token t JOIN account a ON a.id = t.user_id
WHERE t.revoked_at IS NULL AND t.expires_on >= @today AND a.disabled_at IS NULL
  AND (t.user_id, t.id) > (@after_user::text, @after_token::text)
  AND (EXISTS (SELECT FROM area p WHERE p.edition = @edition::text AND p.position <@ (@places::text)::int4multirange
                 AND p.code = t.area_code AND (t.edition = p.edition OR t.edition IS NULL))
       OR t.area_code = ANY (@above::text[]) AND (t.edition = @edition::text OR t.edition IS NULL)
          AND EXISTS (SELECT FROM access_grant g JOIN area p ON p.edition = g.edition AND p.code = g.area_code
                      WHERE g.user_id = t.user_id AND g.role <> 'none' AND p.edition = @edition::text AND p.position <@ (@places::text)::int4multirange))
ORDER BY t.user_id, t.id LIMIT @most;

-- name: ClientHealth :many
SELECT h.* FROM client_health h WHERE h.token_id = ANY (@tokens::text[]);

-- name: ClientCounts :many
SELECT h.token_id, sum(h.whole)::bigint AS whole, sum(h.unchanged)::bigint AS unchanged, sum(h.written)::bigint AS written,
       sum(h.refused)::bigint AS refused, sum(h.broken)::bigint AS broken
FROM client_hour h WHERE h.token_id = ANY (@tokens::text[]) AND h.hour > @since GROUP BY h.token_id;

-- name: CountStaleClients :one
SELECT count(*) FROM client_health h JOIN api_token t ON t.id = h.token_id JOIN account a ON a.id = t.user_id
WHERE t.revoked_at IS NULL AND t.expires_on >= @today AND a.disabled_at IS NULL
  AND h.interval_ms IS NOT NULL AND h.refreshed_at + greatest(h.interval_ms * @asks::bigint, @at_least_ms::bigint) * interval '1 millisecond' < @now::timestamptz;
