-- name: address
-- Where a test message goes.
SELECT channel, address, language FROM endpoint WHERE id = %(id)s AND removed_at IS NULL
