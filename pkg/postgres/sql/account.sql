-- name: LockAccessHead :one
SELECT revision, recorded_at, hash FROM access_head WHERE one FOR UPDATE;

-- name: AccessHead :one
SELECT revision, recorded_at, hash FROM access_head WHERE one;

-- name: MoveAccessHead :exec
UPDATE access_head SET revision = @revision, recorded_at = @recorded_at, hash = @hash WHERE one;

-- name: Account :one
SELECT a.* FROM account a WHERE a.id = @id;

-- name: Accounts :many
SELECT a.* FROM account a WHERE a.id > @after_id ORDER BY a.id LIMIT @most;

-- name: CountAccounts :one
SELECT count(*) AS accounts, count(password_hash) AS set_up FROM account;

-- name: InsertAccount :exec
INSERT INTO account (id, name, unit, language, password_hash, disabled_at, created_at, revision)
VALUES (@id, @name, @unit, @language, @password_hash, @disabled_at, @created_at, @revision);

-- name: UpdateAccount :execrows
UPDATE account SET name = @name, unit = @unit, language = @language, password_hash = @password_hash, disabled_at = @disabled_at, revision = @revision
WHERE id = @id;

-- name: TouchAccount :execrows
UPDATE account SET revision = @revision WHERE id = @id;

-- name: Caller :many
SELECT sqlc.embed(a), g.edition, g.area_code, g.role FROM account a LEFT JOIN access_grant g ON g.user_id = a.id
WHERE a.id = @id AND a.disabled_at IS NULL ORDER BY g.edition NULLS FIRST, g.area_code;
