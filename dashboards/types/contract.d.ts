// The HTTP and WebSocket contract as the browser sees it. Instants are ISO 8601 UTC strings.

export type Priority = "high" | "medium" | "low";
export type IncidentState =
  | "detected" | "open" | "acknowledged" | "responding" | "on_site"
  | "resolved" | "cancelled" | "followed_up";
export type Action = "acknowledge" | "respond" | "arrive" | "resolve" | "cancel" | "note" | "follow_up";
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
}

export interface IncidentEvent {
  n: number;
  at: string;
  kind: string;
  actor: { id?: number; name?: string; system?: string } | null;
  data: Record<string, unknown>;
  text: Words;
}

export interface Contact { rank: number; name: string; relation: string; phone: string }

export interface IncidentDetail extends Incident {
  events: IncidentEvent[];
  findings: { kind: string; severity: string; revision: number; onset: string; detected_at: string;
    probability: number | null; text: Words; evidence: Record<string, unknown> }[];
  contacts: Contact[];
  resident_detail: { age: number | null; living: string; ability_grade: number | null; risks: string; phone: string } | null;
  access_note: string;
  recent: Pick<Incident, "id" | "kind" | "priority" | "state" | "onset" | "title" | "outcome">[];
}

export interface Motion { device_id: number; start: string; hz: number; acc: [number, number, number][]; impact_at: string | null }
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
  csrf: string;
  server_time: string;
  version: string;
}
export interface Station { id: number; parent_id: number | null; level: string; code: string; name: string; name_en: string }
export interface Page<T> { items: T[]; next: string | null }
export interface SystemState {
  parts: { name: string; ok: boolean; detail: string }[];
  ingest: { received_total: number; quarantined_total: number; last_batch_at: string | null; lag_ms: number | null };
}

export type LiveMessage =
  | { type: "hello"; now: string; cursor: string; version: string; heartbeat_s: number; resumed: boolean }
  | { type: "incident"; cursor: string; incident: Incident }
  | { type: "resident"; resident: Partial<Resident> & { id: number } }
  | { type: "heartbeat"; now: string; cursor: string };
