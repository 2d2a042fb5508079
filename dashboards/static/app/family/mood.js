// @ts-check
/** What to tell the family in one glance. Pure. */
import { isClosed, isHeld } from "../live/state.js";

/** @typedef {import("../live/state.js").Incident} Incident */

/** Incidents about the person; a silent sensor is the station's business. */
const ABOUT_DEVICES = ["offline", "home_offline", "low_battery", "battery_forecast", "tamper", "motion_unusable", "not_worn", "device_fault",
  "roster_gap", "platform_outage"];

/** @param {Incident} incident */
export const concernsPerson = (incident) => !ABOUT_DEVICES.includes(incident.kind) && !incident.drill;

/**
 * "well", "happened" (nobody has taken it yet), "on_it" (somebody has), or the state as it is. What waits for the morning is no
 * news that anybody must wake up for.
 * @param {string} state  of the resident
 * @param {Incident[]} incidents  of today
 */
export function mood(state, incidents) {
  const going = incidents.filter((incident) => !isClosed(incident) && !isHeld(incident) && concernsPerson(incident));
  if (going.some(({ state: step }) => step === "detected" || step === "open")) return "happened";
  if (going.length) return "on_it";
  return state === "alert" ? "happened" : state;
}
