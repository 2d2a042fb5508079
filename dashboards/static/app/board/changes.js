// @ts-check
/** What one version of a policy says otherwise than another. Pure. */

/** @typedef {{ where: (string | number)[], before: unknown, after: unknown }} Change */

const OF_THE_VERSION = ["version", "updated_at", "updated_by", "kind", "name"];

/** @param {unknown} value @param {(string | number)[]} where @param {Map<string, { where: (string | number)[], value: unknown }>} found */
function flatten(value, where, found) {
  const inner = value !== null && typeof value === "object" && !(Array.isArray(value) && value.every((one) => typeof one !== "object"));
  if (!inner) {
    found.set(where.join("."), { where, value: Array.isArray(value) ? value.join(", ") : value });
    return found;
  }
  for (const [key, one] of Object.entries(value)) {
    if (!where.length && OF_THE_VERSION.includes(key)) continue;
    flatten(one, [...where, Array.isArray(value) ? Number(key) + 1 : key], found);
  }
  return found;
}

/** @param {unknown} before @param {unknown} after @returns {Change[]} in the order of the fields; a missing one is null */
export function changes(before, after) {
  const [old, now] = [flatten(before, [], new Map()), flatten(after, [], new Map())];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
    const [was, is] = [old.get(key)?.value ?? null, now.get(key)?.value ?? null];
    const where = (old.get(key) ?? now.get(key))?.where ?? [];
    return was === is || (was === "" && is === null) || (was === null && is === "") ? [] : [{ where, before: was, after: is }];
  });
}
