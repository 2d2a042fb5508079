// @ts-check
/** The words that the server takes, in the order in which people choose. */
export const CATEGORIES = /** @type {const} */ (["high_risk", "key", "ordinary"]);
export const GRADES = /** @type {const} */ (["0", "1", "2", "3", "4"]);
export const LIVING = /** @type {const} */ (["alone", "couple", "empty_nest", "left_behind", "lost_only_child", "with_children"]);
export const SEXES = /** @type {const} */ (["female", "male"]);
export const PURPOSES = /** @type {const} */ (["monitoring", "family_view", "handover", "photos", "research"]);
export const SERVICES = /** @type {const} */ (["meal", "cleaning", "bathing", "medical", "escort", "urgent"]);
export const WAYS = /** @type {const} */ (["home", "station", "remote"]);
export const RISKS = /** @type {const} */ (["fall", "lost", "choking", "self_harm", "suicide_attempt"]);
export const SEASONS = /** @type {const} */ (["heat", "cold", "festival", "other"]);
export const LEVELS = /** @type {const} */ (["city", "district", "street", "community"]);
export const ROOMS = /** @type {const} */ (["bathroom", "bedroom", "living_room", "kitchen", "toilet", "hall", "balcony", "outside"]);
