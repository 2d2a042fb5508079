"""Which rule holds for which table, and what each role may do with it at all.

A new table needs a line here: without one only the owner of the database reaches it.
Letters of a privilege: r reads, a adds, w changes, d takes away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.access import roles
from core.access.rules import (
    OPEN,
    Rule,
    account,
    among,
    any_of,
    device,
    home,
    incident,
    incident_row,
    own,
    part_of,
    resident,
    staff,
)


@dataclass(frozen=True, slots=True)
class Table:
    """One table: the rule of its rows, and the letters of what signed-in callers and other roles may do.

    Attributes:
        caller: for PERSON and WHOLE; ACTING has the same where the alerts package is named in `others`.
        columns: for a role, the only columns it may read.
    """

    rule: Rule
    caller: str = "rawd"
    others: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _for(
    ingest: str = "", alerts: str = "", deliver: str = "", door: str = "", feed: str = ""
) -> dict[str, str]:
    # Delivery does what the engine does, too: it begins self-tests, raises faults, puts questions to wearers.
    deliver = "".join(sorted({*deliver, *alerts}))
    given = {roles.INGEST: ingest, roles.ALERTS: alerts, roles.DELIVER: deliver}
    return {
        role: letters for role, letters in (given | {roles.DOOR: door, roles.FEED: feed}).items() if letters
    }


def _by_station(column: str = "station_id") -> Rule:
    return Rule(staff(column))


def _by_resident(table: str, *, family: bool = False) -> Rule:
    return Rule(resident(f"{table}.resident_id", family=family))


def _by_home(table: str, *, family: bool = False) -> Rule:
    """Of a home; what is of one person in it is only for whom that person is visible to."""
    of_whom = f"{table}.resident_id"
    return Rule(
        home(f"{table}.home_id", family=family)
        + " AND "
        + any_of(f"{of_whom} IS NULL", resident(of_whom, family=family))
    )


def _of_incident(table: str, more: str = "") -> Rule:
    found = incident(f"{table}.incident_id")
    return Rule(f"({found} OR {more})" if more else found)


def _of_account(table: str, column: str = "account_id", more: str = "") -> Rule:
    found = account(f"{table}.{column}")
    return Rule(f"({found} OR {more})" if more else found)


def _own(table: str, more: str = "") -> Rule:
    """What somebody signs in with is nobody else's, whoever stands above them."""
    found = own(f"{table}.account_id")
    return Rule(f"({found} OR {more})" if more else found)


def _open(why: str, write: str = "") -> Rule:
    return Rule(OPEN, write, why)


_WHOLE = "false"  # changed only by who runs the whole tree: their role asks for no rule a row

_PLACES: dict[str, Table] = {
    "station": Table(
        _open("names, numbers and places of public offices"),
        others=_for("r", "r", "r", door="r", feed="r") | {roles.SEALER: "r"},
    ),
    "opening_hours": Table(
        _open("when public offices are open", _by_station().read), others=_for(alerts="r")
    ),
    "home": Table(
        Rule(
            any_of(
                staff("station_id"),
                f"id IN (SELECT l.home_id FROM residence l WHERE {among('l.resident_id', 'residents')})",
                "id = ANY ((SELECT homes_offered_to_caller())::int[])",
            )
        ),
        others=_for("r", "r", "r", door="r", feed="r"),
        columns={roles.DOOR: ("id", "code", "station_id")},
    ),
    "resident": Table(
        Rule(f"({staff('station_id')} OR {among('id', 'residents')})"),
        others=_for("r", "r", "r", door="r", feed="r"),
        columns={roles.DOOR: ("id", "name", "station_id")},
    ),
    "residence": Table(_by_resident("residence", family=True), others=_for("r", "r", feed="r")),
    "contact": Table(_by_resident("contact"), others=_for(alerts="r", deliver="r")),
    "consent": Table(_by_resident("consent", family=True), others=_for("r", "r", "r", door="r", feed="r")),
    "consent_text": Table(
        _open("what people are asked to agree to, in its words"),
        "ra",
        _for("r", "r", "r", door="r", feed="r"),
    ),
    "resident_identity": Table(_by_resident("resident_identity")),
    "resident_key": Table(_by_resident("resident_key")),
    "resident_change": Table(_by_resident("resident_change"), "ra"),
}

_DEVICES: dict[str, Table] = {
    "device": Table(
        _open(
            "kinds and models of things, by their number; whose they are says `installation`",
            device("device.id"),
        ),
        others=_for("r", "r", "r", door="rw", feed="r"),
    ),
    "device_state": Table(
        _open("battery and signal of a thing, by its number; whose it is says `installation`"),
        "r",
        _for("raw", "r", feed="r"),
    ),
    "device_clock": Table(_open("by how much the clock of a thing is off"), "", _for("raw")),
    "device_secret": Table(Rule(device("device_secret.device_id")), others=_for(door="rawd")),
    "device_claim": Table(Rule(device("device_claim.device_id")), others=_for(door="rawd")),
    "device_pause": Table(
        _open("until when a thing that flooded the broker stays shut out"), others=_for("rawd", door="r")
    ),
    "console_secret": Table(
        _open("hashes of secrets of stations' consoles"), "r", _for(alerts="r", deliver="r")
    ),
    "installation": Table(
        Rule(
            home("installation.home_id", family=True),
            # No device is taken out of a home of others by being put into one's own.
            f"{home('installation.home_id', family=False)} AND {device('installation.device_id')}",
        ),
        others=_for("r", "r", door="r", feed="r"),
    ),
}

_TELEMETRY: dict[str, Table] = {
    "reading": Table(_by_home("reading", family=True), "r", _for("ra", feed="r")),
    "motion": Table(_by_home("motion", family=True), "r", _for("ra")),
    "finding": Table(_by_home("finding", family=True), "r", _for("ra", "ra", "r", feed="r")),
    "home_state": Table(Rule(home("home_state.home_id", family=True)), "r", _for("raw", feed="r")),
    "routine_day": Table(Rule(home("routine_day.home_id", family=False)), "r", _for("raw")),
    "home_day": Table(Rule(home("home_day.home_id", family=False)), "r", _for("raw")),
    "detector_memory": Table(
        _open("numbers of a detector by keys of its own; no role of a caller reads it"), "", _for("raw")
    ),
    "worth_a_visit": Table(_by_resident("worth_a_visit"), "r", _for("rawd")),
    "quarantine": Table(
        Rule(f"EXISTS (SELECT FROM home h WHERE h.code = quarantine.home_code AND {staff('h.station_id')})"),
        "r",
        _for("rawd"),
    ),
    "metric": Table(_open("names and units of quantities"), "r", _for("r", "r")),
    "ingest_worker": Table(_open("counters of the workers"), "r", _for("rawd")),
    "geofence": Table(_by_resident("geofence"), others=_for("r")),
    "vital_setting": Table(_by_resident("vital_setting"), others=_for("r")),
    "monitoring_profile": Table(_by_resident("monitoring_profile"), others=_for("rw")),
    "setting_change": Table(_by_resident("setting_change"), "ra"),
}

_INCIDENTS: dict[str, Table] = {
    "incident": Table(Rule(incident_row("incident")), "raw", _for("r", "raw", "r", feed="r")),
    "incident_event": Table(_of_incident("incident_event"), "ra", _for(alerts="ra", deliver="r", feed="r")),
    "triage": Table(
        Rule(f"(triage.incident_id IS NULL OR {incident('triage.incident_id')})"),
        "ra",
        _for(alerts="raw"),  # what was explained by a larger fault is ruled on again
    ),
    "triage_cursor": Table(
        _open("one number: how far findings were ruled on"), "r", _for(alerts="rw", deliver="r")
    ),
    "publication": Table(_of_incident("publication"), "raw", _for(alerts="raw", deliver="rw")),
    "notification": Table(
        _of_incident("notification", f"(recipient_kind = 'account' AND {own('recipient_id')})"),
        "raw",
        _for(alerts="raw", deliver="rw", feed="rw"),
    ),
    "delivery_attempt": Table(
        Rule(part_of("notification", "id", "delivery_attempt.notification_id")),
        "r",
        _for(alerts="r", deliver="ra"),
    ),
    "offer": Table(
        _of_incident("offer", own("offer.account_id")), "raw", _for(alerts="raw", deliver="r", feed="r")
    ),
    "ask": Table(_of_incident("ask"), "raw", _for(alerts="raw")),
    "cancel_window": Table(_by_resident("cancel_window"), others=_for(alerts="rad")),
    "responder_state": Table(_of_account("responder_state"), "raw", _for(alerts="r")),
    "silence": Table(
        Rule(
            any_of(
                staff("station_id"),
                home("silence.home_id", family=False),
                f"device_id IS NOT NULL AND {device('silence.device_id')}",
            )
        ),
        "raw",
        _for(alerts="raw"),
    ),
    "drill": Table(_by_station(), "raw", _for(alerts="raw")),
}

_DUTY: dict[str, Table] = {
    "shift": Table(
        _open("who of the staff is on duty when; stations stand in for each other", staff("station_id")),
        "raw",
        _for(alerts="r", deliver="r"),
    ),
    "rotation": Table(_open("as `shift`", staff("station_id")), "raw", _for(alerts="r", deliver="r")),
    "duty_override": Table(_open("as `shift`", staff("station_id")), "raw", _for(alerts="r", deliver="r")),
    "holiday": Table(_open("public holidays", _WHOLE), others=_for(alerts="r")),
    "kind_policy": Table(
        _open("what kinds of incidents ask for", _WHOLE), "raw", _for(alerts="raw", deliver="r", feed="r")
    ),
    "escalation_policy": Table(
        _open("who is told in which order, by role", _WHOLE), "raw", _for(alerts="raw", deliver="r")
    ),
    "policy_history": Table(_open("earlier versions of the two above", _WHOLE), "ra", _for(alerts="ra")),
    "endpoint": Table(
        Rule(
            f"(CASE owner_kind WHEN 'account' THEN {account('endpoint.owner_id')}"
            f" WHEN 'station' THEN {staff('endpoint.owner_id')}"
            " ELSE EXISTS (SELECT FROM contact c WHERE c.id = endpoint.owner_id) END)"
        ),
        "raw",
        _for(deliver="rw"),
    ),
    "endpoint_state": Table(_open("how an address has been doing, by its number"), "r", _for(deliver="raw")),
    "service_use": Table(_open("when services outside were used"), "", _for(deliver="raw")),
    "heartbeat": Table(
        _open("signs of life of the parts"),
        "raw",
        _for("raw", "raw", "raw", door="raw", feed="raw") | {roles.SEALER: "raw"},
    ),
}

_CARE: dict[str, Table] = {
    "assessment": Table(_by_resident("assessment"), "ra", _for("r")),
    "major_change": Table(_by_resident("major_change"), "ra"),
    "visit": Table(Rule(resident("visit.resident_id", family=True)), "ra"),
    "visit_confirmation": Table(Rule(part_of("visit", "id", "visit_confirmation.visit_id")), "ra"),
    "visit_rule": Table(_open("how often whom to visit, by category", staff("station_id"))),
    "visit_season": Table(_open("hot, cold and festive weeks", staff("station_id"))),
    "adaptation": Table(_by_resident("adaptation")),
    "adaptation_event": Table(Rule(part_of("adaptation", "id", "adaptation_event.adaptation_id")), "ra"),
    "photo": Table(
        Rule(
            f"(CASE WHEN resident_id IS NOT NULL THEN {resident('photo.resident_id', family=False)}"
            f" WHEN home_id IS NOT NULL THEN {home('photo.home_id', family=False)}"
            f" ELSE {staff('photo.station_id')} END)"
        ),
        "rad",
    ),
    "conversation": Table(
        Rule(
            any_of(
                f"({own('conversation.account_id')} AND {resident('conversation.resident_id', family=True)})",
                resident("conversation.resident_id", family=False),
            )
        ),
        "raw",
    ),
    "message": Table(Rule(part_of("conversation", "id", "message.conversation_id")), "ra"),
    "relation": Table(_by_resident("relation", family=True), "raw"),
    "provider": Table(_open("who offers meals and cleaning", staff("station_id"))),
    "service": Table(_open("the menu", staff("station_id"))),
    "service_order": Table(_by_resident("service_order", family=True)),
    "service_press": Table(Rule(device("service_press.device_id"))),
    "order_event": Table(Rule(part_of("service_order", "id", "order_event.order_id")), "ra"),
    "ledger_book": Table(
        Rule(
            f"(CASE WHEN owner_kind = 'resident' THEN {resident('ledger_book.owner_id', family=True)}"
            f" WHEN owner_kind = 'volunteer' THEN {account('ledger_book.owner_id')} ELSE true END)"
        ),
        "raw",
    ),
    "ledger_entry": Table(
        _open(
            "what was booked when, by number; of whom say its lines",
            f"(station_id IS NULL OR {staff('station_id')} OR {own('account_id')})",
        ),
        "ra",
    ),
    "ledger_line": Table(Rule(part_of("ledger_book", "id", "ledger_line.book_id")), "ra"),
    "intake": Table(_of_account("intake")),
    "intake_problem": Table(Rule(part_of("intake", "id", "intake_problem.intake_id"))),
    "inspection": Table(_by_station()),
    "inspection_task": Table(Rule(part_of("inspection", "id", "inspection_task.inspection_id"))),
    "volunteer": Table(Rule(f"({staff('station_id')} OR {own('account_id')})")),
    "care_count": Table(_open("counts of a station's day"), "r"),
    "people_count": Table(_open("counts of a station's people"), "r"),
    "coverage_month": Table(_open("counts of a station's month"), "rawd"),
    "coverage_stale": Table(_open("which months are to be counted again"), "rawd"),
}

_ACCOUNTS: dict[str, Table] = {
    "account": Table(
        _open(
            "names of colleagues stand wherever they acted; who may change one says `write`",
            own("account.id"),
        ),
        "rw",
        _for(alerts="r", deliver="r", door="raw", feed="r"),
        # What passwords are kept as is for the door alone.
        columns=dict.fromkeys(
            (roles.ALERTS, roles.DELIVER, roles.FEED),
            ("id", "name", "language", "phone", "kind", "created_at", "disabled_at"),
        )
        | dict.fromkeys(
            (roles.PERSON, roles.WHOLE, roles.ACTING),
            (
                "id",
                "login",
                "name",
                "language",
                "phone",
                "kind",
                "created_at",
                "disabled_at",
                "second_factor_by",
            ),
        ),
    ),
    "role_grant": Table(
        Rule(
            any_of(
                "role_grant.resident_id IS NULL",
                own("role_grant.account_id"),
                resident("role_grant.resident_id", family=True),
            ),
        ),
        "r",
        others=_for(alerts="r", deliver="r", door="raw", feed="r"),
    ),
    "session": Table(_own("session"), others=_for(door="rawd")),
    "invitation": Table(
        Rule(
            any_of(
                own("invitation.created_by"),
                staff("invitation.station_id"),
                resident("invitation.resident_id", family=False),
            ),
            any_of(staff("invitation.station_id"), resident("invitation.resident_id", family=False)),
        ),
        others=_for(door="rawd"),
    ),
    "login_attempt": Table(_own("login_attempt", "account_id IS NULL"), others=_for(door="rawd")),
    "totp": Table(_own("totp"), others=_for(door="rawd")),
    "recovery_code": Table(_own("recovery_code"), others=_for(door="rawd")),
    "passkey": Table(_own("passkey"), others=_for(door="rawd")),
    "sign_in_step": Table(_own("sign_in_step"), others=_for(door="rawd")),
    "identity": Table(_own("identity"), others=_for(door="rawd")),
    "api_token": Table(
        Rule(any_of(own("api_token.account_id"), own("api_token.made_by"), staff("api_token.station_id"))),
        "r",
        others=_for(door="raw", feed="r"),
    ),
    "account_link": Table(_own("account_link"), "", _for(door="rawd")),
}

_OURS: dict[str, Table] = {
    "audit_entry": Table(
        Rule(
            any_of(
                own("audit_entry.account_id"),
                "EXISTS (SELECT FROM resident r WHERE r.id = ANY(audit_entry.residents)"
                f" AND {any_of(staff('r.station_id'), among('r.id', 'residents'))})",
                "(cardinality(within) > 0"
                " AND EXISTS (SELECT FROM resident r JOIN station s ON s.id = r.station_id"
                f" WHERE s.path <@ ANY(within) AND {any_of(staff('s.id'), among('r.id', 'residents'))}))",
                "EXISTS (SELECT FROM role_grant g"
                f" WHERE g.account_id = audit_entry.account_id AND {staff('g.station_id')})",
            ),
            own("audit_entry.account_id"),  # in one's own name only
        ),
        "ra",
        _for(feed="a") | {roles.SEALER: "r"},
    ),
    "emergency_access": Table(
        Rule(any_of(own("emergency_access.account_id"), staff("emergency_access.station_id"))),
        "raw",
        _for(door="r"),
    ),
    "audit_pending": Table(_open("numbers of entries that wait for their link"), "", {roles.SEALER: "rd"}),
    "audit_link": Table(_open("hashes"), "", {roles.SEALER: "ra"}),
    "audit_anchor": Table(_open("hashes"), "r", {roles.SEALER: "ra"}),
    "audit_retired": Table(_open("hashes"), "", {roles.SEALER: "r"}),
    "retention": Table(_open("for how long what is kept"), "r"),
    "erasure": Table(_by_station()),
    "clearing": Table(_open("held by an erasure while it works; no caller reads it"), ""),
    "personal_data": Table(
        _open("which tables hold what of a person, and what an erasure does with it"), "r"
    ),
    "migration": Table(_open("which migrations ran"), "r", _for(door="r")),
    "access_digest": Table(_open("which rules were made"), "r", _for(door="r")),
}

TABLES: Mapping[str, Table] = {
    **_PLACES,
    **_DEVICES,
    **_TELEMETRY,
    **_INCIDENTS,
    **_DUTY,
    **_CARE,
    **_ACCOUNTS,
    **_OURS,
}
