"""LOINC codes of what is measured, for the hand-over and for FHIR over HTTP."""

# metric -> LOINC codes, the first is the usual one; display names are ours, codes are LOINC's
CODES: dict[str, tuple[str, ...]] = {
    "heart_rate": ("8867-4",),
    "spo2": ("2708-6", "59408-5"),
    "body_temperature": ("8310-5",),
    "respiration": ("9279-1",),
    "systolic": ("8480-6",),
    "diastolic": ("8462-4",),
    "glucose": ("15074-8",),
    "weight": ("29463-7",),
}
