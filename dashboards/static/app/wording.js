// @ts-check
/** Sentences about an incident, made of its fields and the catalogue. */
import { t, tWord, isKey, nameOf } from "./language.js";
import { isWorse } from "./live/order.js";
import { isClosed, isHeld } from "./live/state.js";

/** @typedef {import("./live/state.js").Incident} Incident */

/** Who it is about: a person, else the home, else the device. @param {Incident} incident */
export const whoOf = (incident) =>
  incident.resident?.name ?? (incident.home ? t("row.home", { code: incident.home.code }) : incident.device?.code ?? "");

/** Where: room and address, else the station. @param {Incident} incident */
export function placeOf(incident) {
  const parts = [incident.room && tWord("room", incident.room), incident.home?.address];
  return parts.filter(Boolean).join(" · ") || nameOf(incident.station);
}

/** What the operator should do now, one sentence. @param {Incident} incident */
export function adviceFor(incident) {
  if (isClosed(incident)) return t("advice.closed");
  if (isWorse(incident)) return t("advice.worse");
  if (isHeld(incident)) return t("advice.held");
  if (incident.state !== "open") {
    const key = `advice.${incident.state}`;
    if (isKey(key)) return t(key, { who: incident.acknowledged_by?.name ?? t("incident.system") });
  }
  const key = `advice.${incident.kind}`;
  return isKey(key) ? t(key) : t("advice.other");
}

/** A problem in the reader's words. @param {any} problem */
export function problemWords(problem) {
  const key = `problem.${problem.code}`;
  return isKey(key) ? t(key) : t("problem.other", { detail: problem.message });
}
