-- As whom a connection is used.

-- name: lease
-- A role, and the scope that the rules of rows read. Who holds all roots of the tree needs no rule a row.
-- On TimescaleDB a bound caller's `reading` is a view of their rows (core.access.apply); elsewhere there is no schema
-- `scoped`, and the path is what it was.
SELECT set_config('role', CASE WHEN whole THEN %(whole)s ELSE %(role)s END, false),
       set_config('search_path', CASE WHEN %(role)s = %(person)s AND NOT whole THEN 'scoped, public' ELSE 'public' END,
                  false),
       set_config('nowalls.account', %(account)s, false),
       set_config('nowalls.residents', %(residents)s, false),
       set_config('nowalls.opened', %(opened)s, false),
       set_config('nowalls.stations', CASE WHEN NOT bounded OR whole THEN '{}' ELSE (
           SELECT coalesce(array_agg(s.id), '{}')::text FROM station s
           WHERE s.path <@ ANY(%(paths)s::ltree[])) END, false)
FROM (
    SELECT bounded, bounded AND EXISTS (SELECT FROM station s WHERE s.parent_id IS NULL) AND NOT EXISTS (
               SELECT FROM station s
               WHERE s.parent_id IS NULL AND NOT s.path <@ ANY(%(paths)s::ltree[])) AS whole
    FROM (SELECT %(role)s::text IN (%(person)s::text, %(acting)s::text)
                 AND cardinality(%(paths)s::ltree[]) > 0 AS bounded) AS asked
) AS scope
