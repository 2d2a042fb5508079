// @ts-check
/** Binds the queue to sound, to the announcements for screen readers and to the page's title. */
import { signal, computed, effect } from "../html.js";
import { state, queues } from "../live/store.js";
import { isCalling, isMuted, mutesLeft, toSound } from "./audible.js";
import { sound, allowSoundOnGesture } from "./sound.js";
import { t, tWord, pick, language } from "../language.js";
import { placeOf, whoOf } from "../wording.js";

/** @typedef {import("../live/state.js").Incident} Incident */
/** @typedef {import("./audible.js").Mute} Mute */

/** @type {import("../../vendor/signals.js").Signal<ReadonlyMap<string, Mute>>} */
const mutes = signal(new Map());

/** @param {Incident} incident */
export const muted = (incident) => isMuted(incident, mutes.value);

/** @param {Incident} incident */
export function toggleMute(incident) {
  const next = new Map(mutes.peek());
  if (isMuted(incident, next)) next.delete(incident.id);
  else next.set(incident.id, { priority: incident.priority, severity: incident.severity, again: incident.rang_again_at });
  mutes.value = next;
}

/** What a screen reader says. */
export const announcement = signal("");

/** What makes it news. @param {Incident} incident */
const asSaid = ({ id, priority, severity, rang_again_at: again }) => `${id} ${priority} ${severity} ${again ?? ""}`;

/** @type {Set<string>} */
let told = new Set();

function announce() {
  const calling = [...state.value.active.values()].filter(isCalling);
  const fresh = calling.filter((incident) => !told.has(asSaid(incident)));
  told = new Set(calling.map(asSaid));
  if (fresh.length) announcement.value = fresh.slice(-3).map(sentence).join(". ");
}

/** @param {Incident} incident */
const sentence = (incident) => t("announce.new", {
  priority: tWord("priority", `${incident.priority}_long`),
  title: pick(incident.title), who: whoOf(incident), where: placeOf(incident),
});

/** @param {import("../language.js").Key} page */
function title(page) {
  const { waiting } = queues.value;
  const first = waiting[0];
  const base = `${t(page)} · ${t("app.name")}`;
  document.title = first ? `(${waiting.length}) ${pick(first.title)} · ${whoOf(first)} · ${base}` : base;
}

/** Start; once a page. @param {import("../language.js").Key} [page]  its name */
export function startAlarm(page = "board.title") {
  allowSoundOnGesture();
  sound(computed(() => toSound(state.value.active.values(), mutes.value)));
  effect(announce);
  effect(() => { void language.value; title(page); });
  effect(forgetMutes);
}

function forgetMutes() {
  const left = mutesLeft(mutes.peek(), state.value.active);
  if (left.size < mutes.peek().size) mutes.value = left;
}
