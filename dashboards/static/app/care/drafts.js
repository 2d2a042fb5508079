// @ts-check
/** What is half filled in stays on this device until it is sent; whoever logs out leaves nothing behind. */

const PREFIX = "nowalls.draft.";

/** @template T @param {string} name @returns {T | null} */
export function draft(name) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name) ?? "null");
  } catch (error) {
    console.info("no draft", error);
    return null;
  }
}

/** @param {string} name @param {unknown} value */
export function keepDraft(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch (error) {
    console.info("draft not kept", error);
  }
}

/** @param {string} name */
export function dropDraft(name) {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch (error) {
    console.info("draft not dropped", error);
  }
}

export function dropAllDrafts() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  } catch (error) {
    console.info("drafts not dropped", error);
  }
}
