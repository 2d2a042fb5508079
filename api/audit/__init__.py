"""Who looked at whom, who changed what, why and from where: noted, chained, and shown to whom it concerns."""
