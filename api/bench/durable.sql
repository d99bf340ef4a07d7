\set n random(1, :communes)
WITH place AS (SELECT area_code AS code FROM bench_target WHERE n = :n),
    was AS (SELECT m.area_code FROM milestone m JOIN place p ON m.area_code = p.code
        WHERE m.election = '2021' AND m.key = 'candidate_list_posted' AND m.occurrence = 0 FOR UPDATE OF m),
    head AS (UPDATE log_head SET revision = revision + 1, recorded_at = now()
        WHERE election = '2021' AND EXISTS (SELECT FROM was) RETURNING revision, hash),
    entry AS (INSERT INTO change (election, revision, kind, area_code, milestone_key, occurrence, task_key, actor_id, actor_name, recorded_at, happened_on, cause, before, after, hash)
        SELECT '2021', h.revision, 'task_updated', p.code, 'candidate_list_posted', 0, 'duty', 'local', 'pgbench', now(), '2021-01-25'::date, h.revision,
            '{"milestone":{"latest":"2021-05-03","latest_from":"2021-05-23","work":"in_progress","standing":"unreported","rulebook_version":"2015.1"},"task":{"key":"duty","position":0,"status":"in_progress"}}',
            '{"milestone":{"latest":"2021-05-03","latest_from":"2021-05-23","work":"in_progress","standing":"unreported","rulebook_version":"2015.1"},"task":{"key":"duty","position":0,"status":"in_progress"}}',
            h.hash FROM head h, place p),
    one AS (UPDATE task t SET status = 'in_progress', revision = h.revision FROM head h, place p
        WHERE t.election = '2021' AND t.area_code = p.code AND t.milestone_key = 'candidate_list_posted' AND t.occurrence = 0 AND t.key = 'duty'),
    whole AS (UPDATE milestone m SET work = 'in_progress', revision = h.revision FROM head h, place p
        WHERE m.election = '2021' AND m.area_code = p.code AND m.key = 'candidate_list_posted' AND m.occurrence = 0)
SELECT pg_notify('tiendo_log', '2021 ' || h.revision) FROM head h;
