-- name: LockAttempt :exec
SELECT pg_advisory_xact_lock(@name_of_table::int, hashtext(@key::text));

-- name: Attempts :one
SELECT coalesce(sum(wrong) FILTER (WHERE user_id = @user_id AND address = @address AND last_at > @since), 0)::int AS pair_wrong,
    coalesce(max(last_at) FILTER (WHERE user_id = @user_id AND address = @address), 'epoch')::timestamptz AS pair_last,
    coalesce(sum(wrong) FILTER (WHERE user_id = @user_id AND last_at > @since), 0)::int AS user_wrong,
    coalesce(max(last_at) FILTER (WHERE user_id = @user_id AND wrong > 0), 'epoch')::timestamptz AS user_last,
    coalesce(sum(wrong) FILTER (WHERE address = @address AND last_at > @since), 0)::int AS address_wrong,
    coalesce(max(last_at) FILTER (WHERE address = @address AND wrong > 0), 'epoch')::timestamptz AS address_last,
    coalesce(bool_or(succeeded_at > @known_since) FILTER (WHERE user_id = @user_id AND address = @address), false)::boolean AS known
FROM sign_in_attempt WHERE user_id = @user_id OR address = @address;

-- name: CountAttempt :exec
INSERT INTO sign_in_attempt (user_id, address, wrong, last_at) VALUES (@user_id, @address, 1, @now)
ON CONFLICT ON CONSTRAINT sign_in_attempt_pk DO UPDATE
SET wrong = CASE WHEN sign_in_attempt.last_at > @since THEN sign_in_attempt.wrong + 1 ELSE 1 END, last_at = excluded.last_at;

-- name: ForgiveAttempts :exec
UPDATE sign_in_attempt SET wrong = 0, succeeded_at = @now WHERE user_id = @user_id AND address = @address;

-- name: DeleteOldAttempts :exec
DELETE FROM sign_in_attempt WHERE last_at <= @since AND (succeeded_at IS NULL OR succeeded_at <= @known_since);
