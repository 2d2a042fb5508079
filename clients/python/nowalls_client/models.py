"""Generated from docs/openapi.json by `python -m api.description`; do not edit."""

# fmt: off
# ruff: noqa

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

Action: TypeAlias = Literal['see_incidents', 'act_on_incidents', 'see_contacts', 'see_residents', 'see_devices', 'set_devices', 'see_quarantine', 'see_system', 'see_care', 'set_care', 'raise_incidents', 'be_sent', 'send_somebody', 'see_duty', 'see_rules', 'silence', 'run_station', 'use_bench', 'take_photos', 'see_photos', 'write_to_station', 'link_home', 'answer_family', 'reveal', 'take_in', 'assess', 'record_visits', 'see_services', 'run_services', 'settle', 'export', 'inspect', 'invite_family', 'invite_anyone', 'add_observations', 'see_looks', 'see_audit', 'break_glass', 'review_access', 'erase', 'manage_accounts']

class AboutIncident(TypedDict):
    """As much of an incident as a message carries."""

    id: str
    number: int
    kind: str
    priority: Literal['high', 'medium', 'low']
    state: str
    drill: bool
    title: "Text"
    address: str


class Accepted(TypedDict):
    """The broker has it: it is read within a second, or waits in quarantine with the reason."""

    topic: str


class Access(TypedDict):
    """Who may see the resident, and by what consent."""

    family: list["Kin"]
    staff: list["StaffRole"]
    station: "StationRef"
    station_phone: str
    consents: list["Consented"]


class AccountFull(TypedDict):
    """Somebody with a role in the caller's part of the tree. `elsewhere`: they have a role outside of it too; then only who is above both may disable or reset them."""

    id: int
    login: str
    name: str
    phone: str
    grants: list["HeldGrant"]
    elsewhere: bool
    second_factor: bool
    second_factor_by: str | None
    created_at: str
    seen_at: str | None
    disabled_at: str | None


class AccountOut(TypedDict):
    """The person signed in."""

    id: int
    login: str
    name: str
    language: Literal['zh', 'en']


class Accounts(TypedDict):
    """A page of them."""

    items: list["AccountFull"]
    next: str | None


class Act(TypedDict):
    """What the caller does about it. `undo` takes back one's own last step within 30 s. With `version` it is done only if nothing happened since."""

    action: Literal['acknowledge', 'respond', 'arrive', 'resolve', 'cancel', 'hand_over', 'undo', 'reopen', 'follow_up', 'note']
    outcome: NotRequired["Literal['help_given', 'ambulance', 'hospital', 'no_help_needed', 'no_answer', 'false_alarm', 'device_fault', 'drill'] | None"]
    reason: NotRequired["Literal['nothing_happened', 'by_mistake', 'a_test', 'a_visitor_or_pet', 'device_fault', 'other'] | None"]
    note: NotRequired[str]
    to: NotRequired[int | None]
    version: NotRequired[int | None]


class ActOnOrder(TypedDict):
    """A step; with `version` who comes second is told so. `minutes` a volunteer gave, when carried out."""

    action: Literal['accept', 'refuse', 'cancel', 'carry_out', 'confirm', 'rate', 'complain', 'refund', 'uphold']
    version: NotRequired[int | None]
    note: NotRequired[str]
    rating: NotRequired[int | None]
    minutes: NotRequired[int]


class ActOnTask(TypedDict):
    """A step; with `version` who comes second is told so."""

    action: Literal['plan', 'do', 'check', 'redo', 'drop']
    version: NotRequired[int | None]
    note: NotRequired[str]
    planned_for: NotRequired[str | None]


ActivityPoints = TypedDict('ActivityPoints', {
    'from': str,
    'to': str,
    'points': list[str],
    'usual_longest_s': float | None,
})

class AddedEndpoint(TypedDict):
    """An endpoint just added."""

    id: int
    channel: Literal['web_push', 'apprise', 'webhook', 'cloudevents', 'cloudevents_binary', 'siren']
    label: str
    shown: str
    language: Literal['zh', 'en']
    rank: int
    least: Literal['high', 'medium', 'low']
    quiet_from: str | None
    quiet_until: str | None
    created_at: str
    failures: int
    failing_since: str | None
    last_ok_at: str | None
    secret: str | None


class Address(TypedDict):
    """Where to go."""

    url: str


class Alarm(TypedDict):
    """What was found needs somebody now."""

    kind: Literal['sos', 'fall', 'inactivity', 'other']
    note: NotRequired[str]


class Alive(TypedDict):
    """The process answers."""

    status: NotRequired[Literal['ok']]


class Anchor(TypedDict):
    """The line that stands for everything before it."""

    day: str
    n: int
    hash: str


class Announce(TypedDict):
    """How many homes, providers or stations are inspected, and by how many together."""

    station_id: int
    subjects: Literal['home', 'provider', 'station']
    number: int
    each: NotRequired[int]


class Answer(TypedDict):
    """What the responder says."""

    accept: bool
    note: NotRequired[str]


class Area(TypedDict):
    """The corners of what a station answers for; none: not drawn."""

    points: list[list[float]]
    datum: NotRequired[Literal['wgs84', 'gcj02']]


class Asked(TypedDict):
    """What a browser is asked about passkeys; `options` go into navigator.credentials."""

    step: str
    options: dict[str, Any]


class Assessment(TypedDict):
    """The result; `changes` say why the grade differs from the points."""

    id: int | None
    at: str
    scale: str
    total: int
    points: dict[str, int]
    preliminary: int
    grade: int
    grade_text: "Text"
    changes: list[str]
    texts: list["Text"]
    assessors: NotRequired[str]
    by: NotRequired["Named | None"]
    answers: NotRequired[dict[str, int]]
    adaptations: NotRequired[list[int]]


class Assessments(TypedDict):
    """The latest first."""

    items: list["Assessment"]


class Assign(TypedDict):
    """What it shall be; what is left out is what it seems to be, where its source hangs."""

    home_id: NotRequired[int | None]
    resident_id: NotRequired[int | None]
    kind: NotRequired[str | None]
    code: NotRequired[str | None]
    room: NotRequired[str]
    report_every_s: NotRequired[int | None]


class Assigned(TypedDict):
    """The device that it is from now on."""

    id: int
    code: str


class AuditEntries(TypedDict):
    """The latest first."""

    items: list["AuditEntry"]
    next: str | None


class AuditEntry(TypedDict):
    """One look or change."""

    id: int
    at: str
    by: "Named"
    what: str
    area: Literal['list', 'person', 'incident', 'day', 'care', 'photo', 'message', 'live', 'audit', 'emergency', 'other']
    actions: list[str]
    residents: list[int]
    names: list["Named"]
    within: list[str]
    incident_id: str | None
    why: str
    address: str
    outcome: int


class Be(TypedDict):
    """A device that there is already."""

    device_id: int


class BenchDevice(TypedDict):
    """A virtual device."""

    code: str
    kind: str
    home: "HomeRef"
    resident: "Named | None"
    presses: list[str]
    last_seen: str | None


class BenchDevices(TypedDict):
    """Those of the demonstration that are in the caller's scope."""

    items: list["BenchDevice"]
    next: NotRequired[str | None]


class BreakGlass(TypedDict):
    """Whom one must see at once, and why. One of: a resident's key; a code as on the devices, of the home or of a device; the whole address; the whole name together with a whole telephone number, theirs or a contact's. Nothing is searched for."""

    resident_id: NotRequired[int | None]
    home: NotRequired[str | None]
    address: NotRequired[str | None]
    name: NotRequired[str | None]
    phone: NotRequired[str | None]
    reason: str


class Candidate(TypedDict):
    """A responder who could be asked, the nearest first."""

    account: "Named"
    distance_m: int | None
    travel_s: int | None
    available: bool


CareFigures = TypedDict('CareFigures', {
    'station': "Named | None",
    'from': str,
    'to': str,
    'people': list["PeopleCount"],
    'living': list["LivingCount"],
    'visits': list["VisitCount"],
    'orders': list["OrderCount"],
    'ratings': list["RatingCount"],
    'hours': list["TimeSum"],
    'money': list["MoneySum"],
    'coverage': "CoverageOf",
})

class Chain(TypedDict):
    """How the chain of the audit stands: what was looked at just now, and the day's anchor."""

    links: int
    sealed_at: str | None
    checked: int
    whole: bool
    faults: list[str]
    anchor: "Anchor | None"


class Change(TypedDict):
    """Who changed what."""

    at: str
    by: "Named | None"
    what: str
    before: Any
    after: Any


class ChangeHome(TypedDict):
    """What is to change; what is not sent stays."""

    address: NotRequired[str | None]
    access_note: NotRequired[str | None]
    lat: NotRequired[float | None]
    lon: NotRequired[float | None]
    rooms: NotRequired[list[str] | None]


class ChangeKind(TypedDict):
    """The whole rule anew, and the version that was read."""

    priority: Literal['high', 'medium', 'low']
    cancel_window_s: int
    escalate_s: int | None
    respond_s: int | None
    escalation: str
    group_after: int | None
    group_s: int
    quiet_from: str | None
    quiet_until: str | None
    version: int


class ChangePassword(TypedDict):
    """A new password; the `current` one unless there is none."""

    current: NotRequired[str | None]
    password: str


class ChangePerson(TypedDict):
    """What is to change, of the `version` that was read."""

    name: NotRequired[str | None]
    sex: NotRequired["Literal['', 'female', 'male'] | None"]
    born: NotRequired[str | None]
    identity: NotRequired[str | None]
    phone: NotRequired[str | None]
    language: NotRequired["Literal['zh', 'en'] | None"]
    living: NotRequired["Literal['', 'alone', 'couple', 'empty_nest', 'left_behind', 'lost_only_child', 'with_children'] | None"]
    category: NotRequired["Literal['ordinary', 'key', 'high_risk'] | None"]
    risks: NotRequired[str | None]
    medicines: NotRequired[str | None]
    allergies: NotRequired[str | None]
    doctor: NotRequired[str | None]
    key_note: NotRequired[str | None]
    version: int


class ChangeStation(TypedDict):
    """What is to change; what is not sent stays."""

    name: NotRequired[str | None]
    name_en: NotRequired[str | None]
    phone: NotRequired[str | None]
    time_zone: NotRequired[str | None]
    lat: NotRequired[float | None]
    lon: NotRequired[float | None]


class ChannelFigures(TypedDict):
    """What became of the tries through a channel."""

    channel: str
    tries: int
    sent: int
    refused: int
    unreachable: int
    limited: int
    gone: int
    p50_s: float | None
    p99_s: float | None


class Check(TypedDict):
    """One sentence of the doctor."""

    check: str
    level: Literal['well', 'soon', 'broken']
    text: "Text"


class ClaimIn(TypedDict):
    """A device that has nothing but its claim code."""

    claim: str


class ClaimOut(TypedDict):
    """A claim code: shown once."""

    claim: str
    days: int
    qr: str


class ClaimWish(TypedDict):
    """For how long the code is good."""

    days: NotRequired[int]


class Colleague(TypedDict):
    """Somebody who may be put on duty."""

    id: int
    name: str
    phone: str
    roles: list[str]


class Colleagues(TypedDict):
    """All of them; there are few."""

    items: list["Colleague"]
    next: NotRequired[str | None]


class Column(TypedDict):
    """What a column may be headed."""

    column: str
    headings: list[str]


class Columns(TypedDict):
    """`name` and `station` are needed."""

    items: list["Column"]


class Confirm(TypedDict):
    """One proof."""

    password: NotRequired[str | None]
    code: NotRequired[str | None]
    passkey: NotRequired[dict[str, Any] | None]
    step: NotRequired[str | None]


class ConfirmWays(TypedDict):
    """How the caller may prove again to be there; the first is the usual one."""

    ways: list[Literal['password', 'totp', 'passkey', 'provider']]
    step: NotRequired[str | None]
    passkey: NotRequired[dict[str, Any] | None]


class Confirmed(TypedDict):
    """How many minutes the visitor was credited."""

    minutes: int


class Consent(TypedDict):
    """Agreed, or no longer."""

    given: bool


class ConsentOut(TypedDict):
    """What the person agreed to."""

    purpose: str
    version: int
    given_at: str
    withdrawn_at: str | None
    given_by: str | None
    withdrawn_by: str | None
    outdated: bool
    holds: bool


class ConsentText(TypedDict):
    """What people agree to for one purpose, in their words."""

    purpose: str
    version: int
    zh: str
    en: str
    anew: bool
    latest: bool


class ConsentTexts(TypedDict):
    """Every version, the latest of each purpose first."""

    items: list["ConsentText"]


class Consented(TypedDict):
    """Something the resident agreed to."""

    purpose: str
    since: str


class Contact(TypedDict):
    """Whom to call, in order of `rank`."""

    rank: int
    name: str
    relation: str
    phone: str
    of: NotRequired[str]
    quiet_from: NotRequired[str | None]
    quiet_until: NotRequired[str | None]
    resting: NotRequired[bool]


class ContactIn(TypedDict):
    """Whom to call; with the `id` of a contact and without `phone` its number stays."""

    id: NotRequired[int | None]
    name: str
    relation: NotRequired[str]
    phone: NotRequired[str | None]
    quiet_from: NotRequired[str | None]
    quiet_until: NotRequired[str | None]


class ContactOut(TypedDict):
    """Whom to call; `phone` is masked."""

    id: int
    name: str
    relation: str
    phone: str
    quiet_from: str | None
    quiet_until: str | None


class Contacts(TypedDict):
    """In the order in which they are called."""

    items: list["ContactIn"]


class Conversation(TypedDict):
    """A relative and the station about one resident, with the last thing said."""

    id: int
    resident: "Named"
    relative: "Named"
    relation: "Literal['daughter', 'son', 'spouse', 'grandchild', 'sibling', 'relative', 'neighbour', 'friend'] | None"
    waiting: bool
    last_at: str
    text: str
    from_station: bool


class Conversations(TypedDict):
    """Those that wait, the longest first; then the others, the latest first."""

    items: list["Conversation"]
    next: NotRequired[str | None]


class Correction(TypedDict):
    """What was wrong; the row that was stays."""

    at: NotRequired[str | None]
    way: NotRequired["Literal['home', 'station', 'remote'] | None"]
    result: NotRequired["Literal['well', 'problem', 'not_met'] | None"]
    note: NotRequired[str | None]
    minutes: NotRequired[int | None]
    why: str


class Counts(TypedDict):
    """How many residents are how."""

    total: int
    alert: NotRequired[int]
    no_signal: NotRequired[int]
    unknown: NotRequired[int]
    quiet: NotRequired[int]
    away: NotRequired[int]
    well: NotRequired[int]


class Coverage(TypedDict):
    """A month's visits; `stale` stations are being counted again."""

    month: str
    categories: list["Covered"]
    stations: list["StationCovered"]
    stale: int


class CoverageOf(TypedDict):
    """Visits of the month in which the period ends."""

    month: str
    categories: list["Covered"]
    stale: int


class Covered(TypedDict):
    """Of the people of a category in care all the month, how many somebody met."""

    category: Literal['ordinary', 'key', 'high_risk']
    people: int
    met: int


class DayFigures(TypedDict):
    """One local day."""

    day: str
    incidents: int
    opened: int
    false_alarms: int
    acknowledge_p90_s: float | None
    within_60_s: int
    escalations: int


class Details(TypedDict):
    """What the doctor says."""

    works: bool
    at: str
    checks: list["Check"]


class Device(TypedDict):
    """An installed device and how it is; null where it has not said."""

    id: int
    code: str
    kind: str
    model: str
    home: "HomeRef"
    room: str
    site: str
    resident: "Named | None"
    online: bool | None
    last_seen: str | None
    battery: float | None
    rssi: float | None
    firmware: str


class DeviceHere(TypedDict):
    """What hangs in a home, or is worn."""

    id: int
    code: str
    kind: str
    room: str
    site: str
    since: str
    resident_id: int | None


class DeviceHistory(TypedDict):
    """The latest stay first."""

    items: list["DeviceStay"]


class DeviceKeys(TypedDict):
    """Where the keys of a device stand; null: there is none."""

    secret_since: str | None
    old_until: str | None
    claim_until: str | None
    paused_until: str | None


class DeviceRef(TypedDict):
    """A device by key, code and kind."""

    id: int
    code: str
    kind: str


class DeviceStay(TypedDict):
    """Where a device hung, or who wore it."""

    home: "Named"
    resident: "Named | None"
    room: str
    site: str
    since: str
    until: str | None


class Devices(TypedDict):
    """A page of devices."""

    items: list["Device"]
    next: str | None


class Drill(TypedDict):
    """A rehearsal."""

    id: int
    station: "Named"
    scenario: str
    started_at: str
    started_by: "Named | None"
    incident_id: str | None
    ended_at: str | None
    passed: bool | None
    state: str | None


class DrillReport(TypedDict):
    """What came of a rehearsal so far."""

    id: int
    station: "Named"
    scenario: str
    started_at: str
    started_by: "Named | None"
    incident_id: str | None
    ended_at: str | None
    passed: bool | None
    state: str | None
    steps: list["DrillStep"]
    reached: list["Reached"]
    passed_now: bool


class DrillStep(TypedDict):
    """One step of a rehearsal against its target."""

    name: str
    at: str | None
    after_s: float | None
    target_s: int
    ok: bool
    actor: "Named | None"


class Drills(TypedDict):
    """The latest hundred."""

    items: list["Drill"]
    scenarios: list[str]
    next: NotRequired[str | None]


class Due(TypedDict):
    """Somebody whom somebody should visit."""

    resident: "Named"
    home: "HomeOfVisit | None"
    station: "Named"
    category: Literal['ordinary', 'key', 'high_risk']
    by: str
    why: str
    text: "Text"
    overdue: bool
    last: str | None
    last_visit_id: int | None


class DueList(TypedDict):
    """The most urgent first; `total` may be more than are shown."""

    items: list["Due"]
    total: int
    overdue: int


class Duty(TypedDict):
    """Who is on duty at one instant, who comes in the week after it, and when nobody does."""

    on_duty: list["OnDuty"]
    next: list["OnDuty"]
    gaps: list["DutyGap"]


DutyGap = TypedDict('DutyGap', {
    'role': Literal['operator', 'responder', 'volunteer', 'rescue'],
    'from': str,
    'until': str,
})

class Emergencies(TypedDict):
    """The latest first."""

    items: list["Emergency"]


class Emergency(TypedDict):
    """One access outside one's own stations."""

    id: int
    by: "Named"
    resident: "Named"
    reason: str
    opened_at: str
    ends_at: str
    left_s: int
    incident_id: str | None
    reviewed_at: str | None
    reviewed_by: "Named | None"
    verdict: "Literal['justified', 'not_justified'] | None"
    note: str


class Enabled(TypedDict):
    """Whether the account lets anybody in."""

    enabled: bool


class Endpoint(TypedDict):
    """A place where somebody is reached; the address itself is never shown again."""

    id: int
    channel: Literal['web_push', 'apprise', 'webhook', 'cloudevents', 'cloudevents_binary', 'siren']
    label: str
    shown: str
    language: Literal['zh', 'en']
    rank: int
    least: Literal['high', 'medium', 'low']
    quiet_from: str | None
    quiet_until: str | None
    created_at: str
    failures: int
    failing_since: str | None
    last_ok_at: str | None


class Endpoints(TypedDict):
    """All of them, in the order in which they are tried."""

    items: list["Endpoint"]
    next: NotRequired[str | None]


class Engine(TypedDict):
    """What acts when no person signed in does: the engine itself, or a station console ("console:<code>")."""

    system: NotRequired[str]


class Erasure(TypedDict):
    """An order to forget somebody, and how far it is."""

    id: int
    ground: str
    requested_at: str
    requested_by: str
    due_at: str
    agreed_at: str | None
    agreed_by: str | None
    done_at: str | None
    done_by: str | None
    sha256: str | None


class ErasureWish(TypedDict):
    """Why somebody is to be forgotten, by PIPL art. 47."""

    ground: Literal['purpose_over', 'consent_withdrawn', 'asked', 'unlawful']


class Escalation(TypedDict):
    """A policy that says who is told in which order; docs/api.md says the form of `body`."""

    name: str
    body: dict[str, Any]
    version: int
    updated_at: str
    updated_by: "Named | None"


class Escalations(TypedDict):
    """All escalation policies."""

    items: list["Escalation"]
    next: NotRequired[str | None]


class Event(TypedDict):
    """One step in the life of an incident; never changed afterwards."""

    n: int
    at: str
    kind: str
    actor: "Named | Engine"
    data: dict[str, Any]
    text: "Text"


class Evidence(TypedDict):
    """What the detectors saw."""

    motion: "MotionClip | None"
    activity: "ActivityPoints | None"
    vitals: list["Series"]


class FamilyHome(TypedDict):
    """One that holds."""

    id: int
    code: str
    label: str
    language: Literal['zh', 'en']
    created_at: str


class FamilyHomes(TypedDict):
    """Those of the relative."""

    items: list["FamilyHome"]


Figures = TypedDict('Figures', {
    'station': int | None,
    'from': str,
    'to': str,
    'rehearsals': bool,
    'incidents': int,
    'opened': int,
    'resolved': int,
    'cancelled': int,
    'recovered': int,
    'unanswered': int,
    'escalations': int,
    'lapsed_acknowledgements': int,
    'times': dict[str, dict[str, "StepFigures"]],
    'kinds': list["KindFigures"],
    'levels': list["LevelFigures"],
    'offers': list["OfferFigures"],
    'channels': list["ChannelFigures"],
    'notifications': list["NotificationFigures"],
    'days': list["DayFigures"],
})

class FindingOut(TypedDict):
    """What a detector said, each revision of it."""

    kind: str
    severity: str
    revision: int
    onset: str
    detected_at: str
    probability: float | None
    text: "Text"
    evidence: dict[str, Any]


class ForeignRight(TypedDict):
    """Whether a device may speak for devices of other systems."""

    allowed: bool


class FoundDevice(TypedDict):
    """A thing that another system's message spoke of."""

    id: int
    source: str
    tongue: str
    foreign_id: str
    name: str
    model: str
    says: dict[str, float]
    seems: str
    home: "HomeRef | None"
    device: str | None
    ignored: bool
    first_at: str
    last_at: str
    times: int


class FoundDevices(TypedDict):
    """A page of them, the latest first."""

    items: list["FoundDevice"]
    next: str | None


class GradeOf(TypedDict):
    """A grade begins at `least` points."""

    grade: int
    least: int
    zh: str
    en: str


class GrantOut(TypedDict):
    """What the person is, and to which station or resident; both null: to everything."""

    role: Literal['operator', 'responder', 'family', 'administrator', 'emergency']
    station_id: int | None
    resident_id: int | None


class Hazard(TypedDict):
    """Something in a home that should be put right."""

    kind: str
    room: NotRequired[str]
    note: NotRequired[str]


class HazardKind(TypedDict):
    """A word for a hazard."""

    kind: str
    text: "Text"


class HazardKinds(TypedDict):
    """All of them."""

    items: list["HazardKind"]


class Health(TypedDict):
    """What counts beside the items."""

    coma: NotRequired[bool]
    dementia: NotRequired[bool]
    mental_disorder: NotRequired[bool]
    risk_events: NotRequired[list["Risk"]]


class HeldGrant(TypedDict):
    """A role that somebody has; both `station` and `resident` null: on everything."""

    id: int
    role: Literal['operator', 'responder', 'family', 'administrator']
    station: "StationRef | None"
    resident: "Named | None"
    granted_at: str


class Holiday(TypedDict):
    """A day on which the week does not count."""

    day: str
    name: str
    works_as: int | None


class Holidays(TypedDict):
    """Holidays of the next year."""

    items: list["Holiday"]
    next: NotRequired[str | None]


class HomeAddress(TypedDict):
    """A household and where it is."""

    id: int
    code: str
    address: str


class HomeFull(TypedDict):
    """A home with who lives there and what hangs there."""

    id: int
    code: str
    address: str
    station: "Named"
    access_note: str
    lat: float | None
    lon: float | None
    rooms: list[str]
    residents: list["Named"]
    devices: list["DeviceHere"]


class HomeInList(TypedDict):
    """A home with its station."""

    id: int
    code: str
    address: str
    station: "Named"


class HomeOfVisit(TypedDict):
    """Where to go."""

    id: int
    code: str
    address: str
    lat: float | None
    lon: float | None


class HomePlace(TypedDict):
    """A household and where to find it."""

    id: int
    code: str
    address: str
    lat: float | None
    lon: float | None


class HomeRef(TypedDict):
    """A household."""

    id: int
    code: str


class HomeShort(TypedDict):
    """A home in a list."""

    id: int
    code: str
    address: str


class Homes(TypedDict):
    """A page of homes."""

    items: list["HomeInList"]
    next: str | None


class Hours(TypedDict):
    """These and no others."""

    items: list["Opening"]


class Incident(TypedDict):
    """An incident as it stands; of two copies the one with the higher `version` is right."""

    id: str
    number: int
    version: int
    kind: str
    severity: str
    priority: Literal['high', 'medium', 'low']
    state: str
    drill: bool
    drill_id: int | None
    level: int
    onset: str
    detected_at: str
    opened_at: str | None
    state_since: str
    next_step_at: str | None
    next_step: "NextStep | None"
    rang_again_at: str | None
    closed_at: str | None
    station: "StationRef | None"
    home: "HomePlace | None"
    room: str
    resident: "Named | None"
    device: "DeviceRef | None"
    reported_by: "Named | None"
    title: "Text"
    text: "Text"
    probability: float | None
    acknowledged_by: "Named | None"
    outcome: str | None
    allowed: list[Literal['acknowledge', 'respond', 'arrive', 'resolve', 'cancel', 'hand_over', 'undo', 'reopen', 'follow_up', 'note']]


class IncidentFull(TypedDict):
    """An incident with its history, the findings behind it, whom to call and who was asked and told."""

    id: str
    number: int
    version: int
    kind: str
    severity: str
    priority: Literal['high', 'medium', 'low']
    state: str
    drill: bool
    drill_id: int | None
    level: int
    onset: str
    detected_at: str
    opened_at: str | None
    state_since: str
    next_step_at: str | None
    next_step: "NextStep | None"
    rang_again_at: str | None
    closed_at: str | None
    station: "StationRef | None"
    home: "HomePlace | None"
    room: str
    resident: "Named | None"
    device: "DeviceRef | None"
    reported_by: "Named | None"
    title: "Text"
    text: "Text"
    probability: float | None
    acknowledged_by: "Named | None"
    outcome: str | None
    allowed: list[Literal['acknowledge', 'respond', 'arrive', 'resolve', 'cancel', 'hand_over', 'undo', 'reopen', 'follow_up', 'note']]
    events: list["Event"]
    findings: list["FindingOut"]
    contacts: list["Contact"]
    resident_detail: "ResidentDetail | None"
    access_note: str
    recent: list["Incident"]
    offers: list["Offer"]
    candidates: list["Candidate"]
    notifications: list["Sent"]
    viewers: list["Named"]
    texts: "Texts | None"


class Incidents(TypedDict):
    """A page of incidents."""

    items: list["Incident"]
    next: str | None


class Ingest(TypedDict):
    """What has come in."""

    received_total: int
    quarantined_total: int
    last_batch_at: str | None
    lag_ms: float | None


class InspectionFull(TypedDict):
    """With what was drawn."""

    id: int
    station: "Named"
    subjects: str
    seal: str
    seed: str | None
    number: int
    each: int
    announced_at: str
    announced_by: "Named | None"
    drawn_at: str | None
    tasks: list["InspectionTask"]


class InspectionShort(TypedDict):
    """An inspection; `seal` (SHA-256 of the seed, hexadecimal) is announced, `seed` told with the draw."""

    id: int
    station: "Named"
    subjects: str
    seal: str
    seed: str | None
    number: int
    each: int
    announced_at: str
    announced_by: "Named | None"
    drawn_at: str | None


class InspectionTask(TypedDict):
    """One thing to inspect, who goes, and what they found."""

    id: int
    subject: "Named"
    inspectors: list["Named"]
    result: "Literal['good', 'faults'] | None"
    note: str
    at: str | None
    by: "Named | None"


class Inspections(TypedDict):
    """The latest first."""

    items: list["InspectionShort"]


class Install(TypedDict):
    """A device to hang here, or to be worn by who lives here; of a new one `kind` is needed."""

    code: str
    kind: NotRequired[str]
    model: NotRequired[str]
    report_every_s: NotRequired[int | None]
    resident_id: NotRequired[int | None]
    room: NotRequired[str]
    site: NotRequired[str]
    since: NotRequired[str | None]


class Installed(TypedDict):
    """A device in its place; `secret` of a new one, this once."""

    id: int
    secret: str | None


class Intake(TypedDict):
    """A sheet: looked at (`ready`), then accepted and taken in (`done`). `done` counts people so far."""

    id: int
    name: str
    state: Literal['checking', 'ready', 'accepting', 'done', 'failed', 'dropped']
    at: str
    state_since: str
    rows: int
    people: int
    problems: int
    done: int
    ignored: list[str]
    why: str


class Intakes(TypedDict):
    """One's own, the latest first."""

    items: list["Intake"]


class Invitation(TypedDict):
    """What a code makes its bearer."""

    role: Literal['operator', 'responder', 'family', 'administrator']
    station: "StationRef | None"
    resident: "Named | None"
    expires_at: str


class Invite(TypedDict):
    """Invite somebody: family to one resident, everybody else to a station."""

    role: Literal['operator', 'responder', 'family', 'administrator']
    station_id: NotRequired[int | None]
    resident_id: NotRequired[int | None]
    language: NotRequired[Literal['zh', 'en']]


class Invited(TypedDict):
    """The link to hand over; it works once."""

    url: str
    expires_at: str


class Item(TypedDict):
    """One question; `most` points are full ability."""

    key: str
    zh: str
    en: str
    most: int


class KeyOut(TypedDict):
    """What the device logs in to the broker with from now on: shown once."""

    user: str
    secret: str
    client_id: str
    home: str
    device: str
    topics: str
    broker: str
    ca: str


class Kin(TypedDict):
    """A relative with access; `relation` as they say themselves."""

    name: str
    relation: "Literal['daughter', 'son', 'spouse', 'grandchild', 'sibling', 'relative', 'neighbour', 'friend'] | None"
    since: str
    me: bool


class KindFigures(TypedDict):
    """What became of the incidents of a kind."""

    kind: str
    incidents: int
    judged: int
    false_alarms: int
    called_off: int
    false_share: float | None


class KindPolicies(TypedDict):
    """All kinds, the gravest first."""

    items: list["KindPolicy"]
    next: NotRequired[str | None]


class KindPolicy(TypedDict):
    """The rule in force, and whose it is."""

    priority: Literal['high', 'medium', 'low']
    cancel_window_s: int
    escalate_s: int | None
    respond_s: int | None
    escalation: str
    group_after: int | None
    group_s: int
    quiet_from: str | None
    quiet_until: str | None
    kind: str
    version: int
    updated_at: str
    updated_by: "Named | None"


class Leave(TypedDict):
    """Out of our care."""

    on: str
    why: str


class LevelFigures(TypedDict):
    """Unanswered steps by how far up the tree they went."""

    level: int | None
    steps: int


class Line(TypedDict):
    """A line of a statement."""

    at: str
    what: str
    source: str
    minutes: int
    balance_min: int


class LivingCount(TypedDict):
    """The same by how they live."""

    living: str
    people: int


class LoginOut(TypedDict):
    """One attempt to sign in, or to confirm; `refused` was not looked at after too many mistakes."""

    at: str
    address: str
    what: Literal['password', 'totp', 'recovery', 'passkey', 'provider', 'confirm', 'reset']
    outcome: Literal['passed', 'failed', 'refused']


class Logins(TypedDict):
    """The latest first; kept for 90 days."""

    items: list["LoginOut"]
    next: str | None


class LookInput(TypedDict):
    """Ask what a code is for."""

    code: str


class LookOutput(TypedDict):
    """What one person looked at on one day, of one resident."""

    at: str
    by: "Named"
    roles: list[Literal['operator', 'responder', 'family', 'administrator']]
    machine: bool
    family: bool
    you: bool
    times: int
    areas: list[Literal['list', 'person', 'incident', 'day', 'care', 'photo', 'message', 'live', 'audit', 'emergency', 'other']]
    changed: bool
    why: str


class Looks(TypedDict):
    """The latest first."""

    items: list["LookOutput"]


class MadeFamilyHome(TypedDict):
    """With what it logs in with; the secret is shown this once."""

    id: int
    code: str
    label: str
    language: Literal['zh', 'en']
    created_at: str
    user: str
    secret: str
    broker: str
    ca: str
    discovery_prefix: str
    status_topic: str


class MadePasskey(TypedDict):
    """The passkey, and with the first second factor recovery codes."""

    id: int
    name: str
    made_at: str
    used_at: str | None
    recovery: list[str]


class MadeToken(TypedDict):
    """With the token itself, which is not shown again."""

    id: int
    name: str
    tail: str
    actions: list[str]
    station: "StationRef | None"
    made_by: "Named"
    made_at: str
    expires_at: str
    used_at: str | None
    revoked_at: str | None
    token: str


class MajorChange(TypedDict):
    """A major change in a person's life."""

    id: int
    at: str
    what: str
    by: "Named | None"


class MajorChanges(TypedDict):
    """The latest first."""

    items: list["MajorChange"]


class MakeOffer(TypedDict):
    """Whom to ask; null: the nearest who is free and was not asked before."""

    account_id: NotRequired[int | None]


class Map(TypedDict):
    """Coordinates in `datum`; who has none is absent."""

    datum: Literal['wgs84', 'gcj02']
    residents: list["PlaceOfResident"]
    stations: list["PlaceOfStation"]
    responders: list["PlaceOfResponder"]
    tiles: "Tiles | None"


class Menu(TypedDict):
    """By kind and name."""

    items: list["MenuLine"]


class MenuLine(TypedDict):
    """What a resident may order, and what it costs them."""

    id: int
    kind: Literal['meal', 'cleaning', 'bathing', 'medical', 'escort', 'urgent']
    name: str
    name_en: str
    provider: str
    price_fen: int
    subsidy_fen: int
    pays_fen: int


class Message(TypedDict):
    """One message; plain text, whatever it looks like."""

    id: int
    at: str
    text: str
    from_station: bool
    by: "Named"
    fresh: bool


class Messages(TypedDict):
    """The latest first."""

    items: list["Message"]
    next: str | None


class Missing(TypedDict):
    """Somebody whom nobody met."""

    resident: "Named"
    station: "Named"
    category: Literal['ordinary', 'key', 'high_risk']


class MissingList(TypedDict):
    """By station and name."""

    items: list["Missing"]


class MoneySum(TypedDict):
    """Money booked in the period; below zero was given."""

    who: str
    n: int
    fen: int


class Monitoring(TypedDict):
    """What is set for this resident; null: as for anybody of their ability grade, or as the house learns."""

    cancel_s: NotRequired[int | None]
    tolerated_per_month: NotRequired[float | None]
    bathroom_limit_s: NotRequired[int | None]
    night_from: NotRequired[str | None]
    night_until: NotRequired[str | None]
    holiday_from: NotRequired[str | None]
    holiday_until: NotRequired[str | None]
    visitors_until: NotRequired[str | None]
    spo2_scale: NotRequired[Literal[1, 2]]
    oxygen: NotRequired[bool]


class MonitoringNow(TypedDict):
    """The profile, and what the house has seen."""

    cancel_s: NotRequired[int | None]
    tolerated_per_month: NotRequired[float | None]
    bathroom_limit_s: NotRequired[int | None]
    night_from: NotRequired[str | None]
    night_until: NotRequired[str | None]
    holiday_from: NotRequired[str | None]
    holiday_until: NotRequired[str | None]
    visitors_until: NotRequired[str | None]
    spo2_scale: NotRequired[Literal[1, 2]]
    oxygen: NotRequired[bool]
    returned_at: str | None


class MotionClip(TypedDict):
    """What a wearable felt around the moment."""

    device_id: int
    start: str
    hz: float
    acc: list[list[int]]
    impact_at: str | None
    impact_g: NotRequired[float | None]


class MoveTo(TypedDict):
    """Where somebody lives from `since` on (default now)."""

    home_id: int
    since: NotRequired[str | None]


class MyOffer(TypedDict):
    """What the caller was asked."""

    id: int
    incident: "Incident | None"
    offered_at: str
    expires_at: str
    answer: "Literal['accepted', 'refused', 'lapsed', 'withdrawn'] | None"
    answered_at: str | None
    travel_s: int | None
    distance_m: int | None


class MyOffers(TypedDict):
    """Open ones first, then those of the last day."""

    items: list["MyOffer"]
    next: NotRequired[str | None]


class MyState(TypedDict):
    """Whether the caller can be sent; `at` null: nothing was said yet, and nobody counts on them."""

    available: bool
    lat: float | None
    lon: float | None
    at: str | None


class Named(TypedDict):
    """Something or somebody by key and name."""

    id: int
    name: str


class NewAnswer(TypedDict):
    """What the station answers. `upto`: the last message that its writer saw; what came since still waits."""

    text: str
    request: str
    upto: NotRequired[int | None]


class NewAssessment(TypedDict):
    """A filled form: points by item."""

    at: NotRequired[str | None]
    answers: dict[str, int]
    health: NotRequired["Health"]
    assessors: NotRequired[str]
    hazards: NotRequired[list["Hazard"]]
    request: NotRequired[str | None]


class NewChange(TypedDict):
    """Out of hospital, a fall, a bereavement."""

    at: NotRequired[str | None]
    what: str


class NewConsentText(TypedDict):
    """New words; everybody who agreed to earlier ones is asked again."""

    purpose: Literal['monitoring', 'family_view', 'handover', 'photos', 'research']
    zh: str
    en: str
    anew: bool


class NewEndpoint(TypedDict):
    """A place to be reached at: a browser's push subscription, an Apprise address, or a webhook."""

    label: NotRequired[str]
    language: NotRequired["Literal['zh', 'en'] | None"]
    rank: NotRequired[int]
    least: NotRequired[Literal['high', 'medium', 'low']]
    quiet_from: NotRequired[str | None]
    quiet_until: NotRequired[str | None]
    channel: Literal['web_push', 'apprise', 'webhook', 'cloudevents', 'cloudevents_binary']
    subscription: NotRequired["Subscription | None"]
    address: NotRequired[str | None]


class NewFamilyHome(TypedDict):
    """`label`: what the person is called there."""

    label: str
    language: NotRequired["Literal['zh', 'en'] | None"]


class NewGrant(TypedDict):
    """A role to give: family on one resident, everything else on a station."""

    role: Literal['operator', 'responder', 'family', 'administrator']
    station_id: NotRequired[int | None]
    resident_id: NotRequired[int | None]
    language: NotRequired[Literal['zh', 'en']]


class NewHoliday(TypedDict):
    """What a day is."""

    name: NotRequired[str]
    works_as: NotRequired[int | None]


class NewHome(TypedDict):
    """A home of a station."""

    station_id: int
    code: str
    address: NotRequired[str]
    access_note: NotRequired[str]
    lat: NotRequired[float | None]
    lon: NotRequired[float | None]
    rooms: NotRequired[list[str]]


class NewMessage(TypedDict):
    """What to write. `request` is made by the page: sent again, it is the same message."""

    text: str
    request: str


class NewOrder(TypedDict):
    """A wish; `via` is told by staff, who write down what they are told."""

    resident_id: int
    service_id: int
    wanted_at: str
    via: NotRequired[Literal['operator', 'phone']]
    note: NotRequired[str]
    request: NotRequired[str | None]


NewOverride = TypedDict('NewOverride', {
    'role': Literal['operator', 'responder', 'volunteer', 'rescue'],
    'from': str,
    'until': str,
    'account_id': NotRequired[int | None],
    'replaces': NotRequired[int | None],
    'reason': NotRequired[str],
})

class NewPasskey(TypedDict):
    """A passkey that a browser made."""

    step: str
    passkey: dict[str, Any]
    name: str


class NewPerson(TypedDict):
    """Somebody to take in."""

    name: str
    sex: NotRequired["Literal['', 'female', 'male'] | None"]
    born: NotRequired[str | None]
    identity: NotRequired[str | None]
    phone: NotRequired[str | None]
    language: NotRequired["Literal['zh', 'en'] | None"]
    living: NotRequired["Literal['', 'alone', 'couple', 'empty_nest', 'left_behind', 'lost_only_child', 'with_children'] | None"]
    category: NotRequired["Literal['ordinary', 'key', 'high_risk'] | None"]
    risks: NotRequired[str | None]
    medicines: NotRequired[str | None]
    allergies: NotRequired[str | None]
    doctor: NotRequired[str | None]
    key_note: NotRequired[str | None]
    home_id: int
    contacts: NotRequired[list["ContactIn"]]
    consents: NotRequired[list[Literal['monitoring', 'family_view', 'handover', 'photos', 'research']]]


class NewProvider(TypedDict):
    """Somebody who serves a station's people."""

    name: str
    phone: NotRequired[str]


class NewRotation(TypedDict):
    """People by turns; the first begins on `first_day` at `from_time`."""

    role: Literal['operator', 'responder', 'volunteer', 'rescue']
    members: list[int]
    first_day: str
    turn_days: int
    from_time: str
    until_time: str
    last_day: NotRequired[str | None]


NewSeason = TypedDict('NewSeason', {
    'station_id': int,
    'kind': Literal['heat', 'cold', 'festival', 'other'],
    'from': str,
    'until': str,
})

class NewService(TypedDict):
    """A line of a station's menu; `subsidy_fen` by grade 0 to 4."""

    provider_id: int
    kind: Literal['meal', 'cleaning', 'bathing', 'medical', 'escort', 'urgent']
    name: str
    name_en: NotRequired[str]
    price_fen: int
    subsidy_fen: NotRequired[list[int]]


class NewShift(TypedDict):
    """The same person every week; it ends on the next day when `until_time` is not after `from_time`."""

    role: Literal['operator', 'responder', 'volunteer', 'rescue']
    account_id: int
    days: list[int]
    from_time: str
    until_time: str
    first_day: str
    last_day: NotRequired[str | None]
    holidays: NotRequired[Literal['as_usual', 'never', 'only']]


NewSilence = TypedDict('NewSilence', {
    'station_id': NotRequired[int | None],
    'home_id': NotRequired[int | None],
    'device_id': NotRequired[int | None],
    'kinds': list[str],
    'from': NotRequired[str | None],
    'until': str,
    'reason': str,
})

class NewStation(TypedDict):
    """A station below another."""

    parent_id: int
    code: str
    level: Literal['city', 'district', 'street', 'community']
    name: str
    name_en: NotRequired[str]
    phone: NotRequired[str]
    time_zone: NotRequired[str]
    lat: NotRequired[float | None]
    lon: NotRequired[float | None]


class NewTask(TypedDict):
    """A hazard in somebody's home."""

    kind: str
    room: NotRequired[str]
    note: NotRequired[str]
    resident_id: int


class NewToken(TypedDict):
    """A token for a machine: `actions` on a station and everything below; without a station on everything."""

    name: str
    station_id: NotRequired[int | None]
    actions: list["Action"]
    days: NotRequired[int]


class NewVisit(TypedDict):
    """What a visitor found. `seen` is the `last_visit_id` that the page had; when a newer one stands by then, the answer is 409 `visited-already`, unless `again`."""

    resident_id: int
    at: NotRequired[str | None]
    way: Literal['home', 'station', 'remote']
    result: Literal['well', 'problem', 'not_met']
    note: NotRequired[str]
    minutes: NotRequired[int]
    lat: NotRequired[float | None]
    lon: NotRequired[float | None]
    seen: NotRequired[int | None]
    again: NotRequired[bool]
    incident: NotRequired["Alarm | None"]
    hazards: NotRequired[list["Hazard"]]
    request: NotRequired[str | None]


class NewVolunteer(TypedDict):
    """Somebody who has a role in the station or above it."""

    account_id: int
    station_id: int


class NextStep(TypedDict):
    """What happens by itself, and when: the board counts down to it. `opens`: the cancel window ends; `escalates`: it is raised further; `lapses`: the acknowledgement does, for nobody went; `offer_expires`: the responder who was asked has not answered, and the next one is."""

    what: Literal['opens', 'escalates', 'lapses', 'offer_expires']
    at: str


class NextVisit(TypedDict):
    """When somebody comes by at the latest."""

    by: str
    why: str
    text: "Text"
    overdue: bool
    last: str | None
    category: Literal['ordinary', 'key', 'high_risk']


class Notification(TypedDict):
    """A message to the caller, and how far it has come."""

    id: int
    incident: "AboutIncident | None"
    purpose: str
    priority: Literal['high', 'medium', 'low']
    state: Literal['queued', 'sent', 'delivered', 'seen', 'failed', 'superseded']
    channel: str | None
    queued_at: str
    sent_at: str | None
    delivered_at: str | None
    seen_at: str | None


class NotificationFigures(TypedDict):
    """How far messages came, by whom they were for."""

    recipient_kind: str
    asked: int
    queued: int
    sent: int
    delivered: int
    seen: int
    failed: int
    superseded: int


class Notifications(TypedDict):
    """A page of messages, the latest first."""

    items: list["Notification"]
    next: str | None


class Offer(TypedDict):
    """A responder who was asked to go."""

    id: int
    account: "Named"
    offered_at: str
    expires_at: str
    answer: "Literal['accepted', 'refused', 'lapsed', 'withdrawn'] | None"
    answered_at: str | None
    travel_s: int | None
    distance_m: int | None


class OfferFigures(TypedDict):
    """What responders answered, and how quickly."""

    answer: str
    offers: int
    p50_s: float | None


class OldVersion(TypedDict):
    """What a policy said before."""

    version: int
    body: dict[str, Any]
    at: str
    by: "Named | None"


OnDuty = TypedDict('OnDuty', {
    'role': Literal['operator', 'responder', 'volunteer', 'rescue'],
    'account': "Named",
    'phone': str,
    'from': str,
    'until': str,
    'source': str,
})

Opening = TypedDict('Opening', {
    'weekday': int,
    'from': str,
    'until': str,
})

class Order(TypedDict):
    """An order as it stands; `allowed` is what the reader may do now."""

    id: int
    version: int
    resident: "Named"
    station: "Named"
    service: "OrderService"
    provider: "Named"
    via: str
    wanted_at: str
    price_fen: int
    subsidy_fen: int
    pays_fen: int
    state: Literal['requested', 'accepted', 'carried_out', 'confirmed', 'refused', 'cancelled', 'complained', 'refunded']
    state_since: str
    rating: int | None
    complaint: str
    note: str
    minutes: int
    allowed: list[Literal['accept', 'refuse', 'cancel', 'carry_out', 'confirm', 'rate', 'complain', 'refund', 'uphold']]


class OrderCount(TypedDict):
    """Orders wanted in the period, by where they stand."""

    kind: str
    state: str
    n: int


class OrderEvent(TypedDict):
    """One step."""

    at: str
    kind: str
    by: "Named | None"
    data: dict[str, Any]


class OrderFull(TypedDict):
    """With its steps."""

    id: int
    version: int
    resident: "Named"
    station: "Named"
    service: "OrderService"
    provider: "Named"
    via: str
    wanted_at: str
    price_fen: int
    subsidy_fen: int
    pays_fen: int
    state: Literal['requested', 'accepted', 'carried_out', 'confirmed', 'refused', 'cancelled', 'complained', 'refunded']
    state_since: str
    rating: int | None
    complaint: str
    note: str
    minutes: int
    allowed: list[Literal['accept', 'refuse', 'cancel', 'carry_out', 'confirm', 'rate', 'complain', 'refund', 'uphold']]
    events: list["OrderEvent"]


class OrderService(TypedDict):
    """What was ordered."""

    id: int
    kind: Literal['meal', 'cleaning', 'bathing', 'medical', 'escort', 'urgent']
    name: str
    name_en: str


class Orders(TypedDict):
    """The latest first."""

    items: list["Order"]
    next: str | None


Override = TypedDict('Override', {
    'id': int,
    'role': Literal['operator', 'responder', 'volunteer', 'rescue'],
    'from': str,
    'until': str,
    'account': "Named | None",
    'replaces': "Named | None",
    'reason': str,
})

class Overrides(TypedDict):
    """Overrides of a station in the time that was asked for."""

    items: list["Override"]
    next: NotRequired[str | None]


class OwnSession(TypedDict):
    """Where the caller is signed in; `seen_at` is exact to about a minute."""

    id: int
    here: bool
    how: Literal['password', 'totp', 'recovery', 'passkey', 'provider', 'invitation']
    address: str
    agent: str
    created_at: str
    seen_at: str
    expires_at: str


class OwnSessions(TypedDict):
    """All of them."""

    items: list["OwnSession"]


class PasskeyOut(TypedDict):
    """A passkey as its owner knows it."""

    id: int
    name: str
    made_at: str
    used_at: str | None


class People(TypedDict):
    """A page of people."""

    items: list["PersonShort"]
    next: str | None


class PeopleCount(TypedDict):
    """People in our care now; grade -1: not assessed."""

    category: str
    grade: int
    people: int


class PersonShort(TypedDict):
    """Somebody in a list; telephone numbers are masked."""

    id: int
    name: str
    sex: str
    age: int | None
    living: str
    category: Literal['ordinary', 'key', 'high_risk']
    ability_grade: int | None
    station: "Named"
    home: "HomeShort | None"
    phone: str
    left_on: str | None


class Photo(TypedDict):
    """A picture; `GET /photos/{id}` gives the JPEG itself."""

    id: str
    subject: str
    taken_at: str
    by: "Named"
    width: int
    height: int


class Photos(TypedDict):
    """All pictures of one subject, the oldest first."""

    items: list["Photo"]
    next: NotRequired[str | None]


Place = TypedDict('Place', {
    'name': NotRequired[str],
    'points': list[list[float]],
    'radius_m': NotRequired[float | None],
    'from': NotRequired[str],
    'until': NotRequired[str],
})

class PlaceOfResident(TypedDict):
    """A resident's home on the map."""

    id: int
    name: str
    lat: float
    lon: float
    state: Literal['well', 'alert', 'quiet', 'away', 'no_signal', 'unknown']


class PlaceOfResponder(TypedDict):
    """A responder, where their telephone last said."""

    id: int
    name: str
    lat: float
    lon: float
    available: bool
    at: str


class PlaceOfStation(TypedDict):
    """A station on the map."""

    id: int
    name: str
    name_en: str
    lat: float
    lon: float


class Places(TypedDict):
    """Where the resident may be, in `datum`."""

    items: list["Place"]
    datum: Literal['wgs84', 'gcj02']
    next: NotRequired[str | None]


class Plan(TypedDict):
    """The rooms of a home, the most recently used first."""

    rooms: list["Room"]


class Press(TypedDict):
    """Which button."""

    what: str


class Pressed(TypedDict):
    """When the device sent its message."""

    sent_at: str


class Problem(TypedDict):
    """Where a cell is wrong, and why."""

    n: int
    line: int
    column: str
    text: "Text"


class ProblemBody(TypedDict):
    """What every error looks like; some codes add members of their own."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class Problems(TypedDict):
    """In the order of the sheet."""

    items: list["Problem"]
    next: str | None


class Profile(TypedDict):
    """A person as colleagues see them; `language` is what messages to them are written in."""

    name: str
    language: Literal['zh', 'en']
    phone: NotRequired[str]


class Proposed(TypedDict):
    """Somebody who should be assessed anew, with the evidence."""

    resident: "Named"
    station: "Named"
    events: list["RiskOut"]
    assessed_at: str | None


class ProposedList(TypedDict):
    """Those with the latest event first."""

    items: list["Proposed"]


class Provider(TypedDict):
    """A provider."""

    id: int
    name: str
    phone: str


class Providers(TypedDict):
    """By name."""

    items: list["Provider"]


class PushKey(TypedDict):
    """The key a browser subscribes with (VAPID, uncompressed P-256 point, base64url)."""

    public_key: str


class PushKeys(TypedDict):
    """The keys of a push subscription, base64url."""

    p256dh: str
    auth: str


class PutEscalation(TypedDict):
    """The whole policy anew; `version` as it was read, null for a new one."""

    body: dict[str, Any]
    version: NotRequired[int | None]


class PutPlaces(TypedDict):
    """All places anew; none: the resident is not watched for leaving them."""

    items: list["Place"]
    datum: NotRequired[Literal['wgs84', 'gcj02']]


class Quarantine(TypedDict):
    """A page of quarantined messages, the latest first, and the totals by reason."""

    items: list["Quarantined"]
    next: str | None
    counts: list["ReasonCount"]


class Quarantined(TypedDict):
    """A message that could not be understood."""

    id: int
    first_at: str
    last_at: str
    times: int
    topic: str
    reason: str
    detail: str
    size: int
    preview: str


class RatingCount(TypedDict):
    """Ratings (1 to 5) of such orders."""

    kind: str
    n: int
    points: int


class Reached(TypedDict):
    """Who was told; seconds after the rehearsal began."""

    recipient_kind: str
    recipient_id: int
    name: str
    purpose: str
    state: str
    channel: str | None
    tries: int
    sent_s: float | None
    delivered_s: float | None
    seen_s: float | None


class Readings(TypedDict):
    """One quantity over time, oldest first."""

    metric: str
    unit: str
    points: list[list[str | float]]


class ReasonCount(TypedDict):
    """How often a reason came up."""

    reason: str
    times: int


class Recipient(TypedDict):
    """Who was told."""

    kind: Literal['account', 'contact', 'station']
    id: int
    name: str


class Record(TypedDict):
    """Everything of one person; numbers are masked."""

    id: int
    name: str
    sex: str
    age: int | None
    living: str
    category: Literal['ordinary', 'key', 'high_risk']
    ability_grade: int | None
    station: "Named"
    home: "HomeShort | None"
    phone: str
    left_on: str | None
    version: int
    born: str | None
    identity: str
    language: str
    category_set: bool
    risks: str
    medicines: str
    allergies: str
    doctor: str
    key_note: str
    left_why: str
    contacts: list["ContactOut"]
    consents: list["ConsentOut"]
    devices: list["DeviceHere"]
    assessed_at: str | None
    time_zone: str


class Recovery(TypedDict):
    """Codes that each work once in place of the second factor; shown once, and older ones work no more. Empty when there are codes from before."""

    codes: list[str]


class Redeem(TypedDict):
    """Use a code: make an account with the role it carries."""

    code: str
    login: str
    password: str
    name: str
    language: NotRequired[Literal['zh', 'en']]


class ResetLook(TypedDict):
    """Ask what a link does."""

    code: str


class ResetOut(TypedDict):
    """To whose account it leads."""

    login: str
    name: str
    second_factor: bool
    expires_at: str


class ResetRedeem(TypedDict):
    """The new password."""

    code: str
    password: str


class ResetWish(TypedDict):
    """A link for a new password; with `second_factor` it also removes what is lost."""

    second_factor: NotRequired[bool]


class Resident(TypedDict):
    """A resident in a list, with live state."""

    id: int
    name: str
    sex: str
    age: int | None
    living: str
    ability_grade: int | None
    station_id: int
    home: "HomeAddress | None"
    state: Literal['well', 'alert', 'quiet', 'away', 'no_signal', 'unknown']
    last_activity_at: str | None
    last_room: str
    open_incidents: int
    devices_online: int
    devices_total: int


class ResidentDetail(TypedDict):
    """What a responder needs to know of the person."""

    age: int | None
    living: str
    ability_grade: int | None
    risks: str
    phone: str
    medicines: str
    allergies: str
    doctor: str


class ResidentFull(TypedDict):
    """A resident with what a desk needs."""

    id: int
    name: str
    sex: str
    age: int | None
    living: str
    ability_grade: int | None
    station_id: int
    home: "HomeAddress | None"
    state: Literal['well', 'alert', 'quiet', 'away', 'no_signal', 'unknown']
    last_activity_at: str | None
    last_room: str
    open_incidents: int
    devices_online: int
    devices_total: int
    phone: str
    risks: str
    contacts: list["Contact"]
    devices: list["Device"]
    time_zone: str


class Residents(TypedDict):
    """A page of residents."""

    items: list["Resident"]
    next: str | None


class Reveal(TypedDict):
    """Which numbers to show whole, and what for; both are kept."""

    what: list[Literal['identity', 'phone', 'contacts']]
    why: str


class Revealed(TypedDict):
    """The numbers that were asked for."""

    identity: NotRequired[str | None]
    phone: NotRequired[str | None]
    contacts: NotRequired["list[WholeContact] | None"]


class Review(TypedDict):
    """What somebody else thinks of it afterwards."""

    verdict: Literal['justified', 'not_justified']
    note: NotRequired[str]


class Risk(TypedDict):
    """A care-risk event; `source` is the incident that says so."""

    at: str
    kind: Literal['fall', 'lost', 'choking', 'self_harm', 'suicide_attempt']
    source: NotRequired[str]


class RiskOut(TypedDict):
    """A confirmed fall or loss of the last 30 days."""

    at: str
    kind: str
    incident_id: str


class Risks(TypedDict):
    """The oldest first."""

    items: list["RiskOut"]


class Room(TypedDict):
    """A room, when something last moved in it, and what hangs there."""

    room: str
    last_activity_at: str | None
    devices: list["Device"]


class RotateWish(TypedDict):
    """How long the old secret still counts."""

    overlap_s: NotRequired[int]


class Rotation(TypedDict):
    """A rotation with its key."""

    role: Literal['operator', 'responder', 'volunteer', 'rescue']
    members: list[int]
    first_day: str
    turn_days: int
    from_time: str
    until_time: str
    last_day: NotRequired[str | None]
    id: int
    people: list["Named"]


class Rotations(TypedDict):
    """All rotations of a station."""

    items: list["Rotation"]
    next: NotRequired[str | None]


class Route(TypedDict):
    """A walk through those who are due and whose home has a place."""

    datum: Literal['wgs84', 'gcj02']
    length_m: float
    stops: list["Stop"]


class Rule(TypedDict):
    """How often a category is visited in a subtree; without `station_id` everywhere."""

    station_id: NotRequired[int | None]
    category: Literal['ordinary', 'key', 'high_risk']
    every_days: int
    season_days: int
    after_change_h: int
    remote_counts: bool
    remote_in_a_row: NotRequired[int]


class RuleOut(TypedDict):
    """A rule; `default`: nobody has set it."""

    station_id: NotRequired[int | None]
    category: Literal['ordinary', 'key', 'high_risk']
    every_days: int
    season_days: int
    after_change_h: int
    remote_counts: bool
    remote_in_a_row: NotRequired[int]
    station: NotRequired["Named | None"]
    default: bool


class Rules(TypedDict):
    """What holds everywhere first."""

    items: list["RuleOut"]


class SayRelation(TypedDict):
    """What the caller is to the resident."""

    relation: Literal['daughter', 'son', 'spouse', 'grandchild', 'sibling', 'relative', 'neighbour', 'friend']


class Scale(TypedDict):
    """The edition of the table that new assessments are made with."""

    version: str
    source: str
    most: int
    parts: list["api__models__care_assessments__Part"]
    grades: list["GradeOf"]


SeasonOut = TypedDict('SeasonOut', {
    'id': int,
    'station': "Named",
    'kind': Literal['heat', 'cold', 'festival', 'other'],
    'from': str,
    'until': str,
    'running': bool,
})

class Seasons(TypedDict):
    """The latest first."""

    items: list["SeasonOut"]


class Second(TypedDict):
    """The second factor of a sign-in: `code` of the app, a recovery code, or a `passkey`'s answer."""

    step: str
    code: NotRequired[str | None]
    recovery: NotRequired[str | None]
    passkey: NotRequired[dict[str, Any] | None]


class SecurityOut(TypedDict):
    """What the caller signs in with. `second_factor_by`: until when a second factor must be set up; null when it need not be."""

    password: bool
    totp: bool
    recovery_left: int
    passkeys: list["PasskeyOut"]
    second_factor_by: str | None
    provider: bool


class SelfTest(TypedDict):
    """A synthetic alarm through a station's path."""

    id: int
    station: "Named"
    at: str
    ok: bool | None
    took_ms: int | None
    detail: str
    incident_id: str | None


class SelfTests(TypedDict):
    """The latest hundred."""

    items: list["SelfTest"]
    next: NotRequired[str | None]


class Sent(TypedDict):
    """One message about the incident, and how far it has come."""

    id: int
    recipient: "Recipient"
    purpose: str
    state: Literal['queued', 'sent', 'delivered', 'seen', 'failed', 'superseded']
    channel: str | None
    queued_at: str
    sent_at: str | None
    delivered_at: str | None
    seen_at: str | None
    tries: int
    error: str


class Series(TypedDict):
    """One vital sign over time."""

    metric: str
    unit: str
    points: list[list[str | float]]


class Service(TypedDict):
    """A line of a station's own menu."""

    id: int
    kind: Literal['meal', 'cleaning', 'bathing', 'medical', 'escort', 'urgent']
    name: str
    name_en: str
    provider: "Named"
    price_fen: int
    subsidy_fen: list[int]
    since: str


class Services(TypedDict):
    """A station's own menu."""

    items: list["Service"]


class SessionOut(TypedDict):
    """A session. `csrf` goes into the header X-CSRF-Token of every unsafe request; `may` names the actions that are allowed somewhere. `held`: a second factor was due by `second_factor_by`, and until one is set up nothing is allowed anywhere."""

    account: "AccountOut"
    grants: list["GrantOut"]
    may: list[str]
    second_factor_by: str | None
    held: bool
    csrf: str
    server_time: str
    version: str


class Settled(TypedDict):
    """What a provider is owed for a month."""

    id: int
    name: str
    station: str
    done: int
    taken_back: int
    owed_fen: int
    subsidy_fen: int
    residents_fen: int


class Settlement(TypedDict):
    """A month, from the ledger; `ledger_fen` is what the books themselves say that providers received."""

    month: str
    items: list["Settled"]
    total: "Sums"
    ledger_fen: int


class Shift(TypedDict):
    """A shift with its key."""

    role: Literal['operator', 'responder', 'volunteer', 'rescue']
    account_id: int
    days: list[int]
    from_time: str
    until_time: str
    first_day: str
    last_day: NotRequired[str | None]
    holidays: NotRequired[Literal['as_usual', 'never', 'only']]
    id: int
    account: "Named"


class Shifts(TypedDict):
    """All shifts of a station."""

    items: list["Shift"]
    next: NotRequired[str | None]


class Shown(TypedDict):
    """The answer to `Asked`."""

    step: str
    passkey: dict[str, Any]


class SignIn(TypedDict):
    """Who wants in."""

    login: str
    password: str


Silence = TypedDict('Silence', {
    'id': int,
    'station_id': int | None,
    'home_id': int | None,
    'device_id': int | None,
    'name': str,
    'kinds': list[str],
    'from': str,
    'until': str,
    'reason': str,
    'created_by': "Named | None",
    'created_at': str,
})

class Silences(TypedDict):
    """Those in the caller's scope."""

    items: list["Silence"]
    next: NotRequired[str | None]


class StaffRole(TypedDict):
    """How many people of the station, and of those above it, have access in a role."""

    role: Literal['operator', 'responder', 'family', 'administrator']
    people: int


class Start(TypedDict):
    """Go to the provider; with the code of an `invitation`, to get its account."""

    invitation: NotRequired[str | None]


class StartDrill(TypedDict):
    """Rehearse: the whole real path, marked as a drill everywhere."""

    station_id: int
    scenario: Literal['fall', 'sos', 'smoke', 'inactivity', 'self_test']
    home_id: NotRequired[int | None]
    note: NotRequired[str]


class Statement(TypedDict):
    """The oldest line first."""

    balance_min: int
    items: list["Line"]


class Station(TypedDict):
    """A node of the station tree."""

    id: int
    parent_id: int | None
    level: str
    code: str
    name: str
    name_en: str
    time_zone: str


class StationCovered(TypedDict):
    """The same of one station."""

    category: Literal['ordinary', 'key', 'high_risk']
    people: int
    met: int
    station: "Named"


class StationFull(TypedDict):
    """A station with its area (WGS-84) and hours."""

    id: int
    parent_id: int | None
    code: str
    level: Literal['city', 'district', 'street', 'community']
    name: str
    name_en: str
    phone: str
    time_zone: str
    lat: float | None
    lon: float | None
    area: list[list[float]]
    hours: list["Opening"]


class StationRef(TypedDict):
    """A station by key and names."""

    id: int
    name: str
    name_en: str


class Stations(TypedDict):
    """The tree as the caller sees it."""

    items: list["Station"]


class Status(TypedDict):
    """Whether people are watched over just now; more is nobody else's business."""

    works: bool
    at: str


class Stay(TypedDict):
    """Where somebody lived."""

    home: "HomeShort"
    since: str
    until: str | None


class StepFigures(TypedDict):
    """How quickly one step came, from the opening of the incident."""

    alarms: int
    n: int
    p50_s: float | None
    p90_s: float | None
    p99_s: float | None
    within_60_s: float | None
    within_180_s: float | None


class StepLook(TypedDict):
    """Ask what a sign-in that was begun still lacks."""

    step: str


class StepOut(TypedDict):
    """What it lacks: the same as the answer 401 `second-factor` says."""

    step: str
    ways: list[Literal['totp', 'recovery', 'passkey']]
    passkey: NotRequired[dict[str, Any] | None]


class Stop(TypedDict):
    """One stop of a walk: metres from the stop before it."""

    resident: "Named"
    home: "HomeOfVisit | None"
    station: "Named"
    category: Literal['ordinary', 'key', 'high_risk']
    by: str
    why: str
    text: "Text"
    overdue: bool
    last: str | None
    last_visit_id: int | None
    walk_m: float


class Subscription(TypedDict):
    """What `PushManager.subscribe` gives, as it is."""

    endpoint: str
    keys: "PushKeys"


class Sums(TypedDict):
    """All providers together."""

    done: int
    taken_back: int
    owed_fen: int
    subsidy_fen: int
    residents_fen: int


class System(TypedDict):
    """How the parts are."""

    parts: list["api__models__desk__Part"]
    ingest: "Ingest"


class Task(TypedDict):
    """A task as it stands; its photos have the subject `adaptation:<id>`."""

    id: int
    version: int
    resident: "Named"
    home: "HomeShort | None"
    station: "Named"
    kind: str
    text: "Text"
    room: str
    note: str
    source: str
    opened_at: str
    opened_by: "Named | None"
    state: Literal['open', 'planned', 'done', 'checked', 'dropped']
    state_since: str
    planned_for: str | None
    done_at: str | None
    done_by: "Named | None"
    allowed: list[Literal['plan', 'do', 'check', 'redo', 'drop']]


class TaskEvent(TypedDict):
    """One step."""

    at: str
    kind: str
    by: "Named | None"
    data: dict[str, Any]


class TaskFull(TypedDict):
    """With its steps."""

    id: int
    version: int
    resident: "Named"
    home: "HomeShort | None"
    station: "Named"
    kind: str
    text: "Text"
    room: str
    note: str
    source: str
    opened_at: str
    opened_by: "Named | None"
    state: Literal['open', 'planned', 'done', 'checked', 'dropped']
    state_since: str
    planned_for: str | None
    done_at: str | None
    done_by: "Named | None"
    allowed: list[Literal['plan', 'do', 'check', 'redo', 'drop']]
    events: list["TaskEvent"]


class Tasks(TypedDict):
    """The latest first."""

    items: list["Task"]
    next: str | None


class Text(TypedDict):
    """One sentence in every language the pages speak."""

    zh: str
    en: str


class Texts(TypedDict):
    """Drafts of what to say: to the person, to the emergency number, to the family."""

    call: "Text"
    emergency: "Text"
    family: "Text"


class Tiles(TypedDict):
    """Where pictures of the street map come from."""

    url: str
    attribution: str
    datum: Literal['wgs84', 'gcj02']
    max_zoom: int


class TimeSum(TypedDict):
    """Time booked in the period."""

    who: str
    n: int
    minutes: int


class Today(TypedDict):
    """One day of one resident, for those who care from afar."""

    resident: "Named"
    day: str
    time_zone: str
    state: Literal['well', 'alert', 'quiet', 'away', 'no_signal', 'unknown']
    headline: "Text"
    last_activity_at: str | None
    last_room: str
    slot_minutes: NotRequired[int]
    activity: list[int | None]
    usual: list[float] | None
    vitals: list["VitalNow"]
    incidents: list["Incident"]
    told: list[str]
    battery_low: list[str]


class TokenOut(TypedDict):
    """A token as it is known later: by its name and its last letters."""

    id: int
    name: str
    tail: str
    actions: list[str]
    station: "StationRef | None"
    made_by: "Named"
    made_at: str
    expires_at: str
    used_at: str | None
    revoked_at: str | None


class Tokens(TypedDict):
    """All that hold, and those that were revoked in the last year."""

    items: list["TokenOut"]
    actions: list[str]


class TotpBegun(TypedDict):
    """The secret for an authenticator app, shown once; `qr` is a picture of `uri`."""

    secret: str
    uri: str
    qr: str


class TotpCode(TypedDict):
    """The app's code."""

    code: str


class Transfer(TypedDict):
    """Saved time for another volunteer or a resident."""

    request: str
    to_kind: Literal['volunteer', 'resident']
    to_id: int
    minutes: int


class Trend(TypedDict):
    """One quantity in buckets of local time, oldest first; buckets without a value are absent."""

    metric: str
    unit: str
    span: Literal['day', 'week', 'month']
    bucket_minutes: int
    points: list[list[str | float]]


class Tried(TypedDict):
    """What came of a test message."""

    outcome: str
    detail: str


class Upto(TypedDict):
    """The last message that was seen."""

    upto: int


class Verified(TypedDict):
    """Whether drawing again from the kept lists gives the same."""

    same: bool


class Visit(TypedDict):
    """A visit as it was written down; one with `replaced_by` was put right."""

    id: int
    resident: "Named"
    station: "Named"
    at: str
    way: Literal['home', 'station', 'remote']
    result: Literal['well', 'problem', 'not_met']
    note: str
    minutes: int
    visitor: "Named | None"
    lat: float | None
    lon: float | None
    replaces: int | None
    replaced_by: int | None
    confirmed_by: "Named | None"
    incident_id: str | None
    why: str


class VisitCount(TypedDict):
    """Visits of the period."""

    way: str
    result: str
    n: int
    minutes: int


class Visited(TypedDict):
    """The visit, and the tasks that came of it."""

    id: int
    resident: "Named"
    station: "Named"
    at: str
    way: Literal['home', 'station', 'remote']
    result: Literal['well', 'problem', 'not_met']
    note: str
    minutes: int
    visitor: "Named | None"
    lat: float | None
    lon: float | None
    replaces: int | None
    replaced_by: int | None
    confirmed_by: "Named | None"
    incident_id: str | None
    why: str
    adaptations: NotRequired[list[int]]


class Visits(TypedDict):
    """The latest first."""

    items: list["Visit"]
    next: str | None


class VitalNow(TypedDict):
    """The last value of one vital sign."""

    metric: str
    unit: str
    value: float
    at: str


class Volunteer(TypedDict):
    """A volunteer with what they have saved."""

    account: "Named"
    station: "Named"
    since: str
    balance_min: int


class Volunteers(TypedDict):
    """By name."""

    items: list["Volunteer"]


class Waiting(TypedDict):
    """How many conversations wait for an answer."""

    count: int


class Ways(TypedDict):
    """How people may sign in here."""

    provider: str | None
    passkey: bool


class Whereabouts(TypedDict):
    """Whether the caller can be sent (null: as it was), and from where (WGS 84; a page may send `datum` gcj02)."""

    available: NotRequired[bool | None]
    lat: NotRequired[float | None]
    lon: NotRequired[float | None]
    datum: NotRequired[Literal['wgs84', 'gcj02']]


class WholeContact(TypedDict):
    """A contact's number."""

    id: int
    name: str
    phone: str


class Worn(TypedDict):
    """Which device was theirs."""

    device: "DeviceHere"
    until: str | None


class WorthAVisit(TypedDict):
    """A resident whose days have changed slowly: no alarm, but worth a visit."""

    resident: "Named"
    home: "HomeAddress | None"
    score: float
    since: str
    reasons: list["Text"]
    series: dict[str, Any]


class WorthVisits(TypedDict):
    """Of the latest week that was looked at, most worth first."""

    items: list["WorthAVisit"]
    next: NotRequired[str | None]


class api__models__care_assessments__Part(TypedDict):
    """Items that are summed together."""

    key: str
    zh: str
    en: str
    most: int
    items: list["Item"]


class api__models__care_inspections__Report(TypedDict):
    """What an inspector found; once."""

    result: Literal['good', 'faults']
    note: NotRequired[str]


class api__models__care_people__History(TypedDict):
    """What was, the latest first."""

    residences: list["Stay"]
    devices: list["Worn"]
    changes: list["Change"]
    consents: list["ConsentOut"]


class api__models__desk__Part(TypedDict):
    """One part of the system."""

    name: str
    ok: bool
    detail: str


class api__models__incidents__Report(TypedDict):
    """Raise an incident by hand, after a call or a visit: about a person, or about a household. `request` is made by the page: sent again, it is the same incident."""

    kind: Literal['sos', 'fall', 'inactivity', 'other']
    resident_id: NotRequired[int | None]
    home_id: NotRequired[int | None]
    note: NotRequired[str]
    request: NotRequired[str | None]


class api__models__rules__History(TypedDict):
    """Earlier versions, the latest first."""

    items: list["OldVersion"]
    next: NotRequired[str | None]
