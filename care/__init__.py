"""The station's daily work: stations, homes, residents, their families, and the devices in their homes."""
