"""One page for ambulance, doctor or hospital: who, what happened, the last day, whom to call."""
