-- For how long what is kept.

-- name: classes
-- Every class, with its reason.
SELECT class, name, days, least, held, zh, en FROM retention ORDER BY class

-- name: set
-- Another number of days; fewer than the least are refused by the table.
UPDATE retention SET days = %(days)s WHERE class = %(class)s

-- name: retire
-- What is too old goes, a stretch at a time.
SELECT retire(%(class)s, %(now)s, %(most)s)
