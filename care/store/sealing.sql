-- The keys that people's identity is sealed with.

-- name: place
-- Of two who write at once one makes the key.
SELECT seal_key FROM resident WHERE id = %(resident)s FOR UPDATE

-- name: put_place
-- Where the person's key stands in the book.
UPDATE resident SET seal_key = %(place)s WHERE id = %(resident)s
