-- Who accounts are at an identity provider.

-- name: find_identity
-- By issuer and subject only: names and addresses change hands.
SELECT i.account_id, a.disabled_at FROM identity i JOIN account a ON a.id = i.account_id
WHERE i.issuer = %(issuer)s AND i.subject = %(subject)s

-- name: add_identity
-- One person there is one account here, and stays it.
INSERT INTO identity (issuer, subject, account_id, made_at)
VALUES (%(issuer)s, %(subject)s, %(account_id)s, %(now)s)
ON CONFLICT DO NOTHING
RETURNING account_id

-- name: forget_identity
-- Its owner comes in by password or passkey from now on.
DELETE FROM identity WHERE account_id = %(account_id)s RETURNING account_id
