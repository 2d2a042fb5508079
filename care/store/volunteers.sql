-- Volunteers and their saved time.

-- name: page
-- Volunteers of the scope now, with what they have saved.
SELECT v.account_id, a.name, v.station_id, s.name AS station_name, lower(v.during) AS since,
       coalesce((SELECT sum(l.amount) FROM ledger_line l JOIN ledger_book b ON b.id = l.book_id
                 WHERE b.owner_kind = 'volunteer' AND b.owner_id = v.account_id AND b.unit = 'minute'), 0)::bigint
           AS balance
FROM volunteer v JOIN account a ON a.id = v.account_id JOIN station s ON s.id = v.station_id
WHERE v.during @> %(now)s::timestamptz AND s.path <@ ANY (%(paths)s::ltree[])
ORDER BY a.name, v.account_id

-- name: one
-- Where an account is a volunteer now, within the scope.
SELECT v.station_id FROM volunteer v JOIN station s ON s.id = v.station_id
WHERE v.account_id = %(account)s AND v.during @> %(now)s::timestamptz AND s.path <@ ANY (%(paths)s::ltree[])

-- name: staff
-- Whether an account has a role in a station or above it: a volunteer is somebody who is known there.
SELECT 1 FROM role_grant g JOIN station own ON own.id = %(station)s
LEFT JOIN station above ON above.id = g.station_id
WHERE g.account_id = %(account)s AND g.revoked_at IS NULL AND g.role <> 'family'
  AND (g.station_id IS NULL OR above.path @> own.path) LIMIT 1

-- name: add
-- A volunteer from now on.
INSERT INTO volunteer (account_id, station_id, during) VALUES (%(account)s, %(station)s, tstzrange(%(now)s, NULL))

-- name: end
-- No longer; what was saved stays.
UPDATE volunteer SET during = tstzrange(lower(during), %(now)s)
WHERE account_id = %(account)s AND upper_inf(during) AND lower(during) < %(now)s

-- name: receiver
-- Whether saved time may go there: a volunteer, or a resident in our care.
SELECT 1 WHERE CASE %(kind)s
    WHEN 'volunteer' THEN EXISTS (SELECT FROM volunteer v
                                  WHERE v.account_id = %(id)s AND v.during @> %(now)s::timestamptz)
    ELSE EXISTS (SELECT FROM resident r JOIN station s ON s.id = r.station_id
                 WHERE r.id = %(id)s AND r.left_on IS NULL AND s.path <@ ANY (%(paths)s::ltree[])) END
