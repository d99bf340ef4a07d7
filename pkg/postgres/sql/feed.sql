-- name: ChangesWithin :many
-- A plan that is added brings milestones wherever its lines name places.
SELECT c.* FROM change c
WHERE c.election = @election AND c.revision > @after_revision AND c.revision <= @last_revision
  AND c.kind NOT IN ('note_added', 'note_changed', 'note_removed')
  AND (sqlc.narg('areas')::text[] IS NULL OR c.area_code = ANY (sqlc.narg('areas')::text[]) OR c.kind = 'plan_added')
ORDER BY c.revision LIMIT @most;
