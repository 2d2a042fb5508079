// @ts-check
/** Every word the pages say, Chinese and English side by side: { "area.word": { zh, en } }. */
import { COMMON } from "./common.js";
import { WORDS } from "./words.js";
import { BOARD } from "./board.js";
import { INCIDENT } from "./incident.js";
import { RECORDS } from "./records.js";
import { STATION } from "./station.js";
import { KINDS } from "./kinds.js";
import { RULES } from "./rules.js";
import { WATCHING } from "./watching.js";
import { FORMS } from "./forms.js";
import { FAMILY } from "./family.js";
import { KIN } from "./kin.js";
import { LETTERS } from "./letters.js";
import { RESPOND } from "./respond.js";
import { PHOTO } from "./photo.js";
import { CONSOLE } from "./console.js";
import { BENCH } from "./bench.js";
import { CARE } from "./care.js";
import { CARE_PERSON } from "./care-person.js";
import { CARE_WORK } from "./care-work.js";
import { CARE_FIGURES } from "./care-figures.js";
import { CONFIRM } from "./confirm.js";
import { ACCOUNT } from "./account.js";
import { LOOKS } from "./looks.js";
import { DEVICE_KEYS } from "./device-keys.js";
import { FOUND } from "./found.js";

export const CATALOGUE = Object.freeze({ ...COMMON, ...WORDS, ...BOARD, ...INCIDENT, ...RECORDS, ...STATION, ...KINDS, ...RULES, ...WATCHING, ...FORMS, ...FAMILY, ...KIN, ...LETTERS, ...RESPOND, ...PHOTO, ...CONSOLE, ...BENCH, ...CARE, ...CARE_PERSON, ...CARE_WORK, ...CARE_FIGURES, ...CONFIRM, ...ACCOUNT, ...DEVICE_KEYS, ...FOUND, ...LOOKS });
