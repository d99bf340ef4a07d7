-- name: InsertBody :exec
INSERT INTO body (election, key, kind, form, name_vi, name_en, area_code, set_up_by, head_office, source, note, revision)
VALUES (@election, @key, @kind, @form, @name_vi, @name_en, @area_code, @set_up_by, @head_office, @source, @note, @revision);

-- name: Bodies :many
SELECT b.* FROM body b WHERE b.election = @election ORDER BY b.area_code, b.key;

-- name: InsertDocument :exec
INSERT INTO document (election, key, number, kind, title_vi, title_en, issuer, issued_on, known_by, area_code, public, implements, source, note, revision)
VALUES (@election, @key, @number, @kind, @title_vi, @title_en, @issuer, @issued_on, @known_by, @area_code, @public, @implements, @source, @note, @revision);

-- name: Documents :many
SELECT d.* FROM document d WHERE d.election = @election ORDER BY coalesce(d.issued_on, d.known_by), d.key;

-- name: DocumentsNamed :many
SELECT d.* FROM document d WHERE d.election = @election AND d.key = ANY (@keys::text[]) ORDER BY d.key;

-- name: InsertPlan :exec
INSERT INTO plan (election, key, area_code, title_vi, title_en, documents, contents, source, revision, entered)
VALUES (@election, @key, @area_code, @title_vi, @title_en, @documents, @contents, @source, @revision, @revision);

-- name: UpdatePlan :execrows
UPDATE plan SET title_vi = @title_vi, title_en = @title_en, documents = @documents, revision = @revision,
    withdrawn_on = @withdrawn_on, withdrawn_why = @withdrawn_why, withdrawn_by = @withdrawn_by
WHERE election = @election AND key = @key;

-- name: Plans :many
SELECT p.* FROM plan p WHERE p.election = @election ORDER BY p.key;

-- name: InsertPlanLine :exec
INSERT INTO plan_line (election, key, plan, position, title_vi, title_en, phase, nature, areas, not_before_on, latest_on,
    elections, responsible, bodies, steps, silent, document, source, note, entered)
VALUES (@election, @key, @plan, @position, @title_vi, @title_en, @phase, @nature, @areas, @not_before_on, @latest_on,
    @elections, @responsible, @bodies, @steps, @silent, @document, @source, @note, @entered);

-- name: UpdatePlanLine :execrows
UPDATE plan_line SET title_vi = @title_vi, title_en = @title_en, phase = @phase, areas = @areas,
    not_before_on = @not_before_on, latest_on = @latest_on, responsible = @responsible, note = @note,
    withdrawn_on = @withdrawn_on, withdrawn_why = @withdrawn_why, withdrawn_by = @withdrawn_by
WHERE election = @election AND key = @key AND plan = @plan;

-- name: PlanLines :many
SELECT l.* FROM plan_line l WHERE l.election = @election ORDER BY l.plan, l.position;

-- name: InsertStatement :exec
INSERT INTO statement (election, key, area_code, rules, done_by, document, source, note, revision)
VALUES (@election, @key, @area_code, @rules, @done_by, @document, @source, @note, @revision);

-- name: Statements :many
SELECT s.* FROM statement s WHERE s.election = @election ORDER BY s.key;

-- name: PutVotingDay :exec
INSERT INTO voting_day (election, area_code, day, opens_at, in_force, document, confidence, source, note, revision)
VALUES (@election, @area_code, @day, @opens_at, @in_force, @document, @confidence, @source, @note, @revision)
ON CONFLICT ON CONSTRAINT voting_day_pk DO UPDATE SET day = excluded.day, opens_at = excluded.opens_at, in_force = excluded.in_force,
    document = excluded.document, confidence = excluded.confidence, source = excluded.source, note = excluded.note, revision = excluded.revision;

-- name: VotingDays :many
SELECT v.* FROM voting_day v WHERE v.election = @election ORDER BY v.area_code;

-- name: VotingDaysOf :many
SELECT area_code, day, opens_at FROM voting_day WHERE election = @election AND in_force AND area_code = ANY (@areas::text[]);

-- name: VotingDaysDecided :many
SELECT v.* FROM voting_day v WHERE v.election = @election AND v.area_code = ANY (@areas::text[]) ORDER BY v.area_code;
