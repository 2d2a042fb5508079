// @ts-check
/** What the session may do; the pages hide what it may not, the server refuses it. */
import { session } from "../session.js";

/** @param {string} action  a word of the server's policy */
export const may = (action) => session.value?.may.includes(action) ?? false;
