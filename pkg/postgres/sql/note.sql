-- name: Notes :many
SELECT n.* FROM note n
WHERE n.election = @election AND n.area_code = @area_code AND n.milestone_key = @milestone_key AND n.occurrence = @occurrence
ORDER BY n.number;

-- name: InsertNote :exec
INSERT INTO note (election, area_code, milestone_key, occurrence, number, text, author_id, author_name, written_at, revision)
VALUES (@election, @area_code, @milestone_key, @occurrence, @number, @text, @author_id, @author_name, @written_at, @number);

-- name: UpdateNote :execrows
UPDATE note SET text = @text, edited_at = @edited_at::timestamptz, revision = @revision
WHERE election = @election AND area_code = @area_code AND milestone_key = @milestone_key AND occurrence = @occurrence AND number = @number;

-- name: DeleteNote :execrows
DELETE FROM note
WHERE election = @election AND area_code = @area_code AND milestone_key = @milestone_key AND occurrence = @occurrence AND number = @number;
