"""Money and hours in one double-entry ledger: whatever happens, all books together sum to zero."""
