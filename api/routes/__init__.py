"""The routes, one small file a noun."""
