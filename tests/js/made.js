/** Incidents and messages for the tests, with only what matters named. */

let number = 0;

export const incident = (own = {}) => ({
  id: "a", number: ++number, version: 1, kind: "fall", severity: "", priority: "high", state: "open", drill: false,
  onset: "2026-03-01T03:00:00.000Z", acknowledged_by: null, ...own,
});

export const said = (own, cursor = "c1") => ({ type: "incident", cursor, incident: incident(own) });
export const hello = (own = {}) => ({ type: "hello", now: "2026-03-01T03:00:00Z", cursor: "c0", version: "1", heartbeat_s: 5, resumed: false, ...own });
export const heartbeat = (cursor = "c9") => ({ type: "heartbeat", now: "2026-03-01T03:00:05Z", cursor });
