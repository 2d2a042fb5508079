// @ts-check
/** What stands below the news and is fetched after it: one module for all of it, with its words. */
import { teach } from "../language.js";
import { KIN } from "../../messages/kin.js";
import { LETTERS } from "../../messages/letters.js";

teach(KIN);
teach(LETTERS);

export { Coming } from "./coming.js";
export { Letters } from "./letters.js";
export { Looks } from "../parts/looks.js";
export { Access, CallStation } from "./access.js";
export { Homes } from "./homes.js";
