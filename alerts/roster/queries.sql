-- Duty rosters.

-- name: zones
-- The time zones in which these stations' rosters are written.
SELECT id, time_zone FROM station WHERE id = ANY(%(stations)s)

-- name: shifts
-- Weekly shifts that may touch the time asked for.
SELECT s.id, s.station_id, s.role, s.account_id, s.days, s.from_time, s.until_time, s.first_day, s.last_day,
       s.holidays
FROM shift s WHERE s.station_id = ANY(%(stations)s) AND s.removed_at IS NULL ORDER BY s.id

-- name: rotations
-- People by turns.
SELECT id, station_id, role, members, first_day, turn_days, from_time, until_time, last_day
FROM rotation WHERE station_id = ANY(%(stations)s) AND removed_at IS NULL ORDER BY id

-- name: overrides
-- What is otherwise in the time asked for.
SELECT id, station_id, role, (extract(epoch FROM from_at) * 1e6)::bigint,
       (extract(epoch FROM until_at) * 1e6)::bigint, account_id, replaces, reason
FROM duty_override
WHERE station_id = ANY(%(stations)s) AND removed_at IS NULL AND from_at < %(end)s AND until_at > %(start)s
ORDER BY id

-- name: holidays
-- Days on which the week does not count, around the time asked for.
SELECT day, name, works_as FROM holiday
WHERE day BETWEEN %(start)s::date - 2 AND %(end)s::date + 2 ORDER BY day

-- name: gone
-- Who is planned in these stations and has lost every role there and above, or the account, and since when (Unix
-- microseconds). Who helps now and then never had a role: they are on a roster, or they are not.
WITH planned AS (
    SELECT station_id, account_id FROM shift WHERE station_id = ANY(%(stations)s) AND removed_at IS NULL
    UNION SELECT station_id, unnest(members) FROM rotation
          WHERE station_id = ANY(%(stations)s) AND removed_at IS NULL
    UNION SELECT station_id, account_id FROM duty_override
          WHERE station_id = ANY(%(stations)s) AND removed_at IS NULL AND account_id IS NOT NULL
            AND from_at < %(end)s AND until_at > %(start)s
)
SELECT p.station_id, p.account_id,
       (extract(epoch FROM least(a.disabled_at, CASE WHEN held.live THEN NULL ELSE held.lost_at END)) * 1e6)::bigint
FROM planned p
JOIN account a ON a.id = p.account_id
JOIN station own ON own.id = p.station_id
CROSS JOIN LATERAL (
    SELECT bool_or(g.revoked_at IS NULL) AS live, max(g.revoked_at) AS lost_at
    FROM role_grant g JOIN station above ON above.id = g.station_id AND above.path @> own.path
    WHERE g.account_id = p.account_id AND g.role <> 'family') held
WHERE a.disabled_at IS NOT NULL OR (NOT held.live AND held.lost_at IS NOT NULL)

-- name: people
-- Names and numbers of those on duty.
SELECT id, name FROM account WHERE id = ANY(%(accounts)s)

-- name: put_shift
-- A new shift, or a changed one of the same station.
INSERT INTO shift (station_id, role, account_id, days, holidays, from_time, until_time, first_day, last_day)
VALUES (%(station)s, %(role)s, %(account)s, %(days)s, %(holidays)s, %(from_time)s, %(until_time)s,
        %(first_day)s, %(last_day)s) RETURNING id

-- name: put_rotation
-- A new rotation.
INSERT INTO rotation (station_id, role, members, first_day, last_day, turn_days, from_time, until_time)
VALUES (%(station)s, %(role)s, %(members)s, %(first_day)s, %(last_day)s, %(turn_days)s, %(from_time)s,
        %(until_time)s) RETURNING id

-- name: put_override
-- Somebody stands in for somebody.
INSERT INTO duty_override (station_id, role, account_id, replaces, from_at, until_at, reason, created_by,
                           created_at)
VALUES (%(station)s, %(role)s, %(account)s, %(replaces)s, %(start)s, %(end)s, %(reason)s, %(by)s, %(now)s)
RETURNING id

-- name: remove_shift
-- No longer; who was on duty until now stays known.
UPDATE shift SET removed_at = %(now)s WHERE id = %(id)s AND station_id = %(station)s AND removed_at IS NULL

-- name: remove_rotation
-- No longer; who was on duty until now stays known.
UPDATE rotation SET removed_at = %(now)s WHERE id = %(id)s AND station_id = %(station)s AND removed_at IS NULL

-- name: remove_override
-- No longer.
UPDATE duty_override SET removed_at = %(now)s
WHERE id = %(id)s AND station_id = %(station)s AND removed_at IS NULL

-- name: put_holiday
-- A holiday, or a Sunday worked in exchange.
INSERT INTO holiday (day, name, works_as) VALUES (%(day)s, %(name)s, %(works_as)s)
ON CONFLICT (day) DO UPDATE SET name = excluded.name, works_as = excluded.works_as

-- name: remove_holiday
-- An ordinary day again.
DELETE FROM holiday WHERE day = %(day)s

-- name: with_roster
-- Stations that keep a roster.
SELECT DISTINCT station_id FROM (
    SELECT station_id FROM shift WHERE removed_at IS NULL
    UNION ALL SELECT station_id FROM rotation WHERE removed_at IS NULL) kept ORDER BY station_id
