\set n random(1, :communes)
WITH place AS (SELECT area_code AS code FROM bench_target WHERE n = :n),
    entry AS (INSERT INTO bench_log (area_code, before, after)
        SELECT p.code,
            '{"milestone":{"latest":"2021-05-03","latest_from":"2021-05-23","work":"in_progress","standing":"unreported","rulebook_version":"2015.1"},"task":{"key":"duty","position":0,"status":"in_progress"}}'::jsonb,
            '{"milestone":{"latest":"2021-05-03","latest_from":"2021-05-23","work":"in_progress","standing":"unreported","rulebook_version":"2015.1"},"task":{"key":"duty","position":0,"status":"in_progress"}}'::jsonb
        FROM place p),
    one AS (UPDATE bench_task t SET status = 'in_progress', revision = revision + 1 FROM place p
        WHERE t.election = '2021' AND t.area_code = p.code AND t.milestone_key = 'candidate_list_posted' AND t.occurrence = 0 AND t.key = 'duty')
UPDATE bench_milestone m SET work = 'in_progress', revision = revision + 1 FROM place p
    WHERE m.election = '2021' AND m.area_code = p.code AND m.key = 'candidate_list_posted' AND m.occurrence = 0;
