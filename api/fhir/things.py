"""Device and DeviceMetric. Rows in, resources out; no I/O."""

from api.fhir.observations import CALLED, CODES
from api.fhir.words import (
    DEVICE,
    DEVICE_KIND,
    LOINC,
    METRIC,
    TERMINOLOGY,
    UCUM,
    Resource,
    Row,
    coding,
    concept,
    identifier,
    instant,
    meta,
    reference,
    without_none,
)

_NAMELESS = "user-friendly-name"


def device(row: Row) -> Resource:
    """A thing that hangs in a home or is worn: a row of `devices`. Its patient is the wearer, or who lives
    alone in the home it hangs in."""
    version = [{"value": row["firmware"]}] if row["firmware"] else None
    place = row["room"] or row["site"]
    return without_none(
        {
            "resourceType": "Device",
            "id": str(row["id"]),
            "meta": meta(row["last_seen"]),
            "identifier": identifier(DEVICE, row["code"]),
            "status": "active",
            "statusReason": None if row["online"] is None else [_reason(row["online"])],
            "deviceName": [{"name": row["model"] or row["code"], "type": _NAMELESS}],
            "modelNumber": row["model"] or None,
            "type": concept(DEVICE_KIND, row["kind"]),
            "version": version,
            "patient": None if row["patient"] is None else reference("Patient", row["patient"]),
            "note": [{"text": place}] if place else None,
        }
    )


def _reason(online: bool) -> Resource:
    return concept(f"{TERMINOLOGY}/device-status-reason", "online" if online else "offline")


def metric(row: Row) -> Resource:
    """One quantity that a device measures: a row of `metrics`."""
    known = CODES.get(row["name"], ())
    codes = [coding(LOINC, code, CALLED.get(code, "")) for code in known] + [coding(METRIC, row["name"])]
    on = row["online"] is not False
    return {
        "resourceType": "DeviceMetric",
        "id": f"{row['device_id']}-{row['metric']}",
        "meta": {"lastUpdated": instant(row["time"])},
        "identifier": identifier(METRIC, f"{row['code']}/{row['name']}"),
        "type": {"coding": codes, "text": row["name"]},
        "unit": concept(UCUM, row["unit"]),
        "source": reference("Device", row["device_id"], row["code"]),
        "operationalStatus": "on" if on else "off",
        "category": "measurement",
    }
