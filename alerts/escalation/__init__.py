"""Who is told next when nobody answers: policies as data, resolved to people and stations."""
