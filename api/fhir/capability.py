"""What this server can do, as FHIR says it. No I/O."""

from collections.abc import Mapping
from datetime import datetime

from api.fhir.including import FORWARD, OF_A_PATIENT
from api.fhir.search import DATES, ONE_PATIENT, PARAMETERS, UNDATED
from api.fhir.words import MEDIA_TYPE, Resource, instant
from api.policy import Action

# What a caller, or a token, must be allowed to do for each resource: these are the scopes.
ACTIONS: Mapping[str, Action] = {
    "Patient": Action.SEE_RESIDENTS,
    "Device": Action.SEE_DEVICES,
    "DeviceMetric": Action.SEE_DEVICES,
    "Observation": Action.SEE_RESIDENTS,
    "Flag": Action.SEE_INCIDENTS,
    "DetectedIssue": Action.SEE_INCIDENTS,
    "Communication": Action.SEE_CONTACTS,
    "Task": Action.SEE_CARE,
    "Consent": Action.SEE_CARE,
}
SUBSCRIBED = ("DetectedIssue", "Flag", "Communication", "Task", "Observation")
_KIND = {
    **dict.fromkeys(("patient", "subject", "source", "device"), "reference"),
    **dict.fromkeys(("birthdate", "_lastUpdated"), "date"),
    "name": "string",
}


def statement(base: str, version: str, now: datetime) -> Resource:
    """The CapabilityStatement of the server at `base`."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": instant(now),
        "kind": "instance",
        "software": {"name": "nowalls", "version": version},
        "implementation": {"description": "A nursing home without walls", "url": base},
        "fhirVersion": "4.0.1",
        "format": [MEDIA_TYPE, "json"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "cors": False,
                    "description": "Authorization: Bearer with a token (POST /api/v1/tokens)."
                    " What a token may ask for is named at each resource. Every look is kept.",
                },
                "resource": [*(_resource(name) for name in sorted(PARAMETERS)), _subscription()],
            }
        ],
    }


def _resource(name: str) -> Resource:
    interactions = ["read", "search-type"]
    body: Resource = {
        "type": name,
        "documentation": f"Asks for {ACTIONS[name].value}."
        + (" Of one patient at a time." if name in ONE_PATIENT else "")
        + " Without the person's consent to handover nothing is told, unless an incident of theirs is open.",
        "versioning": "no-version",
        "conditionalRead": "not-match",
        "searchParam": [_parameter(one, name) for one in _parameters(name)],
    }
    if FORWARD[name]:
        body["searchInclude"] = [f"{name}:{parameter}" for parameter in sorted(FORWARD[name])]
    if name == "Observation":
        interactions.append("create")
        body["conditionalCreate"] = True
        definition = "http://hl7.org/fhir/OperationDefinition/Observation-lastn"
        body["operation"] = [{"name": "lastn", "definition": definition}]
    if name == "Patient":
        definition = "http://hl7.org/fhir/OperationDefinition/Patient-everything"
        body["searchRevInclude"] = [f"{one}:patient" for one in OF_A_PATIENT]
        body["operation"] = [{"name": "everything", "definition": definition}]
    body["interaction"] = [{"code": code} for code in interactions]
    return body


def _parameters(name: str) -> list[str]:
    dated = set() if name in UNDATED else {"_lastUpdated"}
    return sorted(PARAMETERS[name] | {"_id", "patient"} | dated)


def _parameter(parameter: str, resource: str) -> Resource:
    dated = parameter == DATES.get(resource)
    return {"name": parameter, "type": "date" if dated else _KIND.get(parameter, "token")}


def _subscription() -> Resource:
    return {
        "type": "Subscription",
        "documentation": "rest-hook without payload, over https: a doorbell, what is new is asked for. Of:"
        f" {', '.join(SUBSCRIBED)}. It belongs to the token that made it.",
        "interaction": [{"code": code} for code in ("create", "read", "search-type", "delete")],
    }
