// @ts-check
/** The day in slots, as numbers to draw and to say. Pure. */

/**
 * @param {(number | null)[]} activity  per slot, null for what is still to come
 * @param {number[] | null} usual  per slot
 * @returns {{ now: number, busy: number, usualBusy: number | null, most: number }} slots lived so far, how many had
 *   activity, how many usually have by now, and the greatest value of both (at least 1)
 */
export function summary(activity, usual) {
  const ahead = activity.indexOf(null);
  const now = ahead === -1 ? activity.length : ahead;
  const lived = activity.slice(0, now);
  const busy = lived.filter((count) => (count ?? 0) > 0).length;
  const usualBusy = usual && Math.round(usual.slice(0, now).reduce((sum, mean) => sum + Math.min(mean, 1), 0));
  const most = Math.max(1, ...lived.map((count) => count ?? 0), ...(usual ?? []));
  return { now, busy, usualBusy, most };
}

/** A height between 0 and 1; the square root keeps a quiet hour visible beside a lively one.
 * @param {number} value @param {number} most */
export const height = (value, most) => Math.sqrt(Math.max(value, 0) / most);

/** @param {number} slot @param {number} minutes per slot @returns {string} "07:15" */
export function slotTime(slot, minutes) {
  const total = slot * minutes;
  return `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
}
