"""From a finding to a person at the door: triage, incident life cycle, escalation, publication."""
