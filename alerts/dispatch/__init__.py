"""Sending somebody: the nearest able and free responder, asked one after the other."""
