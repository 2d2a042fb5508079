// @ts-check
/** Days, months and times of day as forms write them, in the zone of the station. Pure. */

/** "2026-11-22T09:30" in a zone. @param {number} instant ms @param {string} zone */
export function localText(instant, zone) {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(instant);
  const of = (/** @type {string} */ type) => parts.find((part) => part.type === type)?.value ?? "";
  return `${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}`;
}

/** The instant of a local time, as ISO 8601 in UTC. @param {string} local "2026-11-22T09:30" @param {string} zone */
export function instantOf(local, zone) {
  const asIfUtc = Date.parse(`${local}Z`);
  // Twice, because the offset at the guess may be another than at the instant itself.
  let instant = asIfUtc;
  for (let turn = 0; turn < 2; turn += 1) instant = asIfUtc - (Date.parse(`${localText(instant, zone)}Z`) - instant);
  return new Date(instant).toISOString();
}

/** @param {string} day "2026-11-22" @param {number} days */
export const addDays = (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** The last `count` months, the latest first: ["2026-11", "2026-10", ...]. @param {string} day @param {number} count */
export function monthsBefore(day, count) {
  const [year, month] = day.split("-").map(Number);
  return Array.from({ length: count }, (_, back) => new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 7));
}

/** Birthday and sex of an 18-character Chinese identity number, or null when it is not one. @param {string} text */
export function bornAndSex(text) {
  const number = text.replace(/[\s-]/g, "").toUpperCase();
  if (!/^\d{17}[\dX]$/.test(number)) return null;
  const born = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  if (Number.isNaN(Date.parse(born)) || addDays(born, 0) !== born) return null;
  return { born, sex: Number(number[16]) % 2 ? "male" : "female" };
}
