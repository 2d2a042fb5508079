// @ts-check
/** Duty as lanes of a week. Pure. */

/** @typedef {import("../../../types/contract.js").Duty} Duty */
/** @typedef {import("../../../types/contract.js").Shift} Shift */

export const WEEK_MS = 7 * 86_400_000;

/**
 * One lane a role, its stretches cut to the week that begins at `from`.
 * @param {Duty} duty @param {number} from milliseconds
 * @returns {{ role: string, shifts: (Shift & { start: number, end: number })[], gaps: { start: number, end: number }[] }[]}
 */
export function lanes(duty, from) {
  const cut = (/** @type {{ from: string, until: string }} */ one) => ({
    start: Math.max(Date.parse(one.from), from), end: Math.min(Date.parse(one.until), from + WEEK_MS),
  });
  const seen = new Set();
  const all = [...duty.on_duty, ...duty.next].filter((one) => {
    const key = `${one.role} ${one.account.id} ${one.from}`;
    return !seen.has(key) && seen.add(key);
  });
  const roles = [...new Set([...all, ...duty.gaps].map((one) => one.role))];
  return roles.map((role) => ({
    role,
    shifts: all.filter((one) => one.role === role).map((one) => ({ ...one, ...cut(one) })).filter((one) => one.start < one.end),
    gaps: duty.gaps.filter((one) => one.role === role).map(cut).filter((one) => one.start < one.end),
  }));
}
