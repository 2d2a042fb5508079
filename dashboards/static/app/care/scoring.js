// @ts-check
/** Points of an assessment as they are given, and the grade they come to: GB/T 42195-2022. Pure. */

/** @typedef {{ key: string, zh: string, en: string, most: number, levels?: { zh: string, en: string }[] }} Item */
/** @typedef {{ key: string, zh: string, en: string, items: Item[] }} Part */
/** @typedef {{ version: string, source: string, parts: Part[], grades: { grade: number, least: number, zh: string, en: string }[] }} Scale */
/** @typedef {{ coma: boolean, dementia: boolean, mental_disorder: boolean, risk_events: { at: string, kind: string, source?: string }[] }} Health */

export const WORST = 4;
const RISK_TIMES = 2;
const RISK_MS = 30 * 86_400_000;

/** @param {Part} part @param {Record<string, number>} answers */
export function partScore(part, answers) {
  const given = part.items.filter((item) => item.key in answers);
  return {
    points: given.reduce((sum, item) => sum + answers[item.key], 0),
    most: part.items.reduce((sum, item) => sum + item.most, 0),
    answered: given.length,
    left: part.items.length - given.length,
  };
}

/** The risk events that count at an instant. @param {Health["risk_events"]} events @param {number} now ms */
export const recentRisks = (events, now) => events.filter(({ at }) => Date.parse(at) > now - RISK_MS && Date.parse(at) <= now);

/**
 * The grade as it stands; null while an item is open (unless in coma, which needs none).
 * @param {Scale} scale @param {Record<string, number>} answers @param {Health} health @param {number} now ms
 * @returns {{ total: number, preliminary: number, grade: number, changes: string[] } | null}
 */
export function gradeOf(scale, answers, health, now) {
  if (health.coma) return { total: 0, preliminary: WORST, grade: WORST, changes: ["coma"] };
  const parts = scale.parts.map((part) => partScore(part, answers));
  if (parts.some(({ left }) => left > 0)) return null;
  const total = parts.reduce((sum, { points }) => sum + points, 0);
  const preliminary = scale.grades.find(({ least }) => total >= least)?.grade ?? WORST;
  const changes = [health.dementia && "dementia", health.mental_disorder && "mental_disorder", recentRisks(health.risk_events, now).length >= RISK_TIMES && "risk_events"];
  const real = /** @type {string[]} */ (changes.filter(Boolean));
  return { total, preliminary, grade: Math.min(WORST, preliminary + (real.length ? 1 : 0)), changes: real };
}
