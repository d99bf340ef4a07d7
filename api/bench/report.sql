\set n random(1, 10000)
SELECT area_code AS code FROM bench_target WHERE n = :n \gset
BEGIN;
SELECT * FROM milestone WHERE election = '2021' AND area_code = :code AND key = 'candidate_list_posted' AND occurrence = 0 FOR UPDATE;
SELECT * FROM task WHERE election = '2021' AND area_code = :code AND milestone_key = 'candidate_list_posted' AND occurrence = 0 ORDER BY position;
SELECT revision + 1 AS next FROM log_head WHERE election = '2021' FOR UPDATE \gset
INSERT INTO change (election, revision, kind, area_code, milestone_key, occurrence, task_key, actor_id, actor_name, recorded_at, happened_on, cause, before, after, hash)
    SELECT '2021', :next::bigint, 'task_updated', :code::text, 'candidate_list_posted', 0, 'duty', 'local', 'pgbench', now(), '2021-01-25'::date, :next::bigint,
        '{"milestone":{"latest":"2021-05-03","latest_from":"2021-05-23","work":"not_started","standing":"unreported","rulebook_version":"2015.1"},"task":{"key":"duty","position":0,"status":"not_started"}}',
        '{"milestone":{"latest":"2021-05-03","latest_from":"2021-05-23","work":"in_progress","standing":"unreported","rulebook_version":"2015.1"},"task":{"key":"duty","position":0,"status":"in_progress"}}',
        hash FROM log_head WHERE election = '2021';
UPDATE task SET status = CASE status WHEN 'in_progress' THEN 'not_started' ELSE 'in_progress' END, revision = :next
    WHERE election = '2021' AND area_code = :code AND milestone_key = 'candidate_list_posted' AND occurrence = 0 AND key = 'duty';
UPDATE milestone SET work = CASE work WHEN 'in_progress' THEN 'not_started' ELSE 'in_progress' END, revision = :next
    WHERE election = '2021' AND area_code = :code AND key = 'candidate_list_posted' AND occurrence = 0;
UPDATE log_head SET revision = :next, recorded_at = now() WHERE election = '2021';
SELECT pg_notify('tiendo_log', '2021 ' || :next::text);
COMMIT;
