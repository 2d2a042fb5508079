// @ts-check
/** How far a press has come: from the message to the screen. Pure; instants in milliseconds. */

/**
 * @typedef {object} Press
 * @property {string} code  of the device
 * @property {number} sentAt
 * @property {number | null} heardAt  the platform stored a word of the device
 * @property {import("../../../types/contract.js").Incident | null} incident
 * @property {number | null} paintedAt
 */

/** Is this incident what the press brought about? Its device, or its home, and not from before.
 * @param {import("../../../types/contract.js").Incident} incident @param {{ code: string, home: number | null, resident: number | null }} device @param {number} sentAt */
export function comesFrom(incident, device, sentAt) {
  if (Date.parse(incident.detected_at) < sentAt - SLACK_MS) return false;
  return incident.device?.code === device.code || (incident.home !== null && incident.home.id === device.home)
    || (incident.resident !== null && incident.resident.id === device.resident);
}

/** Clocks of the parts may differ by so much. */
const SLACK_MS = 1_500;

/** The links of the chain in order, each with its instant or null. @param {Press} press */
export const links = (press) => /** @type {const} */ ([
  ["sent", press.sentAt], ["heard", press.heardAt],
  ["found", press.incident ? Date.parse(press.incident.detected_at) : null],
  ["incident", press.incident ? Date.parse(press.incident.opened_at ?? press.incident.detected_at) : null],
  ["painted", press.paintedAt],
]);
