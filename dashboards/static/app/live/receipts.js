// @ts-check
/**
 * Tells the server that a message to this account was seen: when the reader does something on a visible page, which a
 * board left alone on a wall never does.
 */
import { post } from "../api.js";
import { dispatch, state } from "./store.js";

let running = false;

async function seen() {
  const ids = state.peek().unseen.map(({ id }) => id);
  if (running || !ids.length || document.hidden) return;
  running = true;
  try {
    for (const id of ids) await post(`/notifications/${id}/seen`, {});
    dispatch({ type: "seen", ids });
  } catch (error) {
    // Nobody waits for it here: the next gesture tries again. What the server refuses it will always refuse.
    if (/** @type {any} */ (error).status >= 400) dispatch({ type: "seen", ids });
  } finally {
    running = false;
  }
}

/** Start; once a page. */
export function startReceipts() {
  for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, seen, { passive: true });
}
