// @ts-check
/** Every word the pages say, Chinese and English side by side: { "area.word": { zh, en } }. */
import { COMMON } from "./common.js";
import { WORDS } from "./words.js";
import { BOARD } from "./board.js";
import { INCIDENT } from "./incident.js";
import { RECORDS } from "./records.js";
import { STATION } from "./station.js";
import { FAMILY } from "./family.js";
import { RESPOND } from "./respond.js";
import { CONSOLE } from "./console.js";
import { BENCH } from "./bench.js";

export const CATALOGUE = Object.freeze({ ...COMMON, ...WORDS, ...BOARD, ...INCIDENT, ...RECORDS, ...STATION, ...FAMILY, ...RESPOND, ...CONSOLE, ...BENCH });
