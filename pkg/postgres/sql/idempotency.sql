-- name: InsertKey :execrows
INSERT INTO idempotency_key (account_id, key, fingerprint, claim, claimed_at)
VALUES (@account_id, @key, @fingerprint, @claim, now())
ON CONFLICT ON CONSTRAINT idempotency_key_pk DO NOTHING;

-- name: RememberedKey :one
SELECT k.fingerprint, k.claim, k.revision, k.status, k.headers, k.body,
    (k.claimed_at < now() - make_interval(secs => @life::float8))::boolean AS expired,
    (k.claimed_at < now() - make_interval(secs => @lease::float8))::boolean AS abandoned
FROM idempotency_key k WHERE k.account_id = @account_id AND k.key = @key;

-- name: TakeKey :execrows
UPDATE idempotency_key SET
    fingerprint = @fingerprint, claim = @claim, claimed_at = now(), revision = NULL, status = NULL, headers = NULL, body = NULL
WHERE account_id = @account_id AND key = @key AND claim = @was
    AND (@expired::boolean OR (revision IS NULL AND status IS NULL));

-- name: HoldClaim :execrows
UPDATE idempotency_key SET claimed_at = now()
WHERE account_id = @account_id AND key = @key AND claim = @claim AND revision IS NULL;

-- name: CommitClaim :execrows
UPDATE idempotency_key SET revision = @revision WHERE account_id = @account_id AND key = @key AND claim = @claim;

-- name: RememberAnswer :execrows
UPDATE idempotency_key SET status = @status, headers = @headers, body = @body
WHERE account_id = @account_id AND key = @key AND claim = @claim AND status IS NULL;

-- name: ReleaseKey :execrows
DELETE FROM idempotency_key
WHERE account_id = @account_id AND key = @key AND claim = @claim AND revision IS NULL AND status IS NULL;

-- name: AbandonKey :exec
UPDATE idempotency_key SET claimed_at = claimed_at - make_interval(secs => @lease::float8)
WHERE account_id = @account_id AND key = @key AND claim = @claim AND status IS NULL;

-- name: ForgetKeys :exec
DELETE FROM idempotency_key WHERE (account_id, key) IN (
    SELECT k.account_id, k.key FROM idempotency_key k WHERE k.claimed_at < now() - make_interval(secs => @life::float8)
    ORDER BY k.claimed_at LIMIT @most FOR UPDATE SKIP LOCKED);
