-- The keys that people's identity is sealed with.

-- name: place
-- Of two who write at once one makes the key.
SELECT seal_key FROM resident WHERE id = %(resident)s FOR UPDATE

-- name: put_place
-- Where the person's key stands in the book.
UPDATE resident SET seal_key = %(place)s WHERE id = %(resident)s

-- name: names
-- Everybody's name as it is kept, and as it is read.
SELECT r.name, r.name::text FROM resident r WHERE r.name <> '' AND r.name <> 'erased-' || r.id

-- name: adopt
-- The keys before are lost: who was sealed with them gets a new one when they are written again.
UPDATE key_book SET mark = %(mark)s WHERE mark <> %(mark)s

-- name: forget_places
-- A place in the book that was lost is nobody's in this one.
UPDATE resident SET seal_key = 0 WHERE seal_key > 0

-- name: places
-- Where everybody's keys stand.
SELECT seal_key FROM resident WHERE seal_key > 0

-- name: forget_lost
-- They get a new one when they are written again.
UPDATE resident SET seal_key = 0 WHERE seal_key = ANY (%(places)s::bigint[])

-- name: keys_left
-- People who were forgotten, with the places of their keys.
SELECT seal_keys FROM erasure WHERE done_at IS NOT NULL
