// @ts-check
/** Plays the bursts. A browser allows sound only after the reader has pressed something: `blocked` says so. */
import { signal, effect } from "../html.js";
import { BURSTS } from "./pattern.js";

/** @typedef {import("../../../types/contract.js").Priority} Priority */

/** True while the browser keeps us silent. */
export const blocked = signal(true);

/** @type {AudioContext | null} */
let audio = null;

function context() {
  if (!audio) {
    const made = new AudioContext();
    made.onstatechange = () => { blocked.value = made.state !== "running"; };
    audio = made;
  }
  return audio;
}

/** Call from a press of a key or a button. */
export async function allowSound() {
  await context().resume();
  blocked.value = context().state !== "running";
}

/**
 * Any first gesture on the page will do; the reader need not find the button. Not before the finger is up again:
 * the notice goes, the bar moves, and what was being pressed would no longer be under the finger.
 */
export function allowSoundOnGesture() {
  const allow = () => { if (blocked.value) allowSound().catch((error) => console.warn("no sound", error.message)); };
  addEventListener("click", allow, { capture: true });
  addEventListener("keydown", allow);
}

/** A tone with the five harmonics that make it easy to locate. @param {AudioContext} on */
const voice = (on) => on.createPeriodicWave(new Float32Array(6), new Float32Array([0, 1, 0.6, 0.45, 0.35, 0.25]));

/** The burst that sounds now; a new one cuts it short, so that two never sound at once. @type {OscillatorNode | null} */
let sounding = null;

/** @param {Priority} priority */
export function play(priority) {
  const on = context();
  if (on.state !== "running") return;
  const { starts, pulse, pitch } = BURSTS[priority];
  const tone = on.createOscillator();
  const loudness = on.createGain();
  tone.setPeriodicWave(voice(on));
  tone.frequency.value = pitch;
  loudness.gain.value = 0;
  const begin = on.currentTime + 0.02;
  for (const start of starts) shape(loudness.gain, begin + start, pulse);
  sounding?.stop();
  sounding = tone;
  tone.onended = () => { if (sounding === tone) sounding = null; };
  tone.connect(loudness).connect(on.destination);
  tone.start(begin);
  tone.stop(begin + starts[starts.length - 1] + pulse + 0.1);
}

/** One pulse, rising and falling over a fifth of its length. @param {AudioParam} gain @param {number} at @param {number} length */
function shape(gain, at, length) {
  const edge = length / 5;
  gain.setValueAtTime(0, at);
  gain.linearRampToValueAtTime(0.5, at + edge);
  gain.setValueAtTime(0.5, at + length - edge);
  gain.linearRampToValueAtTime(0, at + length);
}

/**
 * Repeat the burst of the most urgent priority for as long as there is one.
 * @param {import("../../vendor/signals.js").ReadonlySignal<Priority | null>} wanted
 */
export function sound(wanted) {
  effect(() => {
    const priority = wanted.value;
    if (priority === null || blocked.value) return;
    play(priority);
    const timer = setInterval(() => play(priority), BURSTS[priority].every * 1000);
    return () => clearInterval(timer);
  });
}
