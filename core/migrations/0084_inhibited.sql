-- What a larger fault explained is ruled on again when that is over: a few rows among all that were ruled on.
CREATE INDEX triage_inhibited ON triage (incident_id) WHERE verdict = 'inhibited';
