// @ts-check
/** Seeing somebody outside one's stations at once: whom, why, an hour; and what others think of it afterwards. */
import { html, useEffect, useRef, useState } from "../html.js";
import { post, remove } from "../api.js";
import { go, href } from "../router.js";
import { session } from "../session.js";
import { t, language, teach } from "../language.js";
import { LOOKS } from "../../messages/looks.js";
import { dayTime, running } from "../format.js";
import { usePolled } from "../parts/remote.js";
import { Note, fieldsOf, useSaving } from "../parts/saving.js";
import { may } from "../care/may.js";

teach(LOOKS);

/** @typedef {{ id: number, name: string }} Named */
/** @typedef {{ id: number, by: Named, resident: Named, reason: string, opened_at: string, ends_at: string, left_s: number, incident_id: string | null,
 *   reviewed_at: string | null, reviewed_by: Named | null, verdict: "justified" | "not_justified" | null, note: string }} Opened */

const EVERY_MS = 20_000, SECOND_MS = 1_000, SHOWN = 20;
/** What somebody at a door can know; each way asks for all of it, so that nothing can be searched for. */
const WAYS = /** @type {const} */ ({ name: ["name", "phone"], home: ["home"], address: ["address"] });

export function Emergency() {
  const { data, again } = usePolled("/emergencies", EVERY_MS);
  const [judged, setJudged] = useState(/** @type {Record<number, Opened>} */ ({})); // shown at once, before the list comes anew
  const all = (/** @type {{ items: Opened[] } | null} */ (data)?.items ?? []).map((one) => judged[one.id] ?? one);
  const me = session.value?.account.id;
  const mine = all.filter((one) => one.by.id === me && one.left_s > 0);
  return html`<section class="records scrolling" data-testid="emergency"><header class="records-head"><h1>${t("glass.title")}</h1></header>
    ${mine.length > 0 && html`<section class="card"><h2>${t("glass.mine")}</h2><ul class="plain">${mine.map((one) => html`<${Mine} key=${one.id} one=${one} again=${again} />`)}</ul></section>`}
    <${Ask} />
    ${may("review_access") && html`<${Reviews} all=${all} me=${me ?? 0} tell=${(/** @type {Opened} */ one) => setJudged((before) => ({ ...before, [one.id]: one }))} />`}</section>`;
}

function Ask() {
  const [way, setWay] = useState(/** @type {keyof typeof WAYS} */ ("name"));
  const { busy, said, save } = useSaving();
  async function submit(/** @type {SubmitEvent} */ event) {
    const fields = fieldsOf(event);
    const known = Object.fromEntries(WAYS[way].map((field) => [field, String(fields.get(field)).trim()]));
    const answer = await save(() => post("/emergencies", { ...known, reason: String(fields.get("reason")) }));
    if (answer?.items) go("residents", answer.items[0].resident.id);
  }
  return html`<section class="card"><p>${t("glass.about")}</p><form class="stack" onSubmit=${submit} data-testid="glass-form">
    <fieldset class="ways"><legend>${t("glass.by")}</legend>${/** @type {(keyof typeof WAYS)[]} */ (Object.keys(WAYS)).map((one) => html`<label key=${one}>
      <input type="radio" name="way" value=${one} checked=${way === one} onChange=${() => setWay(one)} data-testid=${`glass-by-${one}`} /> ${t(`glass.by_${one}`)}</label>`)}</fieldset>
    <div class="form-grid">${WAYS[way].map((field) => html`<label key=${field}>${t(`glass.${field}`)}<input name=${field} required maxlength="120" autocomplete="off"
      inputmode=${field === "phone" ? "tel" : undefined} data-testid=${`glass-${field}`} /></label>`)}</div>
    <label>${t("glass.why")}<textarea name="reason" rows="2" minlength="10" maxlength="500" required data-testid="glass-why"></textarea></label>
    <p><button type="submit" class="primary big" disabled=${busy} data-testid="glass-open">${t("glass.open")}</button></p><${Note} said=${said} /></form></section>`;
}

/** @param {{ one: Opened, again: () => void }} props */
function Mine({ one, again }) {
  const { busy, said, save } = useSaving();
  const back = async () => { if (await save(() => remove(`/emergencies/${one.id}`))) again(); };
  return html`<li class="drill-line" data-testid="glass-mine"><a class="button primary" href=${href("residents", one.resident.id)}>${t("glass.go", { name: one.resident.name })}</a>
    <${Left} key=${one.id} seconds=${one.left_s} /> <button type="button" disabled=${busy} onClick=${back} data-testid="glass-back">${t("glass.back")}</button><${Note} said=${said} /></li>`;
}

/** Counts down from what the server said; it holds to its own clock. @param {{ seconds: number }} props */
function Left({ seconds }) {
  const [, tick] = useState(0);
  const end = useRef(0);
  useEffect(() => {
    end.current = Date.now() + seconds * SECOND_MS;
    tick((n) => n + 1);
    const timer = setInterval(() => tick((n) => n + 1), SECOND_MS);
    return () => clearInterval(timer);
  }, [seconds]);
  const ms = (end.current || Date.now() + seconds * SECOND_MS) - Date.now();
  return html`<strong role="timer" data-testid="glass-left">${ms > 0 ? t("glass.left", { time: running(ms, language.value) }) : t("glass.over")}</strong>`;
}

/** @param {{ all: Opened[], me: number, tell: (one: Opened) => void }} props */
function Reviews({ all, me, tell }) {
  const waiting = all.filter((one) => !one.verdict);
  const past = all.filter((one) => one.verdict).slice(0, SHOWN);
  return html`<section class="card" data-testid="reviews"><h2>${t("glass.reviews")}</h2>
    ${!waiting.length && html`<p class="soft">${t("glass.no_reviews")}</p>`}
    <ul class="plain">${waiting.map((one) => html`<li key=${one.id} data-testid="review"><${Story} one=${one} />
      ${one.by.id === me ? html`<p class="soft">${t("glass.own")}</p>` : html`<${Judge} one=${one} tell=${tell} />`}</li>`)}</ul></section>
    ${past.length > 0 && html`<section class="card"><h2>${t("glass.past")}</h2><ul class="plain">${past.map((one) => html`<li key=${one.id} data-testid="reviewed" data-verdict=${one.verdict}><${Story} one=${one} />
      <p><strong>${t(`glass.${one.verdict ?? "justified"}`)}</strong> <span class="soft">${t("glass.verdict_by", { name: one.reviewed_by?.name ?? "" })}</span> ${one.note}</p></li>`)}</ul></section>`}`;
}

/** @param {{ one: Opened }} props */
const Story = ({ one }) => html`<p><strong>${t("glass.opened", { who: one.by.name, whom: one.resident.name, time: dayTime(one.opened_at, language.value) })}</strong><br /><em>${t("looks.why", { why: one.reason })}</em></p>`;

/** @param {{ one: Opened, tell: (one: Opened) => void }} props */
function Judge({ one, tell }) {
  const { busy, said, save } = useSaving();
  const [note, setNote] = useState("");
  const judge = (/** @type {string} */ verdict) => async () => {
    const answer = await save(() => post(`/emergencies/${one.id}/review`, { verdict, note }));
    if (answer) tell(answer);
  };
  return html`<div class="stack"><label>${t("glass.note")}<input value=${note} maxlength="500" onInput=${(/** @type {any} */ event) => setNote(event.target.value)} data-testid="review-note" /></label>
    <p class="order-steps"><button type="button" class="primary" disabled=${busy} onClick=${judge("justified")} data-testid="review-justified">${t("glass.justified")}</button>
      <button type="button" disabled=${busy} onClick=${judge("not_justified")} data-testid="review-not">${t("glass.not_justified")}</button></p><${Note} said=${said} /></div>`;
}
