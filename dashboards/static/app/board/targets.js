// @ts-check
/** Whom a step of an escalation tells. */
import { t, tWord } from "../language.js";

export const TARGETS = Object.freeze(["console", "operators", "all_operators", "responders", "volunteers", "rescue", "contact:1", "contact:2", "contacts", "family"]);

/** In words; "contact:2" is the second contact. @param {string} word */
export const told = (word) => (word.startsWith("contact:") ? t("tell.contact", { rank: word.slice(8) }) : tWord("tell", word));
