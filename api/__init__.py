"""REST, WebSocket and pages: who may see what, and how they hear of it at once."""
