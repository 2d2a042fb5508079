-- Orders and menus as lists; `paths` and `residents` are the scope.

-- name: page
-- Orders of the scope, the latest first.
SELECT o.*, r.name AS resident_name, s.name AS station_name, s.path::text AS path, v.kind, v.name AS service_name,
       v.name_en AS service_name_en, p.name AS provider_name
FROM service_order o
JOIN resident r ON r.id = o.resident_id
JOIN station s ON s.id = o.station_id
JOIN service v ON v.id = o.service_id
JOIN provider p ON p.id = o.provider_id
WHERE (s.path <@ ANY (%(paths)s::ltree[]) OR o.resident_id = ANY (%(residents)s::int[]))
  AND (%(order)s::int IS NULL OR o.id = %(order)s::int)
  AND (%(resident)s::int IS NULL OR o.resident_id = %(resident)s::int)
  AND (%(station)s::int IS NULL OR s.path <@ (SELECT top.path FROM station top WHERE top.id = %(station)s::int))
  AND (%(state)s::text IS NULL OR o.state = %(state)s)
  AND (%(before)s::int IS NULL OR o.id < %(before)s::int)
ORDER BY o.id DESC LIMIT %(limit)s

-- name: events
-- The steps of an order.
SELECT e.at, e.kind, e.account_id, a.name AS account_name, e.data
FROM order_event e LEFT JOIN account a ON a.id = e.account_id
WHERE e.order_id = %(order)s ORDER BY e.n

-- name: by_request
-- What the same wish became before.
SELECT id FROM service_order WHERE request = %(request)s

-- name: lock
-- The same wish twice becomes one order.
SELECT pg_advisory_xact_lock(hashtext('nowalls.order'), %(resident)s)

-- name: describe
-- What was said with the wish.
UPDATE service_order SET note = %(note)s, request = %(request)s WHERE id = %(order)s

-- name: timed
-- How long it took whoever carried it out.
UPDATE service_order SET minutes = %(minutes)s WHERE id = %(order)s

-- name: version
-- The order is ours until the transaction ends.
SELECT version FROM service_order WHERE id = %(order)s FOR UPDATE

-- name: giver
-- Who carried an order out, when they are a volunteer, and how long it took.
SELECT e.account_id, o.minutes, o.station_id
FROM service_order o
JOIN order_event e ON e.order_id = o.id AND e.kind = 'carried_out'
JOIN volunteer v ON v.account_id = e.account_id AND v.during @> e.at
WHERE o.id = %(order)s AND o.minutes > 0
ORDER BY e.n DESC LIMIT 1

-- name: hours_stand
-- Whether hours of an order stand in the ledger.
SELECT 1 FROM ledger_entry WHERE source = 'hours:order:' || %(order)s::text
  AND NOT EXISTS (SELECT FROM ledger_entry e WHERE e.source = 'reverse:hours:order:' || %(order)s::text)

-- name: services
-- A station's own menu now.
SELECT v.id, v.kind, v.name, v.name_en, v.price_fen, v.subsidy_fen, lower(v.during) AS since, p.id AS provider_id,
       p.name AS provider_name
FROM service v JOIN provider p ON p.id = v.provider_id
WHERE v.station_id = %(station)s AND v.during @> %(now)s::timestamptz ORDER BY v.kind, v.name, v.id

-- name: service
-- A line of the menu of a station of the scope.
SELECT v.id FROM service v JOIN station s ON s.id = v.station_id
WHERE v.id = %(service)s AND s.path <@ ANY (%(paths)s::ltree[])

-- name: providers
-- Those of a station and of the stations above it.
SELECT p.id, p.name, p.phone FROM provider p
JOIN station above ON above.id = p.station_id
JOIN station own ON own.id = %(station)s AND above.path @> own.path
ORDER BY p.name, p.id

-- name: received
-- What the books of providers received in a period, line by line: the settlement must say the same.
SELECT coalesce(sum(l.amount), 0)::bigint
FROM ledger_line l
JOIN ledger_entry e ON e.id = l.entry_id
JOIN ledger_book b ON b.id = l.book_id AND b.owner_kind = 'provider' AND b.unit = 'fen'
JOIN provider p ON p.id = b.owner_id
JOIN station s ON s.id = p.station_id
WHERE e.at >= %(start)s AND e.at < %(end)s AND s.path <@ ANY (%(paths)s::ltree[])

-- name: pressed
-- Presses of a button that asks for a service, which nobody has looked at yet.
SELECT r.time, r.device_id, r.value::integer AS wish, coalesce(r.resident_id, l.resident_id) AS resident_id
FROM reading r
LEFT JOIN LATERAL (SELECT min(l.resident_id) AS resident_id FROM residence l
                   WHERE l.home_id = r.home_id AND l.during @> r.time HAVING count(*) = 1) l ON true
WHERE r.metric = 48 AND r.time > %(since)s AND r.time <= %(now)s
  AND NOT EXISTS (SELECT FROM service_press p WHERE p.device_id = r.device_id AND p.at = r.time)
ORDER BY r.time LIMIT 200

-- name: press
-- Ours to look at; nothing when somebody else does. One press, one order at most.
INSERT INTO service_press (device_id, at) VALUES (%(device)s, %(at)s) ON CONFLICT DO NOTHING

-- name: answered
-- What a press became.
UPDATE service_press SET order_id = %(order)s WHERE device_id = %(device)s AND at = %(at)s

-- name: open_wish
-- Whether the person waits for this already.
SELECT 1 FROM service_order o JOIN service v ON v.id = o.service_id
WHERE o.resident_id = %(resident)s AND v.kind = %(kind)s AND o.state IN ('requested', 'accepted') LIMIT 1
