-- name: InsertEdition :exec
INSERT INTO edition (id, source, recorded_at, sum) VALUES (@id, @source, @recorded_at, @sum);

-- name: InsertAreas :copyfrom
INSERT INTO area (edition, code, position, parent_code, level, type, name, name_en)
VALUES (@edition, @code, @position, @parent_code, @level, @type, @name, @name_en);

-- name: Edition :one
SELECT id, source, recorded_at, sum, ARRAY(SELECT election.id FROM election WHERE edition = edition.id ORDER BY election.id)::text[] AS elections
FROM edition WHERE edition.id = @id;

-- name: Editions :many
SELECT id, source, recorded_at, sum, ARRAY(SELECT election.id FROM election WHERE edition = edition.id ORDER BY election.id)::text[] AS elections,
    (SELECT count(*) FROM area WHERE area.edition = edition.id AND parent_code IS NOT NULL) AS areas
FROM edition ORDER BY recorded_at DESC, id;

-- name: Areas :many
SELECT code, coalesce(parent_code, '')::text AS parent_code, level, type, name, name_en
FROM area WHERE edition = @edition ORDER BY position;

-- name: DeleteAreas :exec
DELETE FROM area WHERE edition = @edition;

-- name: DeleteEdition :exec
DELETE FROM edition WHERE id = @id;
