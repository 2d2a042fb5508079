"""Which rule holds for which table, and what each role may do with it at all.

A new table needs a line here: without one only the owner of the database reaches it.
Letters of a privilege: r reads, a adds, w changes, d takes away.
"""

from collections.abc import Mapping

from core.access import roles
from core.access.rules import (
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
from core.access.table import (
    Table,
    by_home,
    by_resident,
    by_station,
    given,
    of_account,
    of_incident,
    only_own,
    open_to_all,
)

_WHOLE = "false"  # changed only by who runs the whole tree: their role asks for no rule a row

_PLACES: dict[str, Table] = {
    "station": Table(
        open_to_all("names, numbers and places of public offices"),
        others=given("r", "r", "r", door="r", feed="r") | {roles.SEALER: "r"},
    ),
    "opening_hours": Table(
        open_to_all("when public offices are open", by_station().read), others=given(alerts="r")
    ),
    "home": Table(
        Rule(
            any_of(
                staff("station_id"),
                f"id IN (SELECT l.home_id FROM residence l WHERE {among('l.resident_id', 'residents')})",
                "id = ANY ((SELECT homes_offered_to_caller())::int[])",
            )
        ),
        others=given("r", "r", "r", door="r", feed="r"),
        columns={roles.DOOR: ("id", "code", "station_id")},
    ),
    "resident": Table(
        Rule(f"({staff('station_id')} OR {among('id', 'residents')})"),
        others=given("r", "r", "r", door="r", feed="r"),
        columns={roles.DOOR: ("id", "name", "station_id")},
    ),
    "residence": Table(by_resident("residence", family=True), others=given("r", "r", feed="r")),
    "contact": Table(by_resident("contact"), others=given(alerts="r", deliver="r")),
    "consent": Table(by_resident("consent", family=True), others=given("r", "r", "r", door="r", feed="r")),
    "consent_text": Table(
        open_to_all("what people are asked to agree to, in its words"),
        "ra",
        given("r", "r", "r", door="r", feed="r"),
    ),
    "resident_identity": Table(by_resident("resident_identity")),
    "resident_key": Table(by_resident("resident_key")),
    "key_book": Table(open_to_all("by which the database knows its book of keys", _WHOLE), "r"),
    "resident_change": Table(by_resident("resident_change"), "ra"),
}

_DEVICES: dict[str, Table] = {
    "device": Table(
        open_to_all(
            "kinds and models of things, by their number; whose they are says `installation`",
            device("device.id"),
        ),
        others=given("r", "r", "r", door="rw", feed="r"),
    ),
    "device_state": Table(
        open_to_all("battery and signal of a thing, by its number; whose it is says `installation`"),
        "r",
        given("raw", "r", feed="r"),
    ),
    "device_clock": Table(open_to_all("by how much the clock of a thing is off"), "", given("raw")),
    "device_secret": Table(Rule(device("device_secret.device_id")), others=given(door="rawd")),
    "device_claim": Table(Rule(device("device_claim.device_id")), others=given(door="rawd")),
    "device_pause": Table(
        open_to_all("until when a thing that flooded the broker stays shut out"),
        others=given("rawd", door="r"),
    ),
    "console_secret": Table(
        open_to_all("hashes of secrets of stations' consoles"), "r", given(alerts="r", deliver="r")
    ),
    "foreign_source": Table(Rule(device("foreign_source.device_id")), others=given("r", door="r")),
    "foreign_name": Table(
        Rule(
            f"source_id > 0 AND {device('foreign_name.source_id')}",
            # Nothing is said in the name of a device of others.
            f"source_id > 0 AND {device('foreign_name.source_id')}"
            f" AND (device_id IS NULL OR {device('foreign_name.device_id')})",
        ),
        others=given("r"),
    ),
    "found_device": Table(Rule(f"source_id > 0 AND {device('found_device.source_id')}"), "rd", given("rawd")),
    "foreign_announcement": Table(
        open_to_all("how things of other systems describe themselves; no role of a caller reads it"),
        "",
        given("rawd"),
    ),
    "scaip_call": Table(
        open_to_all("references of alarm calls; no role of a caller reads it"), "", given("rawd")
    ),
    "installation": Table(
        Rule(
            home("installation.home_id", family=True),
            # No device is taken out of a home of others by being put into one's own.
            f"{home('installation.home_id', family=False)} AND {device('installation.device_id')}",
        ),
        others=given("r", "r", door="r", feed="r"),
    ),
}

_TELEMETRY: dict[str, Table] = {
    "reading": Table(by_home("reading", family=True), "r", given("ra", feed="r")),
    "motion": Table(by_home("motion", family=True), "r", given("ra")),
    "reading_hour": Table(by_home("reading_hour", family=True), "r"),
    "storage_job": Table(
        open_to_all("how the jobs of the database stand", _WHOLE), "r", given("r", "r", "r")
    ),
    "finding": Table(by_home("finding", family=True), "r", given("ra", "ra", "r", feed="r")),
    "home_state": Table(Rule(home("home_state.home_id", family=True)), "r", given("raw", feed="r")),
    "routine_day": Table(Rule(home("routine_day.home_id", family=False)), "r", given("raw")),
    "home_day": Table(Rule(home("home_day.home_id", family=False)), "r", given("raw")),
    "detector_memory": Table(
        open_to_all("numbers of a detector by keys of its own; no role of a caller reads it"),
        "",
        given("raw"),
    ),
    "worth_a_visit": Table(by_resident("worth_a_visit"), "r", given("rawd")),
    "quarantine": Table(
        Rule(f"EXISTS (SELECT FROM home h WHERE h.code = quarantine.home_code AND {staff('h.station_id')})"),
        "r",
        given("rawd"),
    ),
    "told_observation": Table(by_resident("told_observation", family=True), "ra"),
    "metric": Table(open_to_all("names and units of quantities"), "r", given("r", "r")),
    "ingest_worker": Table(open_to_all("counters of the workers"), "r", given("rawd")),
    "ingest_member": Table(open_to_all("which workers live"), "r", given("rawd")),
    "ingest_partition": Table(open_to_all("which worker has which part"), "r", given("rawd")),
    "geofence": Table(by_resident("geofence"), others=given("r")),
    "vital_setting": Table(by_resident("vital_setting"), others=given("r")),
    "monitoring_profile": Table(by_resident("monitoring_profile"), others=given("rw")),
    "setting_change": Table(by_resident("setting_change"), "ra"),
}

_INCIDENTS: dict[str, Table] = {
    "incident": Table(Rule(incident_row("incident")), "raw", given("r", "raw", "r", feed="r")),
    "incident_event": Table(of_incident("incident_event"), "ra", given(alerts="ra", deliver="r", feed="r")),
    "triage": Table(
        Rule(f"(triage.incident_id IS NULL OR {incident('triage.incident_id')})"),
        "ra",
        given(alerts="raw"),  # what was explained by a larger fault is ruled on again
    ),
    "triage_cursor": Table(
        open_to_all("one number: how far findings were ruled on"), "r", given(alerts="rw", deliver="r")
    ),
    "publication": Table(of_incident("publication"), "raw", given(alerts="raw", deliver="rw")),
    "notification": Table(
        of_incident("notification", f"(recipient_kind = 'account' AND {own('recipient_id')})"),
        "raw",
        given(alerts="raw", deliver="rw", feed="rw"),
    ),
    "delivery_attempt": Table(
        Rule(part_of("notification", "id", "delivery_attempt.notification_id")),
        "r",
        given(alerts="r", deliver="ra"),
    ),
    "offer": Table(
        of_incident("offer", own("offer.account_id")), "raw", given(alerts="raw", deliver="r", feed="r")
    ),
    "ask": Table(of_incident("ask"), "raw", given(alerts="raw")),
    "cancel_window": Table(by_resident("cancel_window"), others=given(alerts="rad")),
    "responder_state": Table(of_account("responder_state"), "raw", given(alerts="r")),
    "silence": Table(
        Rule(
            any_of(
                staff("station_id"),
                home("silence.home_id", family=False),
                f"device_id IS NOT NULL AND {device('silence.device_id')}",
            )
        ),
        "raw",
        given(alerts="raw"),
    ),
    "drill": Table(by_station(), "raw", given(alerts="raw")),
}

_DUTY: dict[str, Table] = {
    "shift": Table(
        open_to_all(
            "who of the staff is on duty when; stations stand in for each other", staff("station_id")
        ),
        "raw",
        given(alerts="r", deliver="r"),
    ),
    "rotation": Table(open_to_all("as `shift`", staff("station_id")), "raw", given(alerts="r", deliver="r")),
    "duty_override": Table(
        open_to_all("as `shift`", staff("station_id")), "raw", given(alerts="r", deliver="r")
    ),
    "holiday": Table(open_to_all("public holidays", _WHOLE), others=given(alerts="r")),
    "kind_policy": Table(
        open_to_all("what kinds of incidents ask for", _WHOLE),
        "raw",
        given(alerts="raw", deliver="r", feed="r"),
    ),
    "escalation_policy": Table(
        open_to_all("who is told in which order, by role", _WHOLE), "raw", given(alerts="raw", deliver="r")
    ),
    "policy_history": Table(
        open_to_all("earlier versions of the two above", _WHOLE), "ra", given(alerts="ra")
    ),
    "endpoint": Table(
        Rule(
            f"(CASE owner_kind WHEN 'account' THEN {account('endpoint.owner_id')}"
            f" WHEN 'station' THEN {staff('endpoint.owner_id')}"
            " ELSE EXISTS (SELECT FROM contact c WHERE c.id = endpoint.owner_id) END)"
        ),
        "raw",
        given(deliver="rw"),
    ),
    "endpoint_state": Table(
        open_to_all("how an address has been doing, by its number"), "r", given(deliver="raw")
    ),
    "service_use": Table(open_to_all("when services outside were used"), "", given(deliver="raw")),
    "heartbeat": Table(
        open_to_all("signs of life of the parts"),
        "raw",
        given("raw", "raw", "raw", door="raw", feed="raw") | {roles.SEALER: "raw"},
    ),
}

_CARE: dict[str, Table] = {
    "assessment": Table(by_resident("assessment"), "ra", given("r")),
    "major_change": Table(by_resident("major_change"), "ra"),
    "visit": Table(Rule(resident("visit.resident_id", family=True)), "ra"),
    "visit_confirmation": Table(Rule(part_of("visit", "id", "visit_confirmation.visit_id")), "ra"),
    "visit_rule": Table(open_to_all("how often whom to visit, by category", staff("station_id"))),
    "visit_season": Table(open_to_all("hot, cold and festive weeks", staff("station_id"))),
    "adaptation": Table(by_resident("adaptation")),
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
    "relation": Table(by_resident("relation", family=True), "raw"),
    "provider": Table(open_to_all("who offers meals and cleaning", staff("station_id"))),
    "service": Table(open_to_all("the menu", staff("station_id"))),
    "service_order": Table(by_resident("service_order", family=True)),
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
        open_to_all(
            "what was booked when, by number; of whom say its lines",
            f"(station_id IS NULL OR {staff('station_id')} OR {own('account_id')})",
        ),
        "ra",
    ),
    "ledger_line": Table(Rule(part_of("ledger_book", "id", "ledger_line.book_id")), "ra"),
    "intake": Table(of_account("intake")),
    "intake_problem": Table(Rule(part_of("intake", "id", "intake_problem.intake_id"))),
    "inspection": Table(by_station()),
    "inspection_task": Table(Rule(part_of("inspection", "id", "inspection_task.inspection_id"))),
    "volunteer": Table(Rule(f"({staff('station_id')} OR {own('account_id')})")),
    "care_count": Table(open_to_all("counts of a station's day"), "r"),
    "people_count": Table(open_to_all("counts of a station's people"), "r"),
    "coverage_month": Table(open_to_all("counts of a station's month"), "rawd"),
    "coverage_stale": Table(open_to_all("which months are to be counted again"), "rawd"),
}

_ACCOUNTS: dict[str, Table] = {
    "account": Table(
        open_to_all(
            "names of colleagues stand wherever they acted; who may change one says `write`",
            own("account.id"),
        ),
        "rw",
        given(alerts="r", deliver="r", door="raw", feed="r"),
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
        others=given(alerts="r", deliver="r", door="raw", feed="r"),
    ),
    "session": Table(only_own("session"), others=given(door="rawd")),
    "invitation": Table(
        Rule(
            any_of(
                own("invitation.created_by"),
                staff("invitation.station_id"),
                resident("invitation.resident_id", family=False),
            ),
            any_of(staff("invitation.station_id"), resident("invitation.resident_id", family=False)),
        ),
        others=given(door="rawd"),
    ),
    "login_attempt": Table(only_own("login_attempt", "account_id IS NULL"), others=given(door="rawd")),
    "totp": Table(only_own("totp"), others=given(door="rawd")),
    "recovery_code": Table(only_own("recovery_code"), others=given(door="rawd")),
    "passkey": Table(only_own("passkey"), others=given(door="rawd")),
    "sign_in_step": Table(only_own("sign_in_step"), others=given(door="rawd")),
    "identity": Table(only_own("identity"), others=given(door="rawd")),
    "api_token": Table(
        Rule(any_of(own("api_token.account_id"), own("api_token.made_by"), staff("api_token.station_id"))),
        "r",
        others=given(door="raw", feed="r"),
    ),
    "account_link": Table(only_own("account_link"), "", given(door="rawd")),
    "family_home": Table(only_own("family_home"), "raw", given(deliver="rw")),
    "fhir_subscription": Table(only_own("fhir_subscription"), "raw", given(deliver="rw")),
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
        given(feed="a") | {roles.SEALER: "r"},
    ),
    "emergency_access": Table(
        Rule(any_of(own("emergency_access.account_id"), staff("emergency_access.station_id"))),
        "raw",
        given(door="r"),
    ),
    "audit_pending": Table(
        open_to_all("numbers of entries that wait for their link"), "", {roles.SEALER: "rd"}
    ),
    "audit_link": Table(open_to_all("hashes"), "", {roles.SEALER: "ra"}),
    "audit_anchor": Table(open_to_all("hashes"), "r", {roles.SEALER: "ra"}),
    "audit_retired": Table(open_to_all("hashes"), "", {roles.SEALER: "r"}),
    "retention": Table(open_to_all("for how long what is kept"), "r"),
    "erasure": Table(by_station()),
    "clearing": Table(open_to_all("held by an erasure while it works; no caller reads it"), ""),
    "personal_data": Table(
        open_to_all("which tables hold what of a person, and what an erasure does with it"), "r"
    ),
    "migration": Table(open_to_all("which migrations ran"), "r", given(door="r")),
    "access_digest": Table(open_to_all("which rules releases before this made"), "r", given(door="r")),
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
