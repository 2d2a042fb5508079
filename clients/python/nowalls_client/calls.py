"""Generated from docs/openapi.json by `python -m api.description`; do not edit."""

# fmt: off
# ruff: noqa

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Literal, cast

from nowalls_client import models
from nowalls_client.transport import Transport, each


class Calls(Transport):
    """Every route of the API, a method each."""

    def get_accounts(self, *, station: int | None = None, q: str | None = None, cursor: str | None = None, limit: int | None = None) -> models.Accounts:
        """Who has or had a role in the caller's part of the tree."""
        return cast('models.Accounts', self.call("GET", "/api/v1/accounts", query={'station': station, 'q': q, 'cursor': cursor, 'limit': limit}))

    def each_accounts(self, *, station: int | None = None, q: str | None = None, limit: int | None = None) -> Iterator[models.AccountFull]:
        """All of get_accounts, page after page."""
        return each(lambda cursor: self.get_accounts(station=station, q=q, limit=limit, cursor=cursor))

    def get_accounts_account(self, account: int) -> models.AccountFull:
        """One of them."""
        return cast('models.AccountFull', self.call("GET", f"/api/v1/accounts/{self.step(account)}"))

    def put_accounts_account_enabled(self, account: int, body: models.Enabled) -> models.AccountFull:
        """Let them in no more, and end all their sessions; or let them in again. 409 `not-yourself`, `beyond-you`, `last-administrator`."""
        return cast('models.AccountFull', self.call("PUT", f"/api/v1/accounts/{self.step(account)}/enabled", json=body))

    def post_accounts_account_grants(self, account: int, body: models.NewGrant) -> models.AccountFull:
        """Give them a role in the caller's part. 409 `already-there`."""
        return cast('models.AccountFull', self.call("POST", f"/api/v1/accounts/{self.step(account)}/grants", json=body))

    def delete_accounts_account_grants_grant(self, account: int, grant: int) -> models.AccountFull:
        """Withdraw a role: it holds no longer, within five seconds on open sockets too. 409 `not-yourself`, `last-administrator`."""
        return cast('models.AccountFull', self.call("DELETE", f"/api/v1/accounts/{self.step(account)}/grants/{self.step(grant)}"))

    def get_accounts_account_logins(self, account: int, *, cursor: str | None = None, limit: int | None = None) -> models.Logins:
        """How they were signed in, or somebody was not; the latest first."""
        return cast('models.Logins', self.call("GET", f"/api/v1/accounts/{self.step(account)}/logins", query={'cursor': cursor, 'limit': limit}))

    def each_accounts_account_logins(self, account: int, *, limit: int | None = None) -> Iterator[models.LoginOut]:
        """All of get_accounts_account_logins, page after page."""
        return each(lambda cursor: self.get_accounts_account_logins(account, limit=limit, cursor=cursor))

    def post_accounts_account_reset(self, account: int, body: models.ResetWish) -> models.Invited:
        """A link, good once and for a day, to choose a new password by. 409 `not-yourself`, `beyond-you`."""
        return cast('models.Invited', self.call("POST", f"/api/v1/accounts/{self.step(account)}/reset", json=body))

    def get_audit(self, *, account: int | None = None, resident: int | None = None, what: str | None = None, refused: bool | None = None, from_: datetime | str | None = None, to: datetime | str | None = None, cursor: str | None = None, limit: int | None = None) -> models.AuditEntries:
        """Looks and changes about residents, and by people, of the caller's stations; the latest first."""
        return cast('models.AuditEntries', self.call("GET", "/api/v1/audit", query={'account': account, 'resident': resident, 'what': what, 'refused': refused, 'from': from_, 'to': to, 'cursor': cursor, 'limit': limit}))

    def each_audit(self, *, account: int | None = None, resident: int | None = None, what: str | None = None, refused: bool | None = None, from_: datetime | str | None = None, to: datetime | str | None = None, limit: int | None = None) -> Iterator[models.AuditEntry]:
        """All of get_audit, page after page."""
        return each(lambda cursor: self.get_audit(account=account, resident=resident, what=what, refused=refused, from_=from_, to=to, limit=limit, cursor=cursor))

    def get_audit_chain(self) -> models.Chain:
        """Whether the audit is what was written: looks at the links since the latest anchor (5,000)."""
        return cast('models.Chain', self.call("GET", "/api/v1/audit/chain"))

    def get_bench_devices(self, *, home: int | None = None) -> models.BenchDevices:
        """Virtual devices and their buttons; 404 where no demonstration runs."""
        return cast('models.BenchDevices', self.call("GET", "/api/v1/bench/devices", query={'home': home}))

    def post_bench_devices_code_press(self, code: str, body: models.Press) -> models.Pressed:
        """Press a button; what follows is the real path. 404 for a device or a button that there is not."""
        return cast('models.Pressed', self.call("POST", f"/api/v1/bench/devices/{self.step(code)}/press", json=body))

    def get_care_adaptations(self, *, station: int | None = None, resident: int | None = None, state: Literal['open', 'planned', 'done', 'checked', 'dropped'] | None = None, cursor: str | None = None, limit: int | None = None) -> models.Tasks:
        """Tasks, the latest first."""
        return cast('models.Tasks', self.call("GET", "/api/v1/care/adaptations", query={'station': station, 'resident': resident, 'state': state, 'cursor': cursor, 'limit': limit}))

    def each_care_adaptations(self, *, station: int | None = None, resident: int | None = None, state: Literal['open', 'planned', 'done', 'checked', 'dropped'] | None = None, limit: int | None = None) -> Iterator[models.Task]:
        """All of get_care_adaptations, page after page."""
        return each(lambda cursor: self.get_care_adaptations(station=station, resident=resident, state=state, limit=limit, cursor=cursor))

    def post_care_adaptations(self, body: models.NewTask) -> models.TaskFull:
        """A hazard that somebody noticed. 422 `not-possible` for a word that is no hazard."""
        return cast('models.TaskFull', self.call("POST", "/api/v1/care/adaptations", json=body))

    def get_care_adaptations_task(self, task: int) -> models.TaskFull:
        """A task with its steps."""
        return cast('models.TaskFull', self.call("GET", f"/api/v1/care/adaptations/{self.step(task)}"))

    def post_care_adaptations_task_actions(self, task: int, body: models.ActOnTask) -> models.TaskFull:
        """Take a step: staff put it right; the desk plans it, and somebody who did not do it checks it."""
        return cast('models.TaskFull', self.call("POST", f"/api/v1/care/adaptations/{self.step(task)}/actions", json=body))

    def get_care_assessments_proposed(self, *, station: int | None = None) -> models.ProposedList:
        """Who should be assessed anew by the 30-day rule, with the incidents that say so."""
        return cast('models.ProposedList', self.call("GET", "/api/v1/care/assessments/proposed", query={'station': station}))

    def get_care_consent_texts(self) -> models.ConsentTexts:
        """What is read out when somebody is asked, and what was before."""
        return cast('models.ConsentTexts', self.call("GET", "/api/v1/care/consent-texts"))

    def post_care_consent_texts(self, body: models.NewConsentText) -> models.ConsentTexts:
        """New words for a purpose, from now on; for administrators of everything."""
        return cast('models.ConsentTexts', self.call("POST", "/api/v1/care/consent-texts", json=body))

    def get_care_devices_device_history(self, device: int) -> models.DeviceHistory:
        """Where it hung, and who wore it, when."""
        return cast('models.DeviceHistory', self.call("GET", f"/api/v1/care/devices/{self.step(device)}/history"))

    def post_care_devices_device_uninstall(self, device: int) -> None:
        """It hangs nowhere from now on; its readings belong to nobody."""
        self.call("POST", f"/api/v1/care/devices/{self.step(device)}/uninstall")

    def get_care_export_residents(self, *, station: int | None = None, format: Literal['csv', 'xlsx', 'parquet'] | None = None, whole: bool | None = None, language: Literal['zh', 'en'] | None = None) -> bytes:
        """Everybody in our care, with the headings that an intake reads. Numbers are masked unless `whole`."""
        return cast('bytes', self.call("GET", "/api/v1/care/export/residents", query={'station': station, 'format': format, 'whole': whole, 'language': language}, raw=True))

    def get_care_export_settlement(self, *, station: int | None = None, month: str | None = None, format: Literal['csv', 'xlsx', 'parquet'] | None = None) -> bytes:
        """What each provider is owed for a month; the last row sums up, and is the ledger's own sum."""
        return cast('bytes', self.call("GET", "/api/v1/care/export/settlement", query={'station': station, 'month': month, 'format': format}, raw=True))

    def get_care_export_statistics(self, *, station: int | None = None, from_: date | str | None = None, to: date | str | None = None, format: Literal['csv', 'xlsx', 'parquet', 'pdf'] | None = None, language: Literal['zh', 'en'] | None = None) -> bytes:
        """The figures as one long table, or as a page to print."""
        return cast('bytes', self.call("GET", "/api/v1/care/export/statistics", query={'station': station, 'from': from_, 'to': to, 'format': format, 'language': language}, raw=True))

    def get_care_hazards(self) -> models.HazardKinds:
        """The words for what may be wrong in a home."""
        return cast('models.HazardKinds', self.call("GET", "/api/v1/care/hazards"))

    def get_care_homes(self, *, q: str | None = None, station: int | None = None, cursor: str | None = None, limit: int | None = None) -> models.Homes:
        """Homes by key."""
        return cast('models.Homes', self.call("GET", "/api/v1/care/homes", query={'q': q, 'station': station, 'cursor': cursor, 'limit': limit}))

    def each_care_homes(self, *, q: str | None = None, station: int | None = None, limit: int | None = None) -> Iterator[models.HomeInList]:
        """All of get_care_homes, page after page."""
        return each(lambda cursor: self.get_care_homes(q=q, station=station, limit=limit, cursor=cursor))

    def post_care_homes(self, body: models.NewHome) -> models.HomeFull:
        """A new home. 409 `conflict` when the code is taken."""
        return cast('models.HomeFull', self.call("POST", "/api/v1/care/homes", json=body))

    def get_care_homes_home(self, home: int) -> models.HomeFull:
        """A home with who lives there, how to get in, and what hangs there."""
        return cast('models.HomeFull', self.call("GET", f"/api/v1/care/homes/{self.step(home)}"))

    def patch_care_homes_home(self, home: int, body: models.ChangeHome) -> models.HomeFull:
        """Change what is sent."""
        return cast('models.HomeFull', self.call("PATCH", f"/api/v1/care/homes/{self.step(home)}", json=body))

    def post_care_homes_home_devices(self, home: int, body: models.Install) -> models.Installed:
        """Hang a device here from `since` (default now) on; where it was, it is no longer. 409 `conflict`."""
        return cast('models.Installed', self.call("POST", f"/api/v1/care/homes/{self.step(home)}/devices", json=body))

    def get_care_incidents_incident_handover(self, incident: str, *, format: Literal['pdf', 'fhir'] | None = None, language: Literal['zh', 'en'] | None = None) -> bytes:
        """The same from an incident that is about somebody."""
        return cast('bytes', self.call("GET", f"/api/v1/care/incidents/{self.step(incident)}/handover", query={'format': format, 'language': language}, raw=True))

    def get_care_inspections(self) -> models.Inspections:
        """Inspections of one's stations, the latest first."""
        return cast('models.Inspections', self.call("GET", "/api/v1/care/inspections"))

    def post_care_inspections(self, body: models.Announce) -> models.InspectionFull:
        """Announce it with the seal of its seed; nothing is drawn yet."""
        return cast('models.InspectionFull', self.call("POST", "/api/v1/care/inspections", json=body))

    def get_care_inspections_inspection(self, inspection: int) -> models.InspectionFull:
        """An inspection with what was drawn."""
        return cast('models.InspectionFull', self.call("GET", f"/api/v1/care/inspections/{self.step(inspection)}"))

    def post_care_inspections_inspection_draw(self, inspection: int) -> models.InspectionFull:
        """Draw from the lists of this moment, which are kept; once. 422 `not-possible` when too few may go."""
        return cast('models.InspectionFull', self.call("POST", f"/api/v1/care/inspections/{self.step(inspection)}/draw"))

    def post_care_inspections_inspection_tasks_task_result(self, inspection: int, task: int, body: models.api__models__care_inspections__Report) -> models.InspectionFull:
        """What was found: by who was drawn for it, once. 409 `conflict` else."""
        return cast('models.InspectionFull', self.call("POST", f"/api/v1/care/inspections/{self.step(inspection)}/tasks/{self.step(task)}/result", json=body))

    def get_care_inspections_inspection_verify(self, inspection: int) -> models.Verified:
        """Draw again from what was kept: it must give the same."""
        return cast('models.Verified', self.call("GET", f"/api/v1/care/inspections/{self.step(inspection)}/verify"))

    def get_care_intakes(self) -> models.Intakes:
        """One's own sheets, the latest first."""
        return cast('models.Intakes', self.call("GET", "/api/v1/care/intakes"))

    def post_care_intakes(self, body: bytes, media: str, *, name: str) -> models.Intake:
        """Send a sheet (CSV or .xlsx, up to 32 MiB) as the body. It is looked at in the background: read it again until it is `ready`. Nobody is taken in yet."""
        return cast('models.Intake', self.call("POST", "/api/v1/care/intakes", query={'name': name}, content=body, media=media))

    def get_care_intakes_columns(self) -> models.Columns:
        """What a sheet may hold."""
        return cast('models.Columns', self.call("GET", "/api/v1/care/intakes/columns"))

    def delete_care_intakes_intake(self, intake: int) -> None:
        """Forget the sheet. 409 `conflict` once it is being taken in."""
        self.call("DELETE", f"/api/v1/care/intakes/{self.step(intake)}")

    def get_care_intakes_intake(self, intake: int) -> models.Intake:
        """How far a sheet is."""
        return cast('models.Intake', self.call("GET", f"/api/v1/care/intakes/{self.step(intake)}"))

    def post_care_intakes_intake_accept(self, intake: int) -> models.Intake:
        """Take in every row without a problem, all or nothing, in the background. 409 `conflict` unless ready."""
        return cast('models.Intake', self.call("POST", f"/api/v1/care/intakes/{self.step(intake)}/accept"))

    def get_care_intakes_intake_problems(self, intake: int, *, cursor: str | None = None, limit: int | None = None) -> models.Problems:
        """Every cell that is wrong, and why; the cells themselves are not repeated."""
        return cast('models.Problems', self.call("GET", f"/api/v1/care/intakes/{self.step(intake)}/problems", query={'cursor': cursor, 'limit': limit}))

    def each_care_intakes_intake_problems(self, intake: int, *, limit: int | None = None) -> Iterator[models.Problem]:
        """All of get_care_intakes_intake_problems, page after page."""
        return each(lambda cursor: self.get_care_intakes_intake_problems(intake, limit=limit, cursor=cursor))

    def get_care_orders(self, *, station: int | None = None, resident: int | None = None, state: Literal['requested', 'accepted', 'carried_out', 'confirmed', 'refused', 'cancelled', 'complained', 'refunded'] | None = None, cursor: str | None = None, limit: int | None = None) -> models.Orders:
        """Orders, the latest first; the family sees their own resident's."""
        return cast('models.Orders', self.call("GET", "/api/v1/care/orders", query={'station': station, 'resident': resident, 'state': state, 'cursor': cursor, 'limit': limit}))

    def each_care_orders(self, *, station: int | None = None, resident: int | None = None, state: Literal['requested', 'accepted', 'carried_out', 'confirmed', 'refused', 'cancelled', 'complained', 'refunded'] | None = None, limit: int | None = None) -> Iterator[models.Order]:
        """All of get_care_orders, page after page."""
        return each(lambda cursor: self.get_care_orders(station=station, resident=resident, state=state, limit=limit, cursor=cursor))

    def post_care_orders(self, body: models.NewOrder) -> models.OrderFull:
        """Order a line of the resident's menu; the same `request` again is the same order."""
        return cast('models.OrderFull', self.call("POST", "/api/v1/care/orders", json=body))

    def get_care_orders_order(self, order: int) -> models.OrderFull:
        """An order with its steps."""
        return cast('models.OrderFull', self.call("GET", f"/api/v1/care/orders/{self.step(order)}"))

    def post_care_orders_order_actions(self, order: int, body: models.ActOnOrder) -> models.OrderFull:
        """Take a step. 409 `illegal-transition`, or `lost-race` when the order moved on since `version`."""
        return cast('models.OrderFull', self.call("POST", f"/api/v1/care/orders/{self.step(order)}/actions", json=body))

    def get_care_residents(self, *, q: str | None = None, station: int | None = None, category: Literal['ordinary', 'key', 'high_risk'] | None = None, living: Literal['', 'alone', 'couple', 'empty_nest', 'left_behind', 'lost_only_child', 'with_children'] | None = None, grade: int | None = None, left: bool | None = None, cursor: str | None = None, limit: int | None = None) -> models.People:
        """People by key; with `q` (name, pinyin, initials, telephone, the tail of a number) the closest first."""
        return cast('models.People', self.call("GET", "/api/v1/care/residents", query={'q': q, 'station': station, 'category': category, 'living': living, 'grade': grade, 'left': left, 'cursor': cursor, 'limit': limit}))

    def each_care_residents(self, *, q: str | None = None, station: int | None = None, category: Literal['ordinary', 'key', 'high_risk'] | None = None, living: Literal['', 'alone', 'couple', 'empty_nest', 'left_behind', 'lost_only_child', 'with_children'] | None = None, grade: int | None = None, left: bool | None = None, limit: int | None = None) -> Iterator[models.PersonShort]:
        """All of get_care_residents, page after page."""
        return each(lambda cursor: self.get_care_residents(q=q, station=station, category=category, living=living, grade=grade, left=left, limit=limit, cursor=cursor))

    def post_care_residents(self, body: models.NewPerson) -> models.Record:
        """Take somebody in. 409 `conflict` when this identity number is in our care already."""
        return cast('models.Record', self.call("POST", "/api/v1/care/residents", json=body))

    def get_care_residents_resident(self, resident: int) -> models.Record:
        """One person. Numbers are masked: see `reveal`."""
        return cast('models.Record', self.call("GET", f"/api/v1/care/residents/{self.step(resident)}"))

    def patch_care_residents_resident(self, resident: int, body: models.ChangePerson) -> models.Record:
        """Change what is sent; the rest stays. 409 `lost-race` when it was changed since `version`."""
        return cast('models.Record', self.call("PATCH", f"/api/v1/care/residents/{self.step(resident)}", json=body))

    def get_care_residents_resident_assessments(self, resident: int) -> models.Assessments:
        """Every assessment, the latest first; none is ever changed."""
        return cast('models.Assessments', self.call("GET", f"/api/v1/care/residents/{self.step(resident)}/assessments"))

    def post_care_residents_resident_assessments(self, resident: int, body: models.NewAssessment, *, preview: bool | None = None) -> models.Assessment:
        """Grade a filled form and keep it; the grade in force and the category follow. 422 `incomplete` with `problems` by item."""
        return cast('models.Assessment', self.call("POST", f"/api/v1/care/residents/{self.step(resident)}/assessments", query={'preview': preview}, json=body))

    def get_care_residents_resident_changes(self, resident: int) -> models.MajorChanges:
        """Major changes in a person's life, the latest first."""
        return cast('models.MajorChanges', self.call("GET", f"/api/v1/care/residents/{self.step(resident)}/changes"))

    def post_care_residents_resident_changes(self, resident: int, body: models.NewChange) -> models.MajorChanges:
        """Somebody must look within the hours that the rule of the category says."""
        return cast('models.MajorChanges', self.call("POST", f"/api/v1/care/residents/{self.step(resident)}/changes", json=body))

    def put_care_residents_resident_consents_purpose(self, resident: int, purpose: Literal['monitoring', 'family_view', 'handover', 'photos', 'research'], body: models.Consent) -> models.Record:
        """The person agrees, or no longer agrees."""
        return cast('models.Record', self.call("PUT", f"/api/v1/care/residents/{self.step(resident)}/consents/{self.step(purpose)}", json=body))

    def put_care_residents_resident_contacts(self, resident: int, body: models.Contacts) -> models.Record:
        """These, in this order, and nobody else."""
        return cast('models.Record', self.call("PUT", f"/api/v1/care/residents/{self.step(resident)}/contacts", json=body))

    def get_care_residents_resident_erasure(self, resident: int) -> models.Erasure:
        """The order that stands; 404 without one."""
        return cast('models.Erasure', self.call("GET", f"/api/v1/care/residents/{self.step(resident)}/erasure"))

    def post_care_residents_resident_erasure(self, resident: int, body: models.ErasureWish) -> models.Erasure:
        """Ask that somebody who has left be forgotten; done at the earliest when the waiting time is over."""
        return cast('models.Erasure', self.call("POST", f"/api/v1/care/residents/{self.step(resident)}/erasure", json=body))

    def post_care_residents_resident_erasure_agree(self, resident: int) -> models.Erasure:
        """A second administrator agrees: it may be carried out at once."""
        return cast('models.Erasure', self.call("POST", f"/api/v1/care/residents/{self.step(resident)}/erasure/agree"))

    def post_care_residents_resident_erasure_carry_out(self, resident: int) -> models.Erasure:
        """Forget them: nothing brings it back. The hash of the certificate goes into the audit's chain."""
        return cast('models.Erasure', self.call("POST", f"/api/v1/care/residents/{self.step(resident)}/erasure/carry-out"))

    def get_care_residents_resident_erasure_certificate(self, resident: int, *, format: Literal['json', 'pdf'] | None = None, language: Literal['zh', 'en'] | None = None) -> bytes:
        """Table by table what was removed, what is kept and why, and the key that is destroyed. As JSON it is byte for byte what was hashed; as PDF it is for people, and bears that hash."""
        return cast('bytes', self.call("GET", f"/api/v1/care/residents/{self.step(resident)}/erasure/certificate", query={'format': format, 'language': language}, raw=True))

    def post_care_residents_resident_erasure_drop(self, resident: int) -> None:
        """It is not to be."""
        self.call("POST", f"/api/v1/care/residents/{self.step(resident)}/erasure/drop")

    def get_care_residents_resident_everything(self, resident: int) -> bytes:
        """All that is held about one person, as a ZIP: CSV, JSON, FHIR R4, pictures, who looked, and a guide."""
        return cast('bytes', self.call("GET", f"/api/v1/care/residents/{self.step(resident)}/everything", raw=True))

    def get_care_residents_resident_handover(self, resident: int, *, format: Literal['pdf', 'fhir'] | None = None, language: Literal['zh', 'en'] | None = None, incident: str | None = None) -> bytes:
        """Who, what happened, the last day, whom to call; about `incident`, or the latest open one. 403 `confirm-again` while nobody is in danger."""
        return cast('bytes', self.call("GET", f"/api/v1/care/residents/{self.step(resident)}/handover", query={'format': format, 'language': language, 'incident': incident}, raw=True))

    def get_care_residents_resident_history(self, resident: int) -> models.api__models__care_people__History:
        """Where they lived, what they wore, and who changed what."""
        return cast('models.api__models__care_people__History', self.call("GET", f"/api/v1/care/residents/{self.step(resident)}/history"))

    def post_care_residents_resident_leave(self, resident: int, body: models.Leave) -> models.Record:
        """Out of our care: moved away, or died. What was stays known."""
        return cast('models.Record', self.call("POST", f"/api/v1/care/residents/{self.step(resident)}/leave", json=body))

    def get_care_residents_resident_menu(self, resident: int) -> models.Menu:
        """What a resident may order now, and what it costs them by their grade."""
        return cast('models.Menu', self.call("GET", f"/api/v1/care/residents/{self.step(resident)}/menu"))

    def post_care_residents_resident_move(self, resident: int, body: models.MoveTo) -> models.Record:
        """To another home of one's own stations; the earlier stay ends then."""
        return cast('models.Record', self.call("POST", f"/api/v1/care/residents/{self.step(resident)}/move", json=body))

    def get_care_residents_resident_next_visit(self, resident: int) -> models.NextVisit:
        """When somebody comes by at the latest; for the family too."""
        return cast('models.NextVisit', self.call("GET", f"/api/v1/care/residents/{self.step(resident)}/next-visit"))

    def post_care_residents_resident_return(self, resident: int) -> models.Record:
        """In our care again; where they live is said with `move`."""
        return cast('models.Record', self.call("POST", f"/api/v1/care/residents/{self.step(resident)}/return"))

    def post_care_residents_resident_reveal(self, resident: int, body: models.Reveal) -> models.Revealed:
        """Whole numbers, for a reason that is kept."""
        return cast('models.Revealed', self.call("POST", f"/api/v1/care/residents/{self.step(resident)}/reveal", json=body))

    def get_care_residents_resident_risk_events(self, resident: int) -> models.Risks:
        """Confirmed falls and losses of the last 30 days: for the form."""
        return cast('models.Risks', self.call("GET", f"/api/v1/care/residents/{self.step(resident)}/risk-events"))

    def get_care_scale(self) -> models.Scale:
        """The table of items of GB/T 42195-2022."""
        return cast('models.Scale', self.call("GET", "/api/v1/care/scale"))

    def get_care_seasons(self) -> models.Seasons:
        """Heat, cold and festivals that hold in scope, the latest first."""
        return cast('models.Seasons', self.call("GET", "/api/v1/care/seasons"))

    def post_care_seasons(self, body: models.NewSeason) -> models.Seasons:
        """More visits below a station for a while."""
        return cast('models.Seasons', self.call("POST", "/api/v1/care/seasons", json=body))

    def post_care_seasons_season_end(self, season: int) -> None:
        """It is over."""
        self.call("POST", f"/api/v1/care/seasons/{self.step(season)}/end")

    def delete_care_services_service(self, service: int) -> None:
        """Off the menu; what was ordered stays."""
        self.call("DELETE", f"/api/v1/care/services/{self.step(service)}")

    def get_care_settlement(self, *, station: int | None = None, month: str | None = None) -> models.Settlement:
        """What each provider is owed for a month, from the ledger; the totals are the books' own."""
        return cast('models.Settlement', self.call("GET", "/api/v1/care/settlement", query={'station': station, 'month': month}))

    def post_care_stations(self, body: models.NewStation) -> models.StationFull:
        """A station below one of one's own. 409 `conflict` when the code is taken."""
        return cast('models.StationFull', self.call("POST", "/api/v1/care/stations", json=body))

    def get_care_stations_station(self, station: int) -> models.StationFull:
        """A station with its area and hours."""
        return cast('models.StationFull', self.call("GET", f"/api/v1/care/stations/{self.step(station)}"))

    def patch_care_stations_station(self, station: int, body: models.ChangeStation) -> models.StationFull:
        """Change what is sent."""
        return cast('models.StationFull', self.call("PATCH", f"/api/v1/care/stations/{self.step(station)}", json=body))

    def put_care_stations_station_area(self, station: int, body: models.Area) -> models.StationFull:
        """Draw what the station answers for; three corners or more, or none."""
        return cast('models.StationFull', self.call("PUT", f"/api/v1/care/stations/{self.step(station)}/area", json=body))

    def put_care_stations_station_hours(self, station: int, body: models.Hours) -> models.StationFull:
        """When it is open."""
        return cast('models.StationFull', self.call("PUT", f"/api/v1/care/stations/{self.step(station)}/hours", json=body))

    def get_care_stations_station_providers(self, station: int) -> models.Providers:
        """Who serves a station: its own providers and those above."""
        return cast('models.Providers', self.call("GET", f"/api/v1/care/stations/{self.step(station)}/providers"))

    def post_care_stations_station_providers(self, station: int, body: models.NewProvider) -> models.Provider:
        """A provider of this station, known by name; said again, the telephone is corrected."""
        return cast('models.Provider', self.call("POST", f"/api/v1/care/stations/{self.step(station)}/providers", json=body))

    def get_care_stations_station_services(self, station: int) -> models.Services:
        """The station's own lines; what stands above it is offered too."""
        return cast('models.Services', self.call("GET", f"/api/v1/care/stations/{self.step(station)}/services"))

    def post_care_stations_station_services(self, station: int, body: models.NewService) -> models.Services:
        """On the menu from now on; a new price is a new line, and what was ordered keeps its own."""
        return cast('models.Services', self.call("POST", f"/api/v1/care/stations/{self.step(station)}/services", json=body))

    def get_care_statistics(self, *, station: int | None = None, from_: date | str | None = None, to: date | str | None = None) -> models.CareFigures:
        """By default the current month so far. Every figure has its statement in care/store/statistics.sql."""
        return cast('models.CareFigures', self.call("GET", "/api/v1/care/statistics", query={'station': station, 'from': from_, 'to': to}))

    def get_care_time(self) -> models.Statement:
        """One's own saved time."""
        return cast('models.Statement', self.call("GET", "/api/v1/care/time"))

    def post_care_time_transfers(self, body: models.Transfer) -> models.Statement:
        """Pass saved time on to another volunteer, or to a resident of one's own stations; the same `request` again moves nothing. 422 `not-possible` when there is not so much."""
        return cast('models.Statement', self.call("POST", "/api/v1/care/time/transfers", json=body))

    def get_care_visits(self, *, resident: int | None = None, station: int | None = None, from_: datetime | str | None = None, to: datetime | str | None = None, cursor: str | None = None, limit: int | None = None) -> models.Visits:
        """Visits, the latest first. The family sees when and how, and not what staff noted."""
        return cast('models.Visits', self.call("GET", "/api/v1/care/visits", query={'resident': resident, 'station': station, 'from': from_, 'to': to, 'cursor': cursor, 'limit': limit}))

    def each_care_visits(self, *, resident: int | None = None, station: int | None = None, from_: datetime | str | None = None, to: datetime | str | None = None, limit: int | None = None) -> Iterator[models.Visit]:
        """All of get_care_visits, page after page."""
        return each(lambda cursor: self.get_care_visits(resident=resident, station=station, from_=from_, to=to, limit=limit, cursor=cursor))

    def post_care_visits(self, body: models.NewVisit) -> models.Visited:
        """Write a visit down, on the spot. What needs somebody now raises an incident in the same step; hazards become tasks. 409 `visited-already` with `visit` when a newer one stands than the page knew."""
        return cast('models.Visited', self.call("POST", "/api/v1/care/visits", json=body))

    def get_care_visits_coverage(self, *, station: int | None = None, month: str | None = None, category: Literal['ordinary', 'key', 'high_risk'] | None = None) -> models.Coverage:
        """Of the people in care all the month, how many somebody met in it; the least covered stations first."""
        return cast('models.Coverage', self.call("GET", "/api/v1/care/visits/coverage", query={'station': station, 'month': month, 'category': category}))

    def get_care_visits_due(self, *, station: int | None = None, category: Literal['ordinary', 'key', 'high_risk'] | None = None, within_h: int | None = None, limit: int | None = None) -> models.DueList:
        """Who should be visited within so many hours, the most urgent first; 422 `not-possible` above 50,000 people: choose a station."""
        return cast('models.DueList', self.call("GET", "/api/v1/care/visits/due", query={'station': station, 'category': category, 'within_h': within_h, 'limit': limit}))

    def get_care_visits_missing(self, *, station: int | None = None, month: str | None = None, category: Literal['ordinary', 'key', 'high_risk'] | None = None, limit: int | None = None) -> models.MissingList:
        """The names behind the figure: in care all the month, and met by nobody."""
        return cast('models.MissingList', self.call("GET", "/api/v1/care/visits/missing", query={'station': station, 'month': month, 'category': category, 'limit': limit}))

    def get_care_visits_route(self, *, lat: float, lon: float, station: int | None = None, within_h: int | None = None, datum: Literal['wgs84', 'gcj02'] | None = None, limit: int | None = None) -> models.Route:
        """The most urgent `limit` of those who are due, in the order of a walk that begins at lat, lon."""
        return cast('models.Route', self.call("GET", "/api/v1/care/visits/route", query={'lat': lat, 'lon': lon, 'station': station, 'within_h': within_h, 'datum': datum, 'limit': limit}))

    def get_care_visits_rules(self, *, station: int | None = None) -> models.Rules:
        """What holds everywhere, and what was set for these stations and those above and below."""
        return cast('models.Rules', self.call("GET", "/api/v1/care/visits/rules", query={'station': station}))

    def put_care_visits_rules(self, body: models.Rule) -> models.Rules:
        """Put a rule in force below a station; without one everywhere, for who runs everything."""
        return cast('models.Rules', self.call("PUT", "/api/v1/care/visits/rules", json=body))

    def post_care_visits_visit_confirm(self, visit: int) -> models.Confirmed:
        """Somebody else than the visitor says that it was made; a volunteer is credited the time."""
        return cast('models.Confirmed', self.call("POST", f"/api/v1/care/visits/{self.step(visit)}/confirm"))

    def post_care_visits_visit_correct(self, visit: int, body: models.Correction) -> models.Visit:
        """Put a visit right: by who made it, or by the desk. The row that was stays."""
        return cast('models.Visit', self.call("POST", f"/api/v1/care/visits/{self.step(visit)}/correct", json=body))

    def get_care_volunteers(self, *, station: int | None = None) -> models.Volunteers:
        """Volunteers of one's stations, with what they have saved."""
        return cast('models.Volunteers', self.call("GET", "/api/v1/care/volunteers", query={'station': station}))

    def post_care_volunteers(self, body: models.NewVolunteer) -> models.Volunteers:
        """A volunteer from now on: confirmed visits and orders are credited. 409 `conflict` when they are one."""
        return cast('models.Volunteers', self.call("POST", "/api/v1/care/volunteers", json=body))

    def delete_care_volunteers_account(self, account: int) -> None:
        """No longer a volunteer; what was saved stays theirs."""
        self.call("DELETE", f"/api/v1/care/volunteers/{self.step(account)}")

    def get_care_volunteers_account_statement(self, account: int) -> models.Statement:
        """Every line of a volunteer's book."""
        return cast('models.Statement', self.call("GET", f"/api/v1/care/volunteers/{self.step(account)}/statement"))

    def get_conversations(self, *, waiting: bool | None = None) -> models.Conversations:
        """What relatives wrote, for the station's desk."""
        return cast('models.Conversations', self.call("GET", "/api/v1/conversations", query={'waiting': waiting}))

    def get_conversations_waiting(self) -> models.Waiting:
        """How many wait for an answer."""
        return cast('models.Waiting', self.call("GET", "/api/v1/conversations/waiting"))

    def get_conversations_conversation_messages(self, conversation: int, *, cursor: str | None = None, limit: int | None = None) -> models.Messages:
        """One conversation."""
        return cast('models.Messages', self.call("GET", f"/api/v1/conversations/{self.step(conversation)}/messages", query={'cursor': cursor, 'limit': limit}))

    def each_conversations_conversation_messages(self, conversation: int, *, limit: int | None = None) -> Iterator[models.Message]:
        """All of get_conversations_conversation_messages, page after page."""
        return each(lambda cursor: self.get_conversations_conversation_messages(conversation, limit=limit, cursor=cursor))

    def post_conversations_conversation_messages(self, conversation: int, body: models.NewAnswer) -> models.Messages:
        """Answer a relative; the conversation waits no longer, unless they wrote more than the writer saw."""
        return cast('models.Messages', self.call("POST", f"/api/v1/conversations/{self.step(conversation)}/messages", json=body))

    def post_conversations_conversation_settle(self, conversation: int, body: models.Upto) -> None:
        """It needs no answer. 409 `lost-race` when the relative has written since."""
        self.call("POST", f"/api/v1/conversations/{self.step(conversation)}/settle", json=body)

    def post_device_claims(self, body: models.ClaimIn) -> models.KeyOut:
        """A device's own secret for its claim code, once. 403 `bad-claim`, 409 `not-installed`."""
        return cast('models.KeyOut', self.call("POST", "/api/v1/device-claims", json=body))

    def post_device_messages_in_tail(self, tail: str, body: bytes, media: str) -> models.Accepted:
        """What a device says in another tongue, as on `nw/in/{device}/{tail}`. HTTP Basic with its own login."""
        return cast('models.Accepted', self.call("POST", f"/api/v1/device-messages/in/{self.step(tail)}", content=body, media=media))

    def post_device_messages_stream(self, stream: Literal['motion', 'vital', 'event', 'position', 'status'], body: bytes, media: str) -> models.Accepted:
        """One message of a stream, as over MQTT (docs/protocol.md). HTTP Basic with the device's own login. 202 when the broker has it on its disk; 429 beyond what a device may say; 503: send it again."""
        return cast('models.Accepted', self.call("POST", f"/api/v1/device-messages/{self.step(stream)}", content=body, media=media))

    def post_device_renewals(self) -> models.KeyOut:
        """A device's next secret, for its present login (HTTP Basic); that counts for 15 minutes more."""
        return cast('models.KeyOut', self.call("POST", "/api/v1/device-renewals"))

    def get_devices(self, *, station: int | None = None, home: int | None = None, online: bool | None = None, cursor: str | None = None, limit: int | None = None) -> models.Devices:
        """Installed devices by key; `station` includes the stations below it."""
        return cast('models.Devices', self.call("GET", "/api/v1/devices", query={'station': station, 'home': home, 'online': online, 'cursor': cursor, 'limit': limit}))

    def each_devices(self, *, station: int | None = None, home: int | None = None, online: bool | None = None, limit: int | None = None) -> Iterator[models.Device]:
        """All of get_devices, page after page."""
        return each(lambda cursor: self.get_devices(station=station, home=home, online=online, limit=limit, cursor=cursor))

    def get_devices_device_foreign(self, device: int) -> models.ForeignRight:
        """Whether a device may speak for devices of other systems."""
        return cast('models.ForeignRight', self.call("GET", f"/api/v1/devices/{self.step(device)}/foreign"))

    def put_devices_device_foreign(self, device: int, body: models.ForeignRight) -> models.ForeignRight:
        """Let it, or not, from now on."""
        return cast('models.ForeignRight', self.call("PUT", f"/api/v1/devices/{self.step(device)}/foreign", json=body))

    def get_devices_device_keys(self, device: int) -> models.DeviceKeys:
        """Where the keys of a device stand."""
        return cast('models.DeviceKeys', self.call("GET", f"/api/v1/devices/{self.step(device)}/keys"))

    def post_devices_device_keys_claim(self, device: int, body: models.ClaimWish) -> models.ClaimOut:
        """A one-time code, which the device exchanges for its own secret; one made before is void."""
        return cast('models.ClaimOut', self.call("POST", f"/api/v1/devices/{self.step(device)}/keys/claim", json=body))

    def post_devices_device_keys_revoke(self, device: int) -> models.DeviceKeys:
        """Shut the device out: its connection ends, and nothing it knows opens anything any more."""
        return cast('models.DeviceKeys', self.call("POST", f"/api/v1/devices/{self.step(device)}/keys/revoke"))

    def post_devices_device_keys_rotate(self, device: int, body: models.RotateWish) -> models.KeyOut:
        """A new secret; the one before counts for `overlap_s` more."""
        return cast('models.KeyOut', self.call("POST", f"/api/v1/devices/{self.step(device)}/keys/rotate", json=body))

    def get_drills(self) -> models.Drills:
        """Rehearsals in scope, the latest first, and what can be rehearsed."""
        return cast('models.Drills', self.call("GET", "/api/v1/drills"))

    def post_drills(self, body: models.StartDrill) -> models.DrillReport:
        """Begin a rehearsal. 409 `drill-going-on`; `self_test` tests the station's path now."""
        return cast('models.DrillReport', self.call("POST", "/api/v1/drills", json=body))

    def get_drills_drill(self, drill: int) -> models.DrillReport:
        """What came of a rehearsal so far."""
        return cast('models.DrillReport', self.call("GET", f"/api/v1/drills/{self.step(drill)}"))

    def post_drills_drill_end(self, drill: int) -> models.DrillReport:
        """End it now: its incident is resolved as a drill. 409 `too-late` when it has ended."""
        return cast('models.DrillReport', self.call("POST", f"/api/v1/drills/{self.step(drill)}/end"))

    def get_emergencies(self, *, unreviewed: bool | None = None) -> models.Emergencies:
        """One's own, and for administrators those of their stations; `unreviewed=true`: still to be looked at."""
        return cast('models.Emergencies', self.call("GET", "/api/v1/emergencies", query={'unreviewed': unreviewed}))

    def post_emergencies(self, body: models.BreakGlass) -> models.Emergencies:
        """See somebody outside one's stations for an hour; the administrators are told at once. 404 when there is nobody such, 409 `in-scope` or `several-homes`, 429 `slow-down` after five within an hour, or ten times nobody."""
        return cast('models.Emergencies', self.call("POST", "/api/v1/emergencies", json=body))

    def delete_emergencies_emergency(self, emergency: int) -> None:
        """Give it back before its time."""
        self.call("DELETE", f"/api/v1/emergencies/{self.step(emergency)}")

    def post_emergencies_emergency_review(self, emergency: int, body: models.Review) -> models.Emergency:
        """Say whether it was justified; once, and not of one's own (409 `reviewed-already`)."""
        return cast('models.Emergency', self.call("POST", f"/api/v1/emergencies/{self.step(emergency)}/review", json=body))

    def get_export_incidents(self, *, station: int | None = None, from_: datetime | str | None = None, to: datetime | str | None = None, format: Literal['csv', 'parquet'] | None = None) -> bytes:
        """Incidents that began then, with how long each step took; rehearsals are marked."""
        return cast('bytes', self.call("GET", "/api/v1/export/incidents", query={'station': station, 'from': from_, 'to': to, 'format': format}, raw=True))

    def get_export_readings(self, *, station: int | None = None, from_: datetime | str | None = None, to: datetime | str | None = None, metric: list[str] | None = None, format: Literal['csv', 'parquet'] | None = None) -> bytes:
        """What devices measured, a row a value, in no order; docs/data-out.md says what the columns are."""
        return cast('bytes', self.call("GET", "/api/v1/export/readings", query={'station': station, 'from': from_, 'to': to, 'metric': metric, 'format': format}, raw=True))

    def get_found_devices(self, *, unnamed: bool | None = None, cursor: str | None = None, limit: int | None = None) -> models.FoundDevices:
        """What was heard behind the devices of the caller's stations, the latest first."""
        return cast('models.FoundDevices', self.call("GET", "/api/v1/found-devices", query={'unnamed': unnamed, 'cursor': cursor, 'limit': limit}))

    def each_found_devices(self, *, unnamed: bool | None = None, limit: int | None = None) -> Iterator[models.FoundDevice]:
        """All of get_found_devices, page after page."""
        return each(lambda cursor: self.get_found_devices(unnamed=unnamed, limit=limit, cursor=cursor))

    def post_found_devices_found_assign(self, found: int, body: models.Assign) -> models.Assigned:
        """It is a new device of ours, which hangs there from now on. 409 `conflict`: it is one already."""
        return cast('models.Assigned', self.call("POST", f"/api/v1/found-devices/{self.step(found)}/assign", json=body))

    def post_found_devices_found_be(self, found: int, body: models.Be) -> None:
        """It is a device that there is already: one that takes the place of another."""
        self.call("POST", f"/api/v1/found-devices/{self.step(found)}/be", json=body)

    def post_found_devices_found_forget(self, found: int) -> None:
        """It is nobody's again; the device that it was stays where it hangs."""
        self.call("POST", f"/api/v1/found-devices/{self.step(found)}/forget")

    def post_found_devices_found_ignore(self, found: int) -> None:
        """Nothing of it is wanted: it is not listened to any more."""
        self.call("POST", f"/api/v1/found-devices/{self.step(found)}/ignore")

    def get_health(self) -> models.Alive:
        """Whether this process runs; says nothing about the database."""
        return cast('models.Alive', self.call("GET", "/api/v1/health"))

    def get_holidays(self) -> models.Holidays:
        """The holidays of the next year."""
        return cast('models.Holidays', self.call("GET", "/api/v1/holidays"))

    def delete_holidays_day(self, day: date | str) -> None:
        """Make `day` an ordinary one again."""
        self.call("DELETE", f"/api/v1/holidays/{self.step(day)}")

    def put_holidays_day(self, day: date | str, body: models.NewHoliday) -> models.Holiday:
        """Make `day` a holiday, or one that is worked as another day; for who runs everything."""
        return cast('models.Holiday', self.call("PUT", f"/api/v1/holidays/{self.step(day)}", json=body))

    def get_incidents(self, *, state: Literal['active', 'closed', 'all'] | None = None, station: int | None = None, resident: int | None = None, cursor: str | None = None, limit: int | None = None) -> models.Incidents:
        """Active: by priority, then the longest waiting first. Closed and all: the latest first."""
        return cast('models.Incidents', self.call("GET", "/api/v1/incidents", query={'state': state, 'station': station, 'resident': resident, 'cursor': cursor, 'limit': limit}))

    def each_incidents(self, *, state: Literal['active', 'closed', 'all'] | None = None, station: int | None = None, resident: int | None = None, limit: int | None = None) -> Iterator[models.Incident]:
        """All of get_incidents, page after page."""
        return each(lambda cursor: self.get_incidents(state=state, station=station, resident=resident, limit=limit, cursor=cursor))

    def post_incidents(self, body: models.api__models__incidents__Report) -> models.Incident:
        """Raise an incident by hand; it is open at once, and whoever is due is told."""
        return cast('models.Incident', self.call("POST", "/api/v1/incidents", json=body))

    def get_incidents_incident(self, incident: str) -> models.IncidentFull:
        """Everything about one incident. Contacts, notes, how to get in, and who was asked and told are for station staff only."""
        return cast('models.IncidentFull', self.call("GET", f"/api/v1/incidents/{self.step(incident)}"))

    def post_incidents_incident_actions(self, incident: str, body: models.Act) -> models.Incident:
        """Acknowledge, respond, arrive, resolve, cancel, hand over, undo, reopen, note or follow up. 409 `illegal-transition` where the state does not allow it, `lost-race` where somebody was quicker; both carry the `state` and `version` that stand."""
        return cast('models.Incident', self.call("POST", f"/api/v1/incidents/{self.step(incident)}/actions", json=body))

    def get_incidents_incident_cap(self, incident: str) -> bytes:
        """The incident as it stands, as a CAP alert. Problem 422 `no-warning` for what is none."""
        return cast('bytes', self.call("GET", f"/api/v1/incidents/{self.step(incident)}/cap", raw=True))

    def get_incidents_incident_evidence(self, incident: str) -> models.Evidence:
        """What the detectors saw: the motion around a fall, movement in the home, vital signs."""
        return cast('models.Evidence', self.call("GET", f"/api/v1/incidents/{self.step(incident)}/evidence"))

    def post_incidents_incident_offers(self, incident: str, body: models.MakeOffer) -> models.Incident:
        """Ask somebody, or the nearest who is free, to go; whoever was asked before is asked no longer. 409 `nobody-free`, `illegal-transition`; 422 `not-a-responder`."""
        return cast('models.Incident', self.call("POST", f"/api/v1/incidents/{self.step(incident)}/offers", json=body))

    def post_invitations(self, body: models.Invite) -> models.Invited:
        """A link that makes one account: family by operators and administrators, others by administrators. It works while whoever made it may make it. 403 `confirm-again`."""
        return cast('models.Invited', self.call("POST", "/api/v1/invitations", json=body))

    def post_invitations_look(self, body: models.LookInput) -> models.Invitation:
        """What a code is for; 404 when it is unknown, used or expired."""
        return cast('models.Invitation', self.call("POST", "/api/v1/invitations/look", json=body))

    def post_invitations_redeem(self, body: models.Redeem) -> models.SessionOut:
        """Make an account with the code's role and sign in; 404 for a bad code, 409 `login-taken`."""
        return cast('models.SessionOut', self.call("POST", "/api/v1/invitations/redeem", json=body))

    def get_map(self, *, station: int | None = None, datum: Literal['wgs84', 'gcj02'] | None = None) -> models.Map:
        """Homes, stations and responders in scope; `datum=gcj02` for Chinese street maps."""
        return cast('models.Map', self.call("GET", "/api/v1/map", query={'station': station, 'datum': datum}))

    def get_me(self) -> models.Profile:
        """What colleagues see of the caller, and the language they are written to in."""
        return cast('models.Profile', self.call("GET", "/api/v1/me"))

    def put_me(self, body: models.Profile) -> models.Profile:
        """Change it."""
        return cast('models.Profile', self.call("PUT", "/api/v1/me", json=body))

    def get_me_endpoints(self) -> models.Endpoints:
        """Where the caller is reached; the addresses themselves are never shown again."""
        return cast('models.Endpoints', self.call("GET", "/api/v1/me/endpoints"))

    def post_me_endpoints(self, body: models.NewEndpoint) -> models.AddedEndpoint:
        """Be reached at one more place; the same address again changes what it is for. 403 `confirm-again` for all but a browser: what is told there is told as long as nobody takes it away."""
        return cast('models.AddedEndpoint', self.call("POST", "/api/v1/me/endpoints", json=body))

    def delete_me_endpoints_endpoint(self, endpoint: int) -> None:
        """Be reached there no longer."""
        self.call("DELETE", f"/api/v1/me/endpoints/{self.step(endpoint)}")

    def post_me_endpoints_endpoint_test(self, endpoint: int) -> models.Tried:
        """Send a test message there and say what came of it; it may take ten seconds, and one in ten is taken."""
        return cast('models.Tried', self.call("POST", f"/api/v1/me/endpoints/{self.step(endpoint)}/test"))

    def get_me_everything(self) -> bytes:
        """All that is held about the caller's account, as a ZIP of CSV and JSON; no secrets."""
        return cast('bytes', self.call("GET", "/api/v1/me/everything", raw=True))

    def get_me_logins(self, *, cursor: str | None = None, limit: int | None = None) -> models.Logins:
        """How the caller was signed in, or somebody was not; the latest first."""
        return cast('models.Logins', self.call("GET", "/api/v1/me/logins", query={'cursor': cursor, 'limit': limit}))

    def each_me_logins(self, *, limit: int | None = None) -> Iterator[models.LoginOut]:
        """All of get_me_logins, page after page."""
        return each(lambda cursor: self.get_me_logins(limit=limit, cursor=cursor))

    def get_me_notifications(self, *, cursor: str | None = None, limit: int | None = None) -> models.Notifications:
        """What the caller was told, the latest first."""
        return cast('models.Notifications', self.call("GET", "/api/v1/me/notifications", query={'cursor': cursor, 'limit': limit}))

    def each_me_notifications(self, *, limit: int | None = None) -> Iterator[models.Notification]:
        """All of get_me_notifications, page after page."""
        return each(lambda cursor: self.get_me_notifications(limit=limit, cursor=cursor))

    def post_me_passkeys(self, body: models.NewPasskey) -> models.MadePasskey:
        """Keep a passkey; 422 `bad-passkey`."""
        return cast('models.MadePasskey', self.call("POST", "/api/v1/me/passkeys", json=body))

    def post_me_passkeys_options(self) -> models.Asked:
        """What navigator.credentials.create is asked."""
        return cast('models.Asked', self.call("POST", "/api/v1/me/passkeys/options"))

    def delete_me_passkeys_passkey(self, passkey: int) -> None:
        """Forget one; 409 `last-factor` when the caller's role needs one."""
        self.call("DELETE", f"/api/v1/me/passkeys/{self.step(passkey)}")

    def put_me_password(self, body: models.ChangePassword) -> None:
        """Change it; every other session ends. 401 `bad-login`, 422 `weak-password`."""
        self.call("PUT", "/api/v1/me/password", json=body)

    def post_me_recovery_codes(self) -> models.Recovery:
        """New ones; the old ones work no more. 409 `no-second-factor`."""
        return cast('models.Recovery', self.call("POST", "/api/v1/me/recovery-codes"))

    def get_me_security(self) -> models.SecurityOut:
        """What the caller signs in with."""
        return cast('models.SecurityOut', self.call("GET", "/api/v1/me/security"))

    def delete_me_sessions(self) -> None:
        """Sign out everywhere else."""
        self.call("DELETE", "/api/v1/me/sessions")

    def get_me_sessions(self) -> models.OwnSessions:
        """Where the caller is signed in, the latest first."""
        return cast('models.OwnSessions', self.call("GET", "/api/v1/me/sessions"))

    def delete_me_sessions_session(self, session: int) -> None:
        """Sign out there."""
        self.call("DELETE", f"/api/v1/me/sessions/{self.step(session)}")

    def get_me_state(self) -> models.MyState:
        """What was last said; available as long as nothing was, as the engine takes it."""
        return cast('models.MyState', self.call("GET", "/api/v1/me/state"))

    def put_me_state(self, body: models.Whereabouts) -> models.MyState:
        """Say whether one can be sent, and from where; without a place the last one holds."""
        return cast('models.MyState', self.call("PUT", "/api/v1/me/state", json=body))

    def delete_me_totp(self) -> None:
        """Forget the app; 409 `last-factor` when the caller's role needs one."""
        self.call("DELETE", "/api/v1/me/totp")

    def post_me_totp(self) -> models.TotpBegun:
        """A secret for an authenticator app; it counts once a code was sent. 409 `already-there`."""
        return cast('models.TotpBegun', self.call("POST", "/api/v1/me/totp"))

    def post_me_totp_confirm(self, body: models.TotpCode) -> models.Recovery:
        """The app's first code: from now on it is asked for, and other sessions end. 422 `bad-code`."""
        return cast('models.Recovery', self.call("POST", "/api/v1/me/totp/confirm", json=body))

    def post_notifications_notification_delivered(self, notification: int) -> None:
        """It has arrived. One for a station may be said by who runs its board."""
        self.call("POST", f"/api/v1/notifications/{self.step(notification)}/delivered")

    def post_notifications_notification_seen(self, notification: int) -> None:
        """Somebody saw it: nothing more is tried."""
        self.call("POST", f"/api/v1/notifications/{self.step(notification)}/seen")

    def get_offers(self) -> models.MyOffers:
        """What the caller was asked in the last day, and what is open, first."""
        return cast('models.MyOffers', self.call("GET", "/api/v1/offers"))

    def post_offers_offer_answer(self, offer: int, body: models.Answer) -> models.MyOffer:
        """Accept, and be on the way; or refuse, and the next one is asked. 409 `too-late`."""
        return cast('models.MyOffer', self.call("POST", f"/api/v1/offers/{self.step(offer)}/answer", json=body))

    def get_photos(self, *, subject: str) -> models.Photos:
        """All pictures of one subject; who may not see it gets none."""
        return cast('models.Photos', self.call("GET", "/api/v1/photos", query={'subject': subject}))

    def post_photos(self, body: bytes, media: str, *, subject: str, taken_at: datetime | str | None = None) -> models.Photo:
        """Keep a picture: the body is a JPEG, PNG or WebP of at most 8 MiB and 40 million pixels. The same file sent again is the same picture. Of an incident it is a step of its life, too."""
        return cast('models.Photo', self.call("POST", "/api/v1/photos", query={'subject': subject, 'taken_at': taken_at}, content=body, media=media))

    def get_photos_photo(self, photo: str) -> bytes:
        """The picture as a JPEG."""
        return cast('bytes', self.call("GET", f"/api/v1/photos/{self.step(photo)}", raw=True))

    def get_policies_escalation(self) -> models.Escalations:
        """Every escalation policy in force."""
        return cast('models.Escalations', self.call("GET", "/api/v1/policies/escalation"))

    def put_policies_escalation_name(self, name: str, body: models.PutEscalation) -> models.Escalation:
        """Write a policy, new without `version`. 409 `lost-race`, 422 `bad-policy` with why."""
        return cast('models.Escalation', self.call("PUT", f"/api/v1/policies/escalation/{self.step(name)}", json=body))

    def get_policies_escalation_name_history(self, name: str) -> models.api__models__rules__History:
        """What an escalation policy said before."""
        return cast('models.api__models__rules__History', self.call("GET", f"/api/v1/policies/escalation/{self.step(name)}/history"))

    def get_policies_kinds(self) -> models.KindPolicies:
        """Every kind's rule in force."""
        return cast('models.KindPolicies', self.call("GET", "/api/v1/policies/kinds"))

    def put_policies_kinds_kind(self, kind: str, body: models.ChangeKind) -> models.KindPolicy:
        """Change a kind's rule. 409 `lost-race` when somebody changed it since `version`, 422 `bad-policy`."""
        return cast('models.KindPolicy', self.call("PUT", f"/api/v1/policies/kinds/{self.step(kind)}", json=body))

    def get_policies_kinds_kind_history(self, kind: str) -> models.api__models__rules__History:
        """What a kind's rule said before."""
        return cast('models.api__models__rules__History', self.call("GET", f"/api/v1/policies/kinds/{self.step(kind)}/history"))

    def get_provider(self) -> models.Ways:
        """What the log-in page may offer."""
        return cast('models.Ways', self.call("GET", "/api/v1/provider"))

    def delete_provider_link(self) -> None:
        """Come in by the provider no more; 409 `last-factor` when there is neither a password nor a passkey."""
        self.call("DELETE", "/api/v1/provider/link")

    def post_provider_link(self) -> models.Address:
        """Begin, so as to be known there as the caller from then on."""
        return cast('models.Address', self.call("POST", "/api/v1/provider/link"))

    def post_provider_start(self, body: models.Start) -> models.Address:
        """Begin; 404 when there is no provider, 503 `provider-away`."""
        return cast('models.Address', self.call("POST", "/api/v1/provider/start", json=body))

    def get_push_key(self) -> models.PushKey:
        """The public key of this house (VAPID), for `PushManager.subscribe`."""
        return cast('models.PushKey', self.call("GET", "/api/v1/push/key"))

    def get_quarantine(self, *, reason: str | None = None, cursor: str | None = None, limit: int | None = None) -> models.Quarantine:
        """The latest first, with the totals by reason."""
        return cast('models.Quarantine', self.call("GET", "/api/v1/quarantine", query={'reason': reason, 'cursor': cursor, 'limit': limit}))

    def each_quarantine(self, *, reason: str | None = None, limit: int | None = None) -> Iterator[models.Quarantined]:
        """All of get_quarantine, page after page."""
        return each(lambda cursor: self.get_quarantine(reason=reason, limit=limit, cursor=cursor))

    def get_ready(self) -> models.Alive:
        """Whether requests can be served: the database answers and its schema is current; 503 otherwise."""
        return cast('models.Alive', self.call("GET", "/api/v1/ready"))

    def get_rescue_warnings(self, *, hours: int | None = None) -> bytes:
        """Warnings of what is open, or changed within the last `hours`, the latest first."""
        return cast('bytes', self.call("GET", "/api/v1/rescue-warnings", query={'hours': hours}, raw=True))

    def post_resets_look(self, body: models.ResetLook) -> models.ResetOut:
        """To whose account a link leads; 404 when it is unknown, used or expired."""
        return cast('models.ResetOut', self.call("POST", "/api/v1/resets/look", json=body))

    def post_resets_redeem(self, body: models.ResetRedeem) -> models.SessionOut:
        """Choose a new password and sign in. 404, 422 `weak-password`, 401 `second-factor` as at the sign-in."""
        return cast('models.SessionOut', self.call("POST", "/api/v1/resets/redeem", json=body))

    def get_residents(self, *, q: str | None = None, station: int | None = None, state: Literal['well', 'alert', 'quiet', 'away', 'no_signal', 'unknown'] | None = None, cursor: str | None = None, limit: int | None = None) -> models.Residents:
        """Residents by key, with their live state; `station` includes the stations below it."""
        return cast('models.Residents', self.call("GET", "/api/v1/residents", query={'q': q, 'station': station, 'state': state, 'cursor': cursor, 'limit': limit}))

    def each_residents(self, *, q: str | None = None, station: int | None = None, state: Literal['well', 'alert', 'quiet', 'away', 'no_signal', 'unknown'] | None = None, limit: int | None = None) -> Iterator[models.Resident]:
        """All of get_residents, page after page."""
        return each(lambda cursor: self.get_residents(q=q, station=station, state=state, limit=limit, cursor=cursor))

    def get_residents_counts(self, *, station: int | None = None) -> models.Counts:
        """How many residents are in each state; `station` includes the stations below it."""
        return cast('models.Counts', self.call("GET", "/api/v1/residents/counts", query={'station': station}))

    def get_residents_resident(self, resident: int) -> models.ResidentFull:
        """One resident. Contacts and devices are for station staff only."""
        return cast('models.ResidentFull', self.call("GET", f"/api/v1/residents/{self.step(resident)}"))

    def get_residents_resident_access(self, resident: int) -> models.Access:
        """Who else may see the resident: relatives by name, staff by role, and the consent behind it."""
        return cast('models.Access', self.call("GET", f"/api/v1/residents/{self.step(resident)}/access"))

    def get_residents_resident_family_homes(self, resident: int) -> models.FamilyHomes:
        """Those that hold."""
        return cast('models.FamilyHomes', self.call("GET", f"/api/v1/residents/{self.step(resident)}/family-homes"))

    def post_residents_resident_family_homes(self, resident: int, body: models.NewFamilyHome) -> models.MadeFamilyHome:
        """A login of its own, that hears how the person is and nothing else. Problem 409 beyond three."""
        return cast('models.MadeFamilyHome', self.call("POST", f"/api/v1/residents/{self.step(resident)}/family-homes", json=body))

    def delete_residents_resident_family_homes_home(self, resident: int, home: int) -> None:
        """Its login opens nothing any more, and what the broker kept for it is taken back."""
        self.call("DELETE", f"/api/v1/residents/{self.step(resident)}/family-homes/{self.step(home)}")

    def get_residents_resident_looks(self, resident: int, *, before: datetime | str | None = None, days: int | None = None) -> models.Looks:
        """Who looked at this resident within the last `days`: a line for each person and day, the latest first. For the family, while the resident consents, and for the administrators of the station."""
        return cast('models.Looks', self.call("GET", f"/api/v1/residents/{self.step(resident)}/looks", query={'before': before, 'days': days}))

    def get_residents_resident_messages(self, resident: int, *, cursor: str | None = None, limit: int | None = None) -> models.Messages:
        """The caller's own messages to the station about a resident, and the answers; nobody else's."""
        return cast('models.Messages', self.call("GET", f"/api/v1/residents/{self.step(resident)}/messages", query={'cursor': cursor, 'limit': limit}))

    def each_residents_resident_messages(self, resident: int, *, limit: int | None = None) -> Iterator[models.Message]:
        """All of get_residents_resident_messages, page after page."""
        return each(lambda cursor: self.get_residents_resident_messages(resident, limit=limit, cursor=cursor))

    def post_residents_resident_messages(self, resident: int, body: models.NewMessage) -> models.Messages:
        """Write to the station; answers with the last messages. At most twenty an hour."""
        return cast('models.Messages', self.call("POST", f"/api/v1/residents/{self.step(resident)}/messages", json=body))

    def post_residents_resident_messages_seen(self, resident: int, body: models.Upto) -> None:
        """The answers up to this one were seen."""
        self.call("POST", f"/api/v1/residents/{self.step(resident)}/messages/seen", json=body)

    def get_residents_resident_monitoring(self, resident: int) -> models.MonitoringNow:
        """What is set for this resident."""
        return cast('models.MonitoringNow', self.call("GET", f"/api/v1/residents/{self.step(resident)}/monitoring"))

    def put_residents_resident_monitoring(self, resident: int, body: models.Monitoring) -> models.MonitoringNow:
        """Set all of it anew; who did so is kept."""
        return cast('models.MonitoringNow', self.call("PUT", f"/api/v1/residents/{self.step(resident)}/monitoring", json=body))

    def get_residents_resident_places(self, resident: int, *, datum: Literal['wgs84', 'gcj02'] | None = None) -> models.Places:
        """Where the resident may be; none: they are not watched for leaving."""
        return cast('models.Places', self.call("GET", f"/api/v1/residents/{self.step(resident)}/places", query={'datum': datum}))

    def put_residents_resident_places(self, resident: int, body: models.PutPlaces) -> models.Places:
        """These and no others; who did so is kept."""
        return cast('models.Places', self.call("PUT", f"/api/v1/residents/{self.step(resident)}/places", json=body))

    def get_residents_resident_plan(self, resident: int) -> models.Plan:
        """The rooms of the resident's home with their devices, for station staff."""
        return cast('models.Plan', self.call("GET", f"/api/v1/residents/{self.step(resident)}/plan"))

    def get_residents_resident_readings(self, resident: int, *, metric: str, from_: datetime | str | None = None, to: datetime | str | None = None, limit: int | None = None) -> models.Readings:
        """One quantity over time (by default a day), oldest first; the latest `limit` values of the span."""
        return cast('models.Readings', self.call("GET", f"/api/v1/residents/{self.step(resident)}/readings", query={'metric': metric, 'from': from_, 'to': to, 'limit': limit}))

    def put_residents_resident_relation(self, resident: int, body: models.SayRelation) -> None:
        """Say what one is to the resident."""
        self.call("PUT", f"/api/v1/residents/{self.step(resident)}/relation", json=body)

    def get_residents_resident_today(self, resident: int) -> models.Today:
        """The day so far in the resident's own time zone, beside an average day."""
        return cast('models.Today', self.call("GET", f"/api/v1/residents/{self.step(resident)}/today"))

    def get_residents_resident_trend(self, resident: int, *, metric: str, span: Literal['day', 'week', 'month'] | None = None) -> models.Trend:
        """A day in quarters of an hour, a week in two hours, a month in quarters of a day, up to now."""
        return cast('models.Trend', self.call("GET", f"/api/v1/residents/{self.step(resident)}/trend", query={'metric': metric, 'span': span}))

    def get_self_tests(self) -> models.SelfTests:
        """Daily tests of the stations in scope, the latest first."""
        return cast('models.SelfTests', self.call("GET", "/api/v1/self-tests"))

    def delete_session(self) -> None:
        """Sign out: the session ends here and on every open socket."""
        self.call("DELETE", "/api/v1/session")

    def get_session(self) -> models.SessionOut:
        """Who am I; 401 `signed-out` when nobody."""
        return cast('models.SessionOut', self.call("GET", "/api/v1/session"))

    def post_session(self, body: models.SignIn) -> models.SessionOut:
        """Sign in. 401 `bad-login`; 401 `second-factor` with `step`, `ways` and what to ask a `passkey`, when something more is needed; 429 `slow-down` with Retry-After after several mistakes."""
        return cast('models.SessionOut', self.call("POST", "/api/v1/session", json=body))

    def post_session_confirm(self, body: models.Confirm) -> None:
        """Prove it: for ten minutes what answered `confirm-again` is open. 401 `bad-code`, 429."""
        self.call("POST", "/api/v1/session/confirm", json=body)

    def post_session_confirm_options(self) -> models.ConfirmWays:
        """How the caller may prove again to be there."""
        return cast('models.ConfirmWays', self.call("POST", "/api/v1/session/confirm/options"))

    def post_session_passkey(self, body: models.Shown) -> models.SessionOut:
        """Sign in with a passkey and nothing else. 401 `bad-passkey`, 429."""
        return cast('models.SessionOut', self.call("POST", "/api/v1/session/passkey", json=body))

    def post_session_passkey_options(self) -> models.Asked:
        """What navigator.credentials.get is asked, to sign in with a passkey and nothing else; 403 where that is not wanted."""
        return cast('models.Asked', self.call("POST", "/api/v1/session/passkey/options"))

    def post_session_second(self, body: models.Second) -> models.SessionOut:
        """The second factor. 401 `bad-code`, 401 `step-over` when it took longer than five minutes, 429."""
        return cast('models.SessionOut', self.call("POST", "/api/v1/session/second", json=body))

    def post_session_step(self, body: models.StepLook) -> models.StepOut:
        """What a sign-in that an identity provider began still lacks; 401 `step-over`."""
        return cast('models.StepOut', self.call("POST", "/api/v1/session/step", json=body))

    def get_silences(self) -> models.Silences:
        """Silences in scope that run or are to come."""
        return cast('models.Silences', self.call("GET", "/api/v1/silences"))

    def post_silences(self, body: models.NewSilence) -> models.Silence:
        """Begin one. 422 `bad-silence` for what is never silenced, and for an end that is past."""
        return cast('models.Silence', self.call("POST", "/api/v1/silences", json=body))

    def delete_silences_silence(self, silence: int) -> None:
        """End it before its time: what it held is opened now."""
        self.call("DELETE", f"/api/v1/silences/{self.step(silence)}")

    def get_stations(self) -> models.Stations:
        """Every station in the caller's scope, parents before children; all of them, for there are few."""
        return cast('models.Stations', self.call("GET", "/api/v1/stations"))

    def get_stations_station_duty(self, station: int, *, at: datetime | str | None = None) -> models.Duty:
        """Who is on duty `at` (by default now), who comes in the seven days after, and when nobody does."""
        return cast('models.Duty', self.call("GET", f"/api/v1/stations/{self.step(station)}/duty", query={'at': at}))

    def get_stations_station_endpoints(self, station: int) -> models.Endpoints:
        """Where the station is reached; the addresses themselves are never shown again."""
        return cast('models.Endpoints', self.call("GET", f"/api/v1/stations/{self.step(station)}/endpoints"))

    def post_stations_station_endpoints(self, station: int, body: models.NewEndpoint) -> models.AddedEndpoint:
        """One more; a webhook or a service may stand in the station's own network if the house allows it."""
        return cast('models.AddedEndpoint', self.call("POST", f"/api/v1/stations/{self.step(station)}/endpoints", json=body))

    def delete_stations_station_endpoints_endpoint(self, station: int, endpoint: int) -> None:
        """No longer there."""
        self.call("DELETE", f"/api/v1/stations/{self.step(station)}/endpoints/{self.step(endpoint)}")

    def post_stations_station_endpoints_endpoint_test(self, station: int, endpoint: int) -> models.Tried:
        """Send a test message there and say what came of it; it may take ten seconds, and one in ten is taken."""
        return cast('models.Tried', self.call("POST", f"/api/v1/stations/{self.step(station)}/endpoints/{self.step(endpoint)}/test"))

    def get_stations_station_overrides(self, station: int, *, from_: datetime | str | None = None, to: datetime | str | None = None) -> models.Overrides:
        """Those that touch the time asked for, by default the next 31 days."""
        return cast('models.Overrides', self.call("GET", f"/api/v1/stations/{self.step(station)}/overrides", query={'from': from_, 'to': to}))

    def post_stations_station_overrides(self, station: int, body: models.NewOverride) -> models.Override:
        """Somebody comes, stays away or stands in. 422 `bad-roster`, `not-staff`."""
        return cast('models.Override', self.call("POST", f"/api/v1/stations/{self.step(station)}/overrides", json=body))

    def delete_stations_station_overrides_override(self, station: int, override: int) -> None:
        """As if it had never been meant."""
        self.call("DELETE", f"/api/v1/stations/{self.step(station)}/overrides/{self.step(override)}")

    def get_stations_station_people(self, station: int) -> models.Colleagues:
        """Who may be put on duty: staff of the station and of those above it."""
        return cast('models.Colleagues', self.call("GET", f"/api/v1/stations/{self.step(station)}/people"))

    def get_stations_station_rotations(self, station: int) -> models.Rotations:
        """Who has duty by turns."""
        return cast('models.Rotations', self.call("GET", f"/api/v1/stations/{self.step(station)}/rotations"))

    def post_stations_station_rotations(self, station: int, body: models.NewRotation) -> models.Rotation:
        """One more rotation. 422 `bad-roster`, `not-staff`."""
        return cast('models.Rotation', self.call("POST", f"/api/v1/stations/{self.step(station)}/rotations", json=body))

    def delete_stations_station_rotations_rotation(self, station: int, rotation: int) -> None:
        """It ends."""
        self.call("DELETE", f"/api/v1/stations/{self.step(station)}/rotations/{self.step(rotation)}")

    def put_stations_station_rotations_rotation(self, station: int, rotation: int, body: models.NewRotation) -> models.Rotation:
        """In place of the one of this key; the answer has a key of its own."""
        return cast('models.Rotation', self.call("PUT", f"/api/v1/stations/{self.step(station)}/rotations/{self.step(rotation)}", json=body))

    def get_stations_station_shifts(self, station: int) -> models.Shifts:
        """The weekly shifts."""
        return cast('models.Shifts', self.call("GET", f"/api/v1/stations/{self.step(station)}/shifts"))

    def post_stations_station_shifts(self, station: int, body: models.NewShift) -> models.Shift:
        """One more shift. 422 `bad-roster`, `not-staff`."""
        return cast('models.Shift', self.call("POST", f"/api/v1/stations/{self.step(station)}/shifts", json=body))

    def delete_stations_station_shifts_shift(self, station: int, shift: int) -> None:
        """It ends; who was on duty when stays known."""
        self.call("DELETE", f"/api/v1/stations/{self.step(station)}/shifts/{self.step(shift)}")

    def put_stations_station_shifts_shift(self, station: int, shift: int, body: models.NewShift) -> models.Shift:
        """In place of the one of this key, which stays known as the past; the answer has a key of its own."""
        return cast('models.Shift', self.call("PUT", f"/api/v1/stations/{self.step(station)}/shifts/{self.step(shift)}", json=body))

    def get_statistics(self, *, station: int | None = None, from_: datetime | str | None = None, to: datetime | str | None = None, rehearsals: bool | None = None) -> models.Figures:
        """How incidents that began in the time asked for (by default 30 days) were dealt with; drills apart."""
        return cast('models.Figures', self.call("GET", "/api/v1/statistics", query={'station': station, 'from': from_, 'to': to, 'rehearsals': rehearsals}))

    def get_status(self) -> models.Status:
        """Whether the database, the broker and every part do their work; for everybody."""
        return cast('models.Status', self.call("GET", "/api/v1/status"))

    def get_status_details(self) -> models.Details:
        """Everything the doctor looks at; for administrators of the whole."""
        return cast('models.Details', self.call("GET", "/api/v1/status/details"))

    def get_system(self) -> models.System:
        """What works and what does not, and the figures of ingest."""
        return cast('models.System', self.call("GET", "/api/v1/system"))

    def get_tokens(self) -> models.Tokens:
        """The tokens of the caller's part of the tree, and what may be given to a new one."""
        return cast('models.Tokens', self.call("GET", "/api/v1/tokens"))

    def post_tokens(self, body: models.NewToken) -> models.MadeToken:
        """A new one; it is shown this once."""
        return cast('models.MadeToken', self.call("POST", "/api/v1/tokens", json=body))

    def delete_tokens_token(self, token: int) -> None:
        """It opens nothing any more."""
        self.call("DELETE", f"/api/v1/tokens/{self.step(token)}")

    def get_worth_a_visit(self, *, station: int | None = None, limit: int | None = None) -> models.WorthVisits:
        """Whose days have changed slowly, most worth a visit first; no alarm."""
        return cast('models.WorthVisits', self.call("GET", "/api/v1/worth-a-visit", query={'station': station, 'limit': limit}))
