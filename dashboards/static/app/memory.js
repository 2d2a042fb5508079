// @ts-check
/** Small choices kept on this device. A browser that forbids storage just forgets them. */

/** @param {string} key @returns {string | null} */
export function remembered(key) {
  try {
    return localStorage.getItem(`nowalls.${key}`);
  } catch (error) {
    console.info("storage not available", error);
    return null;
  }
}

/** @param {string} key @param {string} value */
export function remember(key, value) {
  try {
    localStorage.setItem(`nowalls.${key}`, value);
  } catch (error) {
    console.info("storage not available", error);
  }
}

/** @param {string} key */
export function forget(key) {
  try {
    localStorage.removeItem(`nowalls.${key}`);
  } catch (error) {
    console.info("storage not available", error);
  }
}
