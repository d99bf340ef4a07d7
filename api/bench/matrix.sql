-- What the SQL form of a matrix counts from: every milestone that can be late and is not set aside, narrow, with its
-- ancestors as numbers, in the order of the places, so that nothing is joined and a branch lies together.
CREATE UNLOGGED TABLE bench_wide AS
    SELECT p.position, p.province, p.district, p.commune, r.family,
        m.work = 'done' AS done, m.work = 'done' AND m.standing = 'confirmed' AS confirmed,
        m.latest_on, m.latest_at, m.planned_on, m.rulebook_version IS NULL AS local, m.silent AND m.work = 'not_started' AS silent
    FROM milestone m JOIN bench_rule r ON r.key = m.key JOIN bench_place p ON p.code = m.area_code
    WHERE m.election = '2021' AND m.work NOT IN ('not_applicable', 'cancelled')
    ORDER BY p.position;
CREATE INDEX ON bench_wide (province);
CREATE INDEX ON bench_wide (district);
