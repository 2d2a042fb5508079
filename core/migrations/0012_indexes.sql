-- Indexes for what is asked all the time.

-- The live feed asks every few seconds which incidents moved; a long history must not be read for it.
CREATE INDEX incident_state_since ON incident (state_since);
-- Each revision of a finding is looked up by the finding that opened the incident.
CREATE INDEX incident_finding ON incident (finding_id);
