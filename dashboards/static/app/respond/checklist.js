// @ts-check
/** What to look at on the spot, by kind of incident. Pure. */

/** @typedef {import("../language.js").Key} Key */

/** Somebody may lie there: look first, then help. @type {Key[]} */
const FALLEN = ["check.talk", "check.head", "check.warm", "check.doctor", "check.cause", "check.family"];
/** @type {Key[]} */
const SILENT = ["check.door", "check.rooms", "check.breathing", "check.doctor", "check.family"];
/** @type {Key[]} */
const UNWELL = ["check.talk", "check.measure", "check.medicine", "check.doctor", "check.family"];
/** @type {Key[]} */
const LOST = ["check.home_first", "check.usual_places", "check.call110", "check.warm", "check.family"];
/** @type {Key[]} */
const NIGHT = ["check.door", "check.talk", "check.warm", "check.toilet", "check.family"];
/** @type {Key[]} */
const DEVICE = ["check.door", "check.talk", "check.device"];

/** @type {Readonly<Record<string, Key[]>>} */
export const BY_KIND = Object.freeze({
  fall: FALLEN,
  sos: ["check.talk", "check.breathing", "check.doctor", "check.medicine", "check.family"],
  inactivity: SILENT, not_up: SILENT, bathroom_long: SILENT, bed_not_returned: SILENT,
  vitals: UNWELL, early_warning: UNWELL, vitals_trend: UNWELL,
  wandering: LOST, tracker_lost: LOST,
  night_exit: NIGHT, door_open_night: NIGHT, night_activity: NIGHT, bathroom_visits: NIGHT,
  smoke: ["check.out", "check.call119", "check.breathing", "check.family"],
  co: ["check.out", "check.window", "check.call119", "check.breathing", "check.family"],
  gas: ["check.window", "check.out", "check.valve", "check.call119", "check.family"],
  water: ["check.door", "check.valve", "check.slippery", "check.talk", "check.family"],
  room_heat: ["check.talk", "check.cool", "check.drink", "check.doctor", "check.family"],
  room_cold: ["check.talk", "check.warm", "check.heating", "check.doctor", "check.family"],
  offline: DEVICE, home_offline: DEVICE, low_battery: DEVICE, battery_forecast: DEVICE, tamper: DEVICE, not_worn: DEVICE, device_fault: DEVICE,
  motion_unusable: DEVICE,
});

/** @param {string} kind @returns {Key[]} */
export const checklistFor = (kind) => BY_KIND[kind] ?? ["check.door", "check.talk", "check.device"];
