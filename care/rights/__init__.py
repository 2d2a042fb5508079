"""What people may ask of whoever keeps their data: a copy of everything, and to be forgotten."""
