"""The second wall: what the database itself lets each part of the program do, row by row.

`roles` are the database roles, `rules` the conditions of a row, `tables` says which holds where, and `apply`
makes PostgreSQL enforce it. docs/authorisation.md says the whole in words.
"""
