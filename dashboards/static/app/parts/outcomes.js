// @ts-check
/** What may have come of an incident. */

export const OUTCOMES = /** @type {const} */ (["help_given", "ambulance", "hospital", "no_help_needed", "no_answer",
  "false_alarm", "device_fault", "drill"]);
