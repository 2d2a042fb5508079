-- name: mark
-- A receipt only ever goes forward; one for somebody else's notification finds no row. The answer says whether
-- it was news.
WITH mine AS (
    SELECT n.id, n.state FROM notification n
    WHERE n.id = %(id)s
      AND (n.recipient_kind = 'station'
           OR (n.recipient_kind = 'account' AND n.recipient_id = %(account)s)
           OR (n.recipient_kind = 'contact' AND EXISTS (
               SELECT FROM contact c JOIN role_grant g ON g.resident_id = c.resident_id
               WHERE c.id = n.recipient_id AND g.account_id = %(account)s AND g.revoked_at IS NULL)))
    FOR UPDATE
), marked AS (
    UPDATE notification n
    SET state = %(word)s,
        delivered_at = coalesce(n.delivered_at, %(now)s),
        seen_at = CASE WHEN %(word)s = 'seen' THEN %(now)s ELSE n.seen_at END,
        due_at = CASE WHEN %(word)s = 'seen' AND n.worker IS NULL THEN NULL ELSE n.due_at END
    FROM mine
    WHERE n.id = mine.id
      AND (mine.state IN ('queued', 'sent', 'failed', 'superseded')
           OR (mine.state = 'delivered' AND %(word)s = 'seen'))
    RETURNING n.id
)
SELECT EXISTS (SELECT FROM marked) FROM mine

-- name: ring
-- Boards show who has seen what.
SELECT pg_notify('incident', '')

-- name: shown_at_station
-- A console or a board of the station shows the incident.
UPDATE notification n SET state = 'delivered', delivered_at = %(now)s
FROM station s
WHERE n.incident_id = %(incident)s AND n.recipient_kind = 'station' AND s.id = n.recipient_id
  AND s.code = %(target)s AND n.state IN ('queued', 'sent', 'failed')

-- name: shown_on_board
-- An open board was pushed the incident.
UPDATE notification n SET state = 'delivered', delivered_at = %(now)s
WHERE n.incident_id = %(incident)s AND n.state IN ('queued', 'sent', 'failed')
  AND ((n.recipient_kind = 'account' AND n.recipient_id = %(account)s)
       OR (n.recipient_kind = 'station' AND n.recipient_id = ANY(%(stations)s)))

-- name: of_incident
-- Who was told, how, and what came of it.
SELECT n.id, n.recipient_kind, n.recipient_id, coalesce(a.name::varchar, c.name, s.name::varchar, '') AS name, n.purpose,
       n.priority, n.state, n.channel, n.tries, coalesce(l.error, '') AS error, n.queued_at, n.sent_at,
       n.delivered_at, n.seen_at
FROM notification n
LEFT JOIN account a ON n.recipient_kind = 'account' AND a.id = n.recipient_id
LEFT JOIN contact c ON n.recipient_kind = 'contact' AND c.id = n.recipient_id
LEFT JOIN station s ON n.recipient_kind = 'station' AND s.id = n.recipient_id
LEFT JOIN LATERAL (
    SELECT t.channel || ': ' || t.outcome || CASE WHEN t.detail = '' THEN '' ELSE ' (' || t.detail || ')' END
           AS error
    FROM delivery_attempt t WHERE t.notification_id = n.id AND t.outcome <> 'sent'
    ORDER BY t.try DESC LIMIT 1) l ON true
WHERE n.incident_id = %(incident)s
ORDER BY n.id

-- name: of_account
-- What one person was told lately.
SELECT n.id, n.recipient_kind, n.recipient_id, a.name, n.purpose, n.priority, n.state, n.channel, n.tries,
       '' AS error, n.queued_at, n.sent_at, n.delivered_at, n.seen_at, n.incident_id
FROM notification n JOIN account a ON a.id = n.recipient_id
WHERE n.recipient_kind = 'account' AND n.recipient_id = %(account)s
ORDER BY n.id DESC LIMIT %(limit)s
