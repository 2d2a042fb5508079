// @ts-check
/** What to look at on the spot, by kind of incident. Pure. */

/** @typedef {import("../language.js").Key} Key */

/** @type {Readonly<Record<string, Key[]>>} */
const BY_KIND = Object.freeze({
  fall: ["check.talk", "check.head", "check.warm", "check.doctor", "check.cause", "check.family"],
  sos: ["check.talk", "check.breathing", "check.doctor", "check.medicine", "check.family"],
  inactivity: ["check.door", "check.rooms", "check.breathing", "check.doctor", "check.family"],
  vitals: ["check.talk", "check.measure", "check.medicine", "check.doctor", "check.family"],
  smoke: ["check.out", "check.call119", "check.breathing", "check.family"],
  co: ["check.out", "check.window", "check.call119", "check.breathing", "check.family"],
  gas: ["check.window", "check.out", "check.valve", "check.call119", "check.family"],
  water: ["check.door", "check.valve", "check.talk", "check.family"],
});

/** @param {string} kind @returns {Key[]} */
export const checklistFor = (kind) => BY_KIND[kind] ?? ["check.door", "check.talk", "check.device"];
