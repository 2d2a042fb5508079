-- The menu, orders and what they cost.

-- name: add_provider
-- Somebody who serves a station's people.
INSERT INTO provider (station_id, name, phone) VALUES (%(station)s, %(name)s, %(phone)s)
ON CONFLICT (station_id, name) DO UPDATE SET phone = excluded.phone RETURNING id

-- name: add_service
-- A line of the menu, from now on.
INSERT INTO service (station_id, provider_id, kind, name, name_en, price_fen, subsidy_fen, during)
VALUES (%(station)s, %(provider)s, %(kind)s, %(name)s, %(name_en)s, %(price_fen)s, %(subsidy_fen)s,
        tstzrange(%(now)s, NULL))
RETURNING id

-- name: end_service
-- Off the menu from now on; what was ordered stays.
UPDATE service SET during = tstzrange(lower(during), %(now)s)
WHERE id = %(service)s AND upper_inf(during) AND lower(during) < %(now)s

-- name: menu
-- What a resident may order now, with what it costs them by their grade (unassessed: no subsidy).
SELECT v.id, v.kind, v.name, v.name_en, p.name AS provider, v.price_fen,
       CASE WHEN r.ability_grade IS NULL THEN 0 ELSE v.subsidy_fen[r.ability_grade + 1] END AS subsidy_fen
FROM resident r
JOIN station own ON own.id = r.station_id
JOIN station above ON above.path @> own.path
JOIN service v ON v.station_id = above.id AND v.during @> %(now)s::timestamptz
JOIN provider p ON p.id = v.provider_id
WHERE r.id = %(resident)s AND r.left_on IS NULL
ORDER BY v.kind, v.name, v.id

-- name: request
-- An order at today's price and subsidy; no row when the service is not on this resident's menu now.
INSERT INTO service_order (version, resident_id, station_id, service_id, provider_id, via, wanted_at, price_fen,
                           subsidy_fen, state, state_since)
SELECT 1, r.id, r.station_id, v.id, v.provider_id, %(via)s, %(wanted_at)s, v.price_fen,
       CASE WHEN r.ability_grade IS NULL THEN 0 ELSE v.subsidy_fen[r.ability_grade + 1] END, 'requested', %(now)s
FROM resident r
JOIN station own ON own.id = r.station_id
JOIN service v ON v.id = %(service)s AND v.during @> %(now)s::timestamptz
JOIN station above ON above.id = v.station_id AND above.path @> own.path
WHERE r.id = %(resident)s AND r.left_on IS NULL
RETURNING id

-- name: held
-- One order, ours until the transaction ends.
SELECT state, version, (extract(epoch FROM state_since) * 1e6)::bigint AS since, rating, complaint,
       (extract(epoch FROM confirmed_at) * 1e6)::bigint AS confirmed_at,
       resident_id, provider_id, station_id, price_fen, subsidy_fen
FROM service_order WHERE id = %(order)s FOR UPDATE

-- name: add_event
-- A step; (order, n) has one writer.
INSERT INTO order_event (order_id, n, at, kind, account_id, data)
VALUES (%(order)s, %(n)s, %(at)s, %(kind)s, %(account)s, %(data)s)

-- name: update
-- The fold of the events.
UPDATE service_order SET version = %(version)s, state = %(state)s, state_since = %(since)s, rating = %(rating)s,
       complaint = %(complaint)s, confirmed_at = %(confirmed_at)s
WHERE id = %(order)s

-- name: ahead
-- What a resident has ordered for later and nobody has carried out.
SELECT id FROM service_order
WHERE resident_id = %(resident)s AND state IN ('requested', 'accepted') AND wanted_at > %(now)s ORDER BY id

-- name: events
-- The steps of an order.
SELECT kind, (extract(epoch FROM at) * 1e6)::bigint, account_id, data
FROM order_event WHERE order_id = %(order)s ORDER BY n

-- name: settlement
-- What each provider is owed for a period, from the ledger alone: bookings and what was taken back.
SELECT p.id, p.name, s.code AS station,
       count(*) FILTER (WHERE l.amount > 0) AS done, count(*) FILTER (WHERE l.amount < 0) AS taken_back,
       sum(l.amount)::bigint AS owed_fen,
       coalesce(-sum(sub.amount), 0)::bigint AS subsidy_fen,
       coalesce(-sum(own.amount), 0)::bigint AS residents_fen
FROM ledger_entry e
JOIN ledger_line l ON l.entry_id = e.id
JOIN ledger_book b ON b.id = l.book_id AND b.owner_kind = 'provider' AND b.unit = 'fen'
JOIN provider p ON p.id = b.owner_id
JOIN station s ON s.id = p.station_id
LEFT JOIN LATERAL (SELECT x.amount FROM ledger_line x JOIN ledger_book y ON y.id = x.book_id
                   WHERE x.entry_id = e.id AND y.owner_kind = 'subsidy') AS sub ON true
LEFT JOIN LATERAL (SELECT x.amount FROM ledger_line x JOIN ledger_book y ON y.id = x.book_id
                   WHERE x.entry_id = e.id AND y.owner_kind = 'resident') AS own ON true
WHERE e.at >= %(start)s AND e.at < %(end)s AND s.path <@ ANY (%(paths)s::ltree[])
GROUP BY p.id, p.name, s.code
ORDER BY s.code, p.name, p.id
