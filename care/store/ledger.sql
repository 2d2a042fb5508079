-- The ledger: books, entries, balances.

-- name: book
-- The key of a book, made on first use.
INSERT INTO ledger_book (owner_kind, owner_id, unit) VALUES (%(kind)s, %(owner)s, %(unit)s)
ON CONFLICT (owner_kind, owner_id, unit) DO UPDATE SET unit = excluded.unit
RETURNING id

-- name: enter
-- An entry; no row when its source has been booked already.
INSERT INTO ledger_entry (source, at, what, account_id, station_id)
VALUES (%(source)s, %(at)s, %(what)s, %(account)s, %(station)s)
ON CONFLICT (source) DO NOTHING
RETURNING id

-- name: line
-- One amount of an entry.
INSERT INTO ledger_line (entry_id, book_id, amount) VALUES (%(entry)s, %(book)s, %(amount)s)

-- name: balance
-- What a book holds.
SELECT coalesce(sum(l.amount), 0)::bigint
FROM ledger_line l JOIN ledger_book b ON b.id = l.book_id
WHERE b.owner_kind = %(kind)s AND b.owner_id = %(owner)s AND b.unit = %(unit)s

-- name: hold
-- The book is ours until the transaction ends, so that two cannot spend the same.
SELECT id FROM ledger_book
WHERE owner_kind = %(kind)s AND owner_id = %(owner)s AND unit = %(unit)s FOR UPDATE

-- name: statement
-- Every line of a book with the running balance, the oldest first.
SELECT e.at, e.what, e.source, l.amount, (sum(l.amount) OVER (ORDER BY e.id))::bigint AS balance
FROM ledger_line l
JOIN ledger_entry e ON e.id = l.entry_id
JOIN ledger_book b ON b.id = l.book_id
WHERE b.owner_kind = %(kind)s AND b.owner_id = %(owner)s AND b.unit = %(unit)s
ORDER BY e.id

-- name: total
-- All books of a unit together: always zero.
SELECT coalesce(sum(l.amount), 0)::bigint FROM ledger_line l JOIN ledger_book b ON b.id = l.book_id
WHERE b.unit = %(unit)s

-- name: lines_of
-- The lines of the entry with this source.
SELECT b.owner_kind, b.owner_id, b.unit, l.amount, e.what, e.station_id
FROM ledger_entry e JOIN ledger_line l ON l.entry_id = e.id JOIN ledger_book b ON b.id = l.book_id
WHERE e.source = %(source)s
