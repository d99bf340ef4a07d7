SET enable_hashjoin = off;
SET enable_mergejoin = off;
WITH place AS MATERIALIZED (SELECT area_code AS code FROM bench_target),
    was AS MATERIALIZED (SELECT m.area_code AS code FROM milestone m JOIN place p ON m.area_code = p.code
        WHERE m.election = '2021' AND m.key = 'polling_areas_decided' AND m.occurrence = 0 ORDER BY m.area_code FOR UPDATE OF m),
    numbered AS MATERIALIZED (SELECT code, row_number() OVER (ORDER BY code) AS n FROM was),
    head AS (UPDATE log_head SET revision = revision + (SELECT count(*) FROM numbered), recorded_at = now() WHERE election = '2021' RETURNING revision - (SELECT count(*) FROM numbered) AS revision, hash),
    entry AS (INSERT INTO change (election, revision, kind, area_code, milestone_key, occurrence, task_key, actor_id, actor_name, recorded_at, happened_on, cause, before, after, hash)
        SELECT '2021', h.revision + p.n, 'task_updated', p.code, 'polling_areas_decided', 0, 'duty', 'local', 'pgbench', now(), '2021-01-25'::date, h.revision + 1,
            '{"milestone":{"latest":"2021-05-03","latest_from":"2021-05-23","work":"in_progress","standing":"unreported","rulebook_version":"2015.1"},"task":{"key":"duty","position":0,"status":"in_progress"}}',
            '{"milestone":{"latest":"2021-05-03","latest_from":"2021-05-23","work":"in_progress","standing":"unreported","rulebook_version":"2015.1"},"task":{"key":"duty","position":0,"status":"in_progress"}}',
            h.hash FROM head h, numbered p),
    one AS (UPDATE task t SET status = 'in_progress', revision = h.revision + p.n FROM head h, numbered p
        WHERE t.election = '2021' AND t.area_code = p.code AND t.milestone_key = 'polling_areas_decided' AND t.occurrence = 0 AND t.key = 'duty'),
    whole AS (UPDATE milestone m SET work = 'in_progress', revision = h.revision + p.n FROM head h, numbered p
        WHERE m.election = '2021' AND m.area_code = p.code AND m.key = 'polling_areas_decided' AND m.occurrence = 0)
SELECT pg_notify('tiendo_log', '2021 ' || h.revision) FROM head h;
