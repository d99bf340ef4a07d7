-- name: LockMilestones :many
SELECT m.* FROM milestone m
JOIN (SELECT unnest(@areas::text[]) AS area_code, unnest(@keys::text[]) AS key, unnest(@occurrences::smallint[]) AS occurrence) AS n USING (area_code, key)
WHERE m.election = @election AND (m.occurrence = n.occurrence OR n.occurrence < 0)
ORDER BY m.area_code, m.key, m.occurrence
FOR UPDATE OF m;

-- name: LockAreas :many
SELECT m.* FROM milestone m
WHERE m.election = @election AND m.area_code = ANY (@areas::text[])
ORDER BY m.area_code, m.key, m.occurrence
FOR UPDATE OF m;

-- name: TasksOfMilestones :many
SELECT t.* FROM task t
JOIN (SELECT unnest(@areas::text[]) AS area_code, unnest(@keys::text[]) AS milestone_key, unnest(@occurrences::smallint[]) AS occurrence) AS n USING (area_code, milestone_key)
WHERE t.election = @election AND (t.occurrence = n.occurrence OR n.occurrence < 0)
ORDER BY t.area_code, t.milestone_key, t.occurrence, t.position, t.key;

-- name: TasksOfAreas :many
SELECT t.* FROM task t
WHERE t.election = @election AND t.area_code = ANY (@areas::text[])
ORDER BY t.area_code, t.milestone_key, t.occurrence, t.position, t.key;

-- name: Milestone :one
SELECT m.* FROM milestone m
WHERE m.election = @election AND m.area_code = @area_code AND m.key = @key AND m.occurrence = @occurrence;

-- name: Tasks :many
SELECT t.* FROM task t
WHERE t.election = @election AND t.area_code = @area_code AND t.milestone_key = @milestone_key AND t.occurrence = @occurrence
ORDER BY t.position, t.key;

-- name: UpdateMilestone :execrows
UPDATE milestone SET
    rulebook_version = @rulebook_version, not_before_on = @not_before_on, not_before_at = @not_before_at, latest_on = @latest_on, latest_at = @latest_at,
    not_before_from = @not_before_from, latest_from = @latest_from, planned_on = @planned_on,
    work = @work, standing = @standing, done_on = @done_on, done_by = @done_by, revision = @revision
WHERE election = @election AND area_code = @area_code AND key = @key AND occurrence = @occurrence;

-- name: UpdateTask :execrows
UPDATE task SET
    status = @status, reason = @reason, done_on = @done_on, done_by = @done_by,
    evidence_number = @evidence_number, evidence_on = @evidence_on, evidence_link = @evidence_link,
    document = @document, source = @source, note = @note, revision = @revision
WHERE election = @election AND area_code = @area_code AND milestone_key = @milestone_key AND occurrence = @occurrence AND key = @key;

-- name: ArrangeTask :execrows
UPDATE task SET position = @position, title_vi = @title_vi, title_en = @title_en, revision = @revision
WHERE election = @election AND area_code = @area_code AND milestone_key = @milestone_key AND occurrence = @occurrence AND key = @key AND own;

-- name: PlaceTask :execrows
UPDATE task SET position = @position
WHERE election = @election AND area_code = @area_code AND milestone_key = @milestone_key AND occurrence = @occurrence AND key = @key AND own;

-- name: DeleteTask :execrows
DELETE FROM task
WHERE election = @election AND area_code = @area_code AND milestone_key = @milestone_key AND occurrence = @occurrence AND key = @key AND own;

-- name: InsertMilestone :exec
INSERT INTO milestone (election, area_code, key, occurrence, rulebook_version, not_before_on, not_before_at, latest_on,
    latest_at, not_before_from, latest_from, planned_on, work, standing, done_on, done_by, scope, silent, revision)
VALUES (@election, @area_code, @key, @occurrence, @rulebook_version, @not_before_on, @not_before_at, @latest_on,
    @latest_at, @not_before_from, @latest_from, @planned_on, @work, @standing, @done_on, @done_by, @scope, @silent, @revision);

-- name: InsertTask :exec
INSERT INTO task (election, area_code, milestone_key, occurrence, key, position, own, title_vi, title_en, status, reason, done_on,
    done_by, evidence_number, evidence_on, evidence_link, document, bodies, source, note, revision)
VALUES (@election, @area_code, @milestone_key, @occurrence, @key, @position, @own, @title_vi, @title_en, @status, @reason, @done_on,
    @done_by, @evidence_number, @evidence_on, @evidence_link, @document, @bodies, @source, @note, @revision);

-- name: TasksTold :many
SELECT t.* FROM task t
WHERE t.election = @election AND t.area_code = ANY (@areas::text[])
    AND (t.reason IS NOT NULL OR t.note IS NOT NULL OR t.document IS NOT NULL
        OR t.evidence_number IS NOT NULL OR t.evidence_on IS NOT NULL OR t.evidence_link IS NOT NULL)
ORDER BY t.area_code, t.milestone_key, t.occurrence, t.position, t.key;

-- name: LockFreeMilestones :many
SELECT m.* FROM milestone m
JOIN (SELECT unnest(@areas::text[]) AS area_code, unnest(@keys::text[]) AS key, unnest(@occurrences::smallint[]) AS occurrence) AS n USING (area_code, key, occurrence)
WHERE m.election = @election
ORDER BY m.area_code, m.key, m.occurrence
FOR UPDATE OF m SKIP LOCKED;

-- name: UpdateMilestones :execrows
UPDATE milestone m SET
    rulebook_version = nullif(s.rulebook_version, ''),
    not_before_on = '2000-01-01'::date + nullif(s.not_before_on, -730120), not_before_at = nullif(s.not_before_at, -1),
    latest_on = '2000-01-01'::date + nullif(s.latest_on, -730120), latest_at = nullif(s.latest_at, -1),
    not_before_from = '2000-01-01'::date + nullif(s.not_before_from, -730120), latest_from = '2000-01-01'::date + nullif(s.latest_from, -730120), planned_on = '2000-01-01'::date + nullif(s.planned_on, -730120),
    work = s.work, standing = s.standing, done_on = '2000-01-01'::date + nullif(s.done_on, -730120), done_by = '2000-01-01'::date + nullif(s.done_by, -730120), revision = s.revision
FROM (SELECT unnest(@areas::text[]) AS area_code, unnest(@keys::text[]) AS key, unnest(@occurrences::smallint[]) AS occurrence,
        unnest(@rulebook_versions::text[]) AS rulebook_version,
        unnest(@not_before_on::int[]) AS not_before_on, unnest(@not_before_at::smallint[]) AS not_before_at,
        unnest(@latest_on::int[]) AS latest_on, unnest(@latest_at::smallint[]) AS latest_at,
        unnest(@not_before_from::int[]) AS not_before_from, unnest(@latest_from::int[]) AS latest_from, unnest(@planned_on::int[]) AS planned_on,
        unnest(@works::text[]) AS work, unnest(@standings::text[]) AS standing,
        unnest(@done_on::int[]) AS done_on, unnest(@done_by::int[]) AS done_by, unnest(@revisions::bigint[]) AS revision) AS s
WHERE m.election = @election AND m.area_code = s.area_code AND m.key = s.key AND m.occurrence = s.occurrence;

-- name: UpdateTasks :execrows
UPDATE task t SET
    status = s.status, reason = nullif(s.reason, ''), done_on = '2000-01-01'::date + nullif(s.done_on, -730120), done_by = '2000-01-01'::date + nullif(s.done_by, -730120),
    evidence_number = nullif(s.evidence_number, ''), evidence_on = '2000-01-01'::date + nullif(s.evidence_on, -730120), evidence_link = nullif(s.evidence_link, ''),
    document = nullif(s.document, ''), source = nullif(s.source, ''), note = nullif(s.note, ''), revision = s.revision
FROM (SELECT unnest(@areas::text[]) AS area_code, unnest(@keys::text[]) AS milestone_key, unnest(@occurrences::smallint[]) AS occurrence,
        unnest(@task_keys::text[]) AS key, unnest(@statuses::text[]) AS status, unnest(@reasons::text[]) AS reason,
        unnest(@done_on::int[]) AS done_on, unnest(@done_by::int[]) AS done_by,
        unnest(@evidence_numbers::text[]) AS evidence_number, unnest(@evidence_on::int[]) AS evidence_on, unnest(@evidence_links::text[]) AS evidence_link,
        unnest(@documents::text[]) AS document, unnest(@sources::text[]) AS source, unnest(@notes::text[]) AS note, unnest(@revisions::bigint[]) AS revision) AS s
WHERE t.election = @election AND t.area_code = s.area_code AND t.milestone_key = s.milestone_key AND t.occurrence = s.occurrence AND t.key = s.key;
