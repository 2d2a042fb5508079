"""Who is on duty when: shifts, rotations, overrides, holidays, and the gaps between them."""
