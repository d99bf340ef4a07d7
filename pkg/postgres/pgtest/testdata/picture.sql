-- One line of text for each thing of the schema. Left out: what every table has
-- (its row type, NOT NULL as a constraint, which newer servers list), what goose
-- keeps for itself, and schemas of others.
WITH thing AS (
    SELECT c.oid, c.relname AS name, c.relkind AS kind, c.reloptions
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname !~ '^goose_db_version'
), lines (block, part, position, line) AS (
    SELECT name, 1, 0, E'\n' || CASE kind WHEN 'r' THEN 'table ' WHEN 'v' THEN 'view ' ELSE 'relation of kind ' || kind::text || ' ' END
        || name || coalesce(' with (' || array_to_string(reloptions, ', ') || ')', '')
    FROM thing WHERE kind NOT IN ('i', 'S')
    UNION ALL
    SELECT t.name, 2, a.attnum, '  column ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
        || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
        || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
        || CASE WHEN a.attidentity <> '' THEN ' identity ' || a.attidentity::text ELSE '' END
        || CASE WHEN a.attgenerated <> '' THEN ' generated ' || a.attgenerated::text ELSE '' END
        || CASE WHEN a.attcollation <> 0 AND l.collname <> 'default' THEN ' collate ' || l.collname ELSE '' END
    FROM thing t
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_collation l ON l.oid = a.attcollation
    WHERE t.kind NOT IN ('i', 'S')
    UNION ALL
    SELECT name, 2, 10000, '  as ' || regexp_replace(pg_get_viewdef(oid), '\s+', ' ', 'g') FROM thing WHERE kind = 'v'
    UNION ALL
    SELECT t.name, 3, row_number() OVER (PARTITION BY t.name ORDER BY c.contype DESC, c.conname COLLATE "C"),
        '  constraint ' || c.conname || ' ' || pg_get_constraintdef(c.oid)
        || CASE WHEN c.convalidated THEN '' ELSE ' (not validated)' END
    FROM thing t JOIN pg_constraint c ON c.conrelid = t.oid WHERE c.contype IN ('p', 'u', 'f', 'c', 'x')
    UNION ALL
    SELECT t.name, 4, row_number() OVER (PARTITION BY t.name ORDER BY i.relname COLLATE "C"), '  index ' || pg_get_indexdef(i.oid)
    FROM thing t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
    UNION ALL
    SELECT t.name, 5, row_number() OVER (PARTITION BY t.name ORDER BY g.tgname COLLATE "C"),
        '  trigger ' || pg_get_triggerdef(g.oid) || CASE g.tgenabled WHEN 'O' THEN '' ELSE ' (' || g.tgenabled::text || ')' END
    FROM thing t JOIN pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal
    UNION ALL
    SELECT t.name, 6, 0, '  row level security' || CASE WHEN c.relforcerowsecurity THEN ' of the owner too' ELSE '' END
    FROM thing t JOIN pg_class c ON c.oid = t.oid WHERE c.relrowsecurity
    UNION ALL
    SELECT t.name, 6, row_number() OVER (PARTITION BY t.name ORDER BY p.polname COLLATE "C"),
        '  policy ' || p.polname || ' for ' || p.polcmd::text || CASE WHEN p.polpermissive THEN '' ELSE ' restrictive' END
        || coalesce(' using ' || regexp_replace(pg_get_expr(p.polqual, p.polrelid), '\s+', ' ', 'g'), '')
        || coalesce(' with check ' || regexp_replace(pg_get_expr(p.polwithcheck, p.polrelid), '\s+', ' ', 'g'), '')
    FROM thing t JOIN pg_policy p ON p.polrelid = t.oid
    UNION ALL
    SELECT '~1 ' || name, 1, 0, E'\nsequence ' || name FROM thing WHERE kind = 'S'
    UNION ALL
    SELECT '~2 ' || p.proname, 1, p.oid::bigint, E'\n' || rtrim(pg_get_functiondef(p.oid), E'\n')
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT '~3 ' || y.typname, 1, 0, E'\ntype ' || y.typname || ' of kind ' || y.typtype::text
        || coalesce(' (' || (SELECT string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = y.oid) || ')', '')
    FROM pg_type y WHERE y.typnamespace = 'public'::regnamespace AND y.typtype IN ('e', 'd', 'r')
    UNION ALL
    SELECT '~4 ' || extname, 1, 0, E'\nextension ' || extname FROM pg_extension WHERE extname <> 'plpgsql'
)
SELECT line || E'\n' FROM lines ORDER BY block COLLATE "C", part, position;
