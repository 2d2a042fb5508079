"""HL7 FHIR R4: what is known, in the words hospitals and city platforms speak (docs/fhir.md)."""
