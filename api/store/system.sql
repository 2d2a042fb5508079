-- The state of the parts.

-- name: migrations
SELECT name FROM migration

-- name: migration_table
SELECT to_regclass('migration') IS NOT NULL AS yes
