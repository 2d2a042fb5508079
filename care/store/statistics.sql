-- Every figure of the statistics has its statement here, twice: from the counters, which the page reads, and
-- from the rows themselves, which proves it. Periods are half open: first <= day < last, local days of each
-- station. `paths` are the subtrees asked about.

-- name: people
-- People in our care now, by category and ability grade (-1: not assessed).
SELECT p.category, p.grade, sum(p.people)::bigint
FROM people_count p JOIN station s ON s.id = p.station_id
WHERE s.path <@ ANY (%(paths)s::ltree[])
GROUP BY 1, 2 HAVING sum(p.people) <> 0 ORDER BY 1, 2

-- name: people_from_rows
-- The same from the residents.
SELECT r.category, coalesce(r.ability_grade, -1), count(*)
FROM resident r JOIN station s ON s.id = r.station_id
WHERE s.path <@ ANY (%(paths)s::ltree[]) AND r.left_on IS NULL
GROUP BY 1, 2 ORDER BY 1, 2

-- name: living
-- The same people by how they live.
SELECT p.living, sum(p.people)::bigint
FROM people_count p JOIN station s ON s.id = p.station_id
WHERE s.path <@ ANY (%(paths)s::ltree[])
GROUP BY 1 HAVING sum(p.people) <> 0 ORDER BY 1

-- name: living_from_rows
-- The same from the residents.
SELECT r.living, count(*)
FROM resident r JOIN station s ON s.id = r.station_id
WHERE s.path <@ ANY (%(paths)s::ltree[]) AND r.left_on IS NULL
GROUP BY 1 ORDER BY 1

-- name: flows
-- What happened in the period: visits, orders, ratings, hours and money, each with number and amount.
SELECT c.what, sum(c.n)::bigint, sum(c.amount)::bigint
FROM care_count c JOIN station s ON s.id = c.station_id
WHERE s.path <@ ANY (%(paths)s::ltree[]) AND c.day >= %(first)s AND c.day < %(last)s
GROUP BY 1 HAVING sum(c.n) <> 0 OR sum(c.amount) <> 0 ORDER BY 1

-- name: flows_from_rows
-- The same from visits, orders and the ledger.
SELECT what, count(*), sum(amount)::bigint
FROM (SELECT v.station_id, v.at, 'visit/' || v.way || '/' || v.result AS what, v.minutes::bigint AS amount
      FROM visit_standing v
      UNION ALL
      SELECT o.station_id, o.wanted_at, 'order/' || v.kind || '/' || o.state, 0
      FROM service_order o JOIN service v ON v.id = o.service_id
      UNION ALL
      SELECT o.station_id, o.wanted_at, 'rating/' || v.kind, o.rating
      FROM service_order o JOIN service v ON v.id = o.service_id WHERE o.rating IS NOT NULL
      UNION ALL
      SELECT e.station_id, e.at, CASE b.unit WHEN 'minute' THEN 'hours/' ELSE 'money/' END || b.owner_kind, l.amount
      FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id JOIN ledger_book b ON b.id = l.book_id
     ) AS row
JOIN station s ON s.id = row.station_id
WHERE s.path <@ ANY (%(paths)s::ltree[])
  AND (row.at AT TIME ZONE s.time_zone)::date >= %(first)s AND (row.at AT TIME ZONE s.time_zone)::date < %(last)s
GROUP BY 1 ORDER BY 1

-- name: stale
-- Months that are to be counted again, the latest first.
DELETE FROM coverage_stale WHERE (station_id, month) IN (
    SELECT c.station_id, c.month FROM coverage_stale c JOIN station s ON s.id = c.station_id
    WHERE s.path <@ ANY (%(paths)s::ltree[])
    ORDER BY c.month DESC, c.station_id LIMIT %(limit)s FOR UPDATE OF c SKIP LOCKED)
RETURNING station_id, month

-- name: forget_month
-- Before a month is counted again.
DELETE FROM coverage_month c USING unnest(%(stations)s::integer[], %(months)s::date[]) AS u (station_id, month)
WHERE c.station_id = u.station_id AND c.month = u.month

-- name: count_month
-- Of the people in care all the month, how many somebody met in it: not a call, and not a closed door.
INSERT INTO coverage_month (station_id, month, category, people, met)
SELECT u.station_id, u.month, r.category, count(*),
       count(*) FILTER (WHERE EXISTS (
           SELECT FROM visit_standing v
           WHERE v.resident_id = r.id AND v.at >= u.start AND v.at < u.stop
             AND v.result <> 'not_met' AND v.way <> 'remote'))
FROM (SELECT t.station_id, t.month, t.month::timestamp AT TIME ZONE s.time_zone AS start,
             (t.month + interval '1 month')::timestamp AT TIME ZONE s.time_zone AS stop
      FROM unnest(%(stations)s::integer[], %(months)s::date[]) AS t (station_id, month)
      JOIN station s ON s.id = t.station_id) AS u
JOIN resident r ON r.station_id = u.station_id AND r.created_at < u.start
     AND (r.left_on IS NULL OR r.left_on >= (u.month + interval '1 month')::date)
GROUP BY 1, 2, 3

-- name: ask_for_month
-- Stations whose month has never been counted.
INSERT INTO coverage_stale (station_id, month)
SELECT s.id, %(month)s FROM station s
WHERE s.path <@ ANY (%(paths)s::ltree[])
  AND NOT EXISTS (SELECT FROM coverage_month c WHERE c.station_id = s.id AND c.month = %(month)s)
  AND EXISTS (SELECT FROM resident r WHERE r.station_id = s.id
              AND r.created_at < %(month)s::date::timestamp AT TIME ZONE s.time_zone)
ORDER BY 1
ON CONFLICT DO NOTHING

-- name: coverage
-- The month's coverage by category, and how many stations' figures are being counted again.
SELECT c.category, sum(c.people)::bigint, sum(c.met)::bigint
FROM coverage_month c JOIN station s ON s.id = c.station_id
WHERE s.path <@ ANY (%(paths)s::ltree[]) AND c.month = %(month)s
GROUP BY 1 ORDER BY 1

-- name: still_stale
-- How many stations' figures of the month are not up to date.
SELECT count(*) FROM coverage_stale c JOIN station s ON s.id = c.station_id
WHERE s.path <@ ANY (%(paths)s::ltree[]) AND c.month = %(month)s

-- name: coverage_by_station
-- The same for each station, the least covered first.
SELECT s.id, s.name, c.category, c.people, c.met
FROM coverage_month c JOIN station s ON s.id = c.station_id
WHERE s.path <@ ANY (%(paths)s::ltree[]) AND c.month = %(month)s
  AND (%(category)s::text IS NULL OR c.category = %(category)s)
ORDER BY c.met::float8 / c.people, s.id
LIMIT %(limit)s
