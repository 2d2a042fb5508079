// @ts-check
/** Instants in the fields of a form, where a time has no zone: it is the station's. Pure. */

/** @param {number} ms @param {string} zone @returns {number} how far the clock on the wall is ahead of UTC, milliseconds */
function ahead(ms, zone) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit", second: "2-digit" }).formatToParts(ms);
  const at = (/** @type {string} */ type) => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(at("year"), at("month") - 1, at("day"), at("hour"), at("minute"), at("second")) - Math.floor(ms / 1000) * 1000;
}

/** "2026-11-22T11:30" as <input type="datetime-local"> wants it. @param {number | string} instant @param {string} zone */
export function toField(instant, zone) {
  const ms = new Date(instant).getTime();
  return new Date(ms + ahead(ms, zone)).toISOString().slice(0, 16);
}

/** @param {string} field "2026-11-22T11:30" on the clock of `zone` @param {string} zone @returns {string} ISO 8601 in UTC */
export function fromField(field, zone) {
  const wall = Date.parse(`${field}Z`);
  const near = wall - ahead(wall, zone);
  return new Date(wall - ahead(near, zone)).toISOString(); // once more: the first guess may lie across a change of the clock
}
