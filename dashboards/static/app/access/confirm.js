// @ts-check
/** What the server does only for somebody who has just proved to be there: asks for the proof, then tries again. */

/**
 * The answer of `ask`. Where the server says "confirm-again" a dialog asks for the proof first; who closes it gets that
 * problem as any other.
 * @template T
 * @param {() => Promise<T>} ask
 * @returns {Promise<T>}
 */
export async function confirmed(ask) {
  try {
    return await ask();
  } catch (error) {
    if (/** @type {any} */ (error).code !== "confirm-again") throw error;
    const { confirmAgain } = await import("./confirm-dialog.js");
    if (!(await confirmAgain())) throw error;
    return ask();
  }
}
