-- name: InsertRulebook :execrows
INSERT INTO rulebook (id, version, digest, content, stored_at) VALUES (@id, @version, @digest, @content, @stored_at)
ON CONFLICT ON CONSTRAINT rulebook_pk DO NOTHING;

-- name: Rulebook :one
SELECT digest, content FROM rulebook WHERE id = @id AND version = @version;

-- name: RulebooksInUse :many
SELECT DISTINCT rulebook, rulebook_version FROM election ORDER BY rulebook, rulebook_version;

-- name: Rulebooks :many
SELECT id, version, digest, stored_at FROM rulebook ORDER BY id, stored_at, version;
