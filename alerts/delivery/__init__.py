"""Delivery: from a row that asks for somebody to be told, to proof that they were."""
