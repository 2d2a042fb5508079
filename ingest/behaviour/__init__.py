"""How people live: what was set for them, what was said of alarms of silence, what their days are like."""
