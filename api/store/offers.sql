-- Who was asked to go. Written by the alerts package.

-- name: of_incident
-- Everybody who was asked, in order; whoever reads has looked at the scope.
SELECT o.id, o.account_id, a.name AS account_name, o.offered_at, o.expires_at, o.answer, o.answered_at, o.travel_s,
       o.distance_m
FROM offer o JOIN account a ON a.id = o.account_id
WHERE o.incident_id = %(incident)s
ORDER BY o.id

-- name: mine
-- What one was asked: what is open, and what was answered since. One may see of the incident what the scope says.
SELECT o.id, o.incident_id, o.offered_at, o.expires_at, o.answer, o.answered_at, o.travel_s, o.distance_m
FROM offer o
WHERE o.account_id = %(account)s AND (o.answer IS NULL OR o.offered_at >= %(since)s)
ORDER BY (o.answer IS NULL) DESC, o.id DESC
LIMIT 50

-- name: one
-- An offer is answered by who was asked, and by nobody else.
SELECT o.id, o.incident_id, o.offered_at, o.expires_at, o.answer, o.answered_at, o.travel_s, o.distance_m
FROM offer o WHERE o.id = %(id)s AND o.account_id = %(account)s
