// The HTTP and WebSocket contract as the browser sees it. Instants are ISO 8601 UTC strings.

export type Priority = "high" | "medium" | "low";
export type IncidentState =
  | "detected" | "open" | "acknowledged" | "responding" | "on_site"
  | "resolved" | "cancelled" | "followed_up";
export type Action = "acknowledge" | "respond" | "arrive" | "resolve" | "cancel" | "note" | "follow_up" | "undo" | "hand_over";
export type Words = { zh: string; en: string };
export type Person = { id: number; name: string };

export interface Incident {
  id: string;
  number: number;
  version: number;
  kind: string;
  severity: string;
  priority: Priority;
  state: IncidentState;
  drill: boolean;
  onset: string;
  detected_at: string;
  opened_at: string | null;
  state_since: string;
  next_step_at: string | null;
  rang_again_at: string | null;
  closed_at: string | null;
  station: { id: number; name: string; name_en: string } | null;
  home: { id: number; code: string; address: string } | null;
  room: string;
  resident: Person | null;
  device: { id: number; code: string; kind: string } | null;
  title: Words;
  text: Words;
  probability: number | null;
  acknowledged_by: Person | null;
  outcome: string | null;
  allowed: Action[];
  level?: number;
  reported_by?: Person | null;
  next_step?: { what: "opens" | "escalates" | "lapses" | "offer_expires" | string; at: string } | null;
}

export interface Offer {
  id: number;
  account: Person;
  offered_at: string;
  expires_at: string;
  answer: "accepted" | "refused" | "lapsed" | "withdrawn" | null;
  answered_at: string | null;
  travel_s: number | null;
  distance_m: number | null;
}
/** One made to the reader. */
export interface MyOffer extends Omit<Offer, "account"> { incident: Incident | null }

export interface Told {
  id?: number;
  recipient: { kind: "account" | "contact" | "station"; id: number; name: string };
  purpose: string;
  state: "queued" | "sent" | "delivered" | "seen" | "failed" | "superseded";
  channel: string | null;
  queued_at: string;
  sent_at: string | null;
  delivered_at: string | null;
  seen_at: string | null;
  tries: number;
  error?: string | null;
}

export interface Photo { id: string; subject: string; taken_at: string; by: Person | null; width: number; height: number }
export interface Candidate { account: Person; distance_m: number | null; travel_s: number | null; available: boolean }

export interface IncidentEvent {
  n: number;
  at: string;
  kind: string;
  actor: { id?: number; name?: string; system?: string } | null;
  data: Record<string, unknown>;
  text: Words;
}

export interface Contact { rank: number; name: string; relation: string; phone: string; of: string; quiet_from: string | null; quiet_until: string | null; resting: boolean }

export interface IncidentDetail extends Incident {
  events: IncidentEvent[];
  findings: { kind: string; severity: string; revision: number; onset: string; detected_at: string;
    probability: number | null; text: Words; evidence: Record<string, unknown> }[];
  contacts: Contact[];
  resident_detail: { age: number | null; living: string; ability_grade: number | null; risks: string; phone: string;
    medicines?: string; allergies?: string; doctor?: string } | null;
  access_note: string;
  offers?: Offer[];
  notifications?: Told[];
  candidates?: Candidate[];
  viewers?: Person[];
  texts?: Partial<Record<"call" | "emergency" | "family", Words>>;
  recent: Pick<Incident, "id" | "kind" | "priority" | "state" | "onset" | "title" | "outcome">[];
}

export interface Motion { device_id: number; start: string; hz: number; acc: [number, number, number][]; impact_at: string | null; impact_g: number | null }
export interface ActivitySpan { from: string; to: string; points: string[]; usual_longest_s: number | null }
export interface Series { metric: string; unit: string; points: [string, number][] }
export interface Evidence { motion: Motion | null; activity: ActivitySpan | null; vitals: Series[] }

export interface Resident {
  id: number;
  name: string;
  sex: string;
  age: number | null;
  living: string;
  ability_grade: number | null;
  station_id: number;
  home: { id: number; code: string; address: string } | null;
  state: string;
  last_activity_at: string | null;
  last_room: string;
  open_incidents: number;
  devices_online: number;
  devices_total: number;
}

export interface ResidentDetail extends Resident {
  phone: string;
  risks: string;
  contacts: Contact[];
  devices: Device[];
  time_zone: string;
}

export interface Today {
  resident: Person;
  day: string;
  time_zone: string;
  state: string;
  headline: Words;
  last_activity_at: string | null;
  last_room: string;
  slot_minutes: number;
  activity: (number | null)[];
  usual: number[] | null;
  vitals: { metric: string; unit: string; value: number; at: string }[];
  incidents: Incident[];
  told: string[];
  battery_low: string[];
}

export interface Device {
  id: number;
  code: string;
  kind: string;
  model: string;
  home: { id: number; code: string } | null;
  room: string;
  site: string;
  resident: Person | null;
  online: boolean | null;
  last_seen: string | null;
  battery: number | null;
  rssi: number | null;
  firmware: string;
}

export interface Quarantined {
  id: number; first_at: string; last_at: string; times: number; topic: string; reason: string;
  detail: string; size: number; preview: string;
}

export interface Grant { role: string; station_id: number | null; resident_id: number | null }
export interface Session {
  account: { id: number; login: string; name: string; language: string };
  grants: Grant[];
  may: string[];
  held: boolean;
  second_factor_by: string | null;
  csrf: string;
  server_time: string;
  version: string;
}
export interface Station { id: number; parent_id: number | null; level: string; code: string; name: string; name_en: string; time_zone: string }
export interface Page<T> { items: T[]; next: string | null }
export interface SystemState {
  parts: { name: string; ok: boolean; detail: string }[];
  ingest: { received_total: number; quarantined_total: number; last_batch_at: string | null; lag_ms: number | null };
}

export type LiveMessage =
  | { type: "hello"; now: string; cursor: string; version: string; heartbeat_s: number; resumed: boolean }
  | { type: "incident"; cursor: string; incident: Incident }
  | { type: "resident"; resident: Partial<Resident> & { id: number } }
  | { type: "viewers"; incident: string; viewers: Person[] }
  | { type: "notification"; notification: Record<string, unknown> & { id: number; incident_id?: string } }
  | { type: "heartbeat"; now: string; cursor: string };

export interface Shift { role: string; account: Person; phone: string; from: string; until: string; source: string }
export interface Duty { on_duty: Shift[]; next: Shift[]; gaps: { role: string; from: string; until: string }[] }
export interface Plan {
  rooms: { room: string; last_activity_at: string | null; devices: { code: string; kind: string; online?: boolean | null; last_seen: string | null; [more: string]: unknown }[] }[];
}
export interface Tiles { url: string; attribution: string; datum: "wgs84" | "gcj02"; max_zoom?: number }
export interface MapView {
  residents: { id: number; name?: string; lat: number; lon: number; state: string }[];
  stations: { id: number; name: string; name_en?: string; lat: number; lon: number }[];
  responders: { id: number; name: string; lat: number; lon: number; available?: boolean; at?: string }[];
  tiles?: Tiles | null;
}
export interface MyState { available: boolean; lat: number | null; lon: number | null; at: string | null }
export interface Endpoint {
  id: number; channel: string; label: string; shown: string; language?: string; rank?: number; least?: string;
  quiet_from?: string | null; quiet_until?: string | null; failures?: number; last_ok_at?: string | null; last_error?: string;
}

export interface Spread {
  alarms: number; n: number; p50_s: number | null; p90_s: number | null; p99_s: number | null;
  within_60_s: number | null; within_180_s: number | null;
}
export interface Figures {
  incidents: number; opened: number; unanswered: number; escalations: number;
  times: Partial<Record<"all" | Priority, Partial<Record<"acknowledge" | "accept" | "arrive" | "resolve", Spread>>>>;
  kinds: { kind: string; incidents: number; judged: number; false_alarms: number; called_off: number; false_share: number | null }[];
  levels: { level: number; steps: number }[];
  channels: { channel: string; tries: number; sent: number; refused: number; unreachable: number; limited: number; gone: number; p50_s: number | null; p99_s: number | null }[];
  notifications: { recipient_kind: string; asked: number; queued: number; sent: number; delivered: number; seen: number; failed: number; superseded: number }[];
  days: { day: string; incidents: number; opened: number; false_alarms: number; acknowledge_p90_s: number | null; escalations: number }[];
}
export interface Drill {
  id: number; station: Person | null; scenario: string; started_at: string; ended_at: string | null; started_by: Person | null;
  incident_id: string | null; passed: boolean | null;
  steps?: { name: string; at: string | null; after_s: number | null; target_s: number | null; ok: boolean | null; actor: Person | null }[];
}
export interface SelfTest { id: number; station: Person; at: string; ok: boolean | null; took_ms: number | null; detail: string }
export interface WorthVisit { resident: Person; home: { code: string; address: string } | null; score: number; since: string; reasons: Words[] }
export interface KindPolicy {
  kind: string; priority: Priority; cancel_window_s: number; escalate_s: number | null; respond_s: number | null;
  escalation: string; version: number; group_after: number | null; group_s: number; quiet_from: string | null; quiet_until: string | null;
  updated_at: string; updated_by: Person | null; [more: string]: unknown;
}

/** Points: begin of the stretch, least, median, greatest. */
export interface Trend { metric: string; unit: string; span: string; bucket_minutes: number; points: [string, number, number, number][] }
export interface BenchDevice { code: string; kind: string; home: { id: number; code: string } | null; resident: Person | null; presses: string[]; last_seen: string | null }

export interface Silence {
  id: number; station_id: number | null; home_id: number | null; device_id: number | null; name: string; kinds: string[];
  from: string; until: string; reason: string; created_by: Person | null; created_at: string;
}
export interface Monitoring {
  cancel_s: number | null; tolerated_per_month: number | null; bathroom_limit_s: number | null; night_from: string | null; night_until: string | null;
  holiday_from: string | null; holiday_until: string | null; visitors_until: string | null; spo2_scale: 1 | 2; oxygen: boolean; returned_at: string | null;
}
export interface Rotation { id: number; role: string; people: Person[]; first_day: string; turn_days: number; from_time: string; until_time: string }
export interface Override { id: number; role: string; from: string; until: string; account: Person | null; replaces: Person | null; reason: string }
export interface Step { tell: string[]; after_s: number | null; level: number | null; dispatch: boolean; emergency: boolean }
export interface Variant {
  priorities: string[]; from_time: string | null; until_time: string | null; stations: number[]; repeat_s: number | null; raises: boolean; until: string;
  steps: Step[];
}
export interface EscalationPolicy { name: string; version: number; updated_at: string; updated_by: Person | null; body: { variants: Variant[] }; [more: string]: unknown }
