// @ts-check
/** One task: where, who, what to beware of, and one big button for what comes next. */
import { html, useEffect, useState } from "../html.js";
import { now, state, view } from "../live/store.js";
import { session } from "../session.js";
import { t, pick } from "../language.js";
import { href } from "../router.js";
import { forget, remember, remembered } from "../memory.js";
import { adviceFor, problemWords, whoOf } from "../wording.js";
import { isClosed } from "../live/state.js";
import { Icon } from "../parts/icon.js";
import { Since } from "../parts/times.js";
import { CallLink } from "../parts/call.js";
import { PriorityTile, StateChip } from "../parts/tile.js";
import { OUTCOMES } from "../parts/outcomes.js";
import { Camera } from "../parts/camera.js";
import { Photos } from "../parts/photos.js";
import { checklistFor } from "./checklist.js";
import { about, expected, undoUntil } from "./outbox.js";
import { dismiss, outbox, send } from "./sending.js";
import { details, fetchDetail, offers } from "./known.js";
import { follow } from "./position.js";
import { Queued, Where } from "./parts.js";

/** @typedef {import("../../../types/contract.js").Incident} Incident */
/** @typedef {import("../../../types/contract.js").IncidentDetail} IncidentDetail */

/** What comes next, by the state that is expected once all has been sent. */
const NEXT = /** @type {Record<string, { action: string, words: import("../language.js").Key }>} */ ({
  detected: { action: "respond", words: "respond.take" }, open: { action: "respond", words: "respond.take" },
  acknowledged: { action: "respond", words: "respond.on_the_way" }, responding: { action: "arrive", words: "respond.arrived" },
});

/** @param {{ id: string }} props */
export function Task({ id }) {
  // A volunteer hears of nothing but what they agreed to: the offer itself is then all there is.
  const asked = offers.value.find((one) => one.incident?.id === id)?.incident ?? undefined;
  const live = state.value.active.get(id) ?? state.value.closed.get(id) ?? asked;
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  useEffect(() => { fetchDetail(id).then(() => setProblem(null), setProblem); }, [id, live?.version]);
  useEffect(() => { view(id); return () => view(null); }, [id]);
  const detail = details.value.get(id);
  const incident = live && detail && live.version < detail.version ? detail : live ?? detail;
  useOnTheWay(incident);
  if (!incident) return html`<p class="empty" role="alert">${problem ? problemWords(problem) : t("app.loading")}</p>`;
  return html`<article class="task-page" data-testid="task-page" data-incident=${id} data-state=${incident.state}>
    <a class="back always" href=${href()} data-testid="back"><${Icon} name="back" />${t("respond.back")}</a>
    <header class="task-head"><${PriorityTile} incident=${incident} />
      <div><h1>${pick(incident.title)}</h1><p>${incident.drill && html`<span class="chip drill">${t("row.drill")}</span>`} <${StateChip} incident=${incident} /></p></div>
      ${!isClosed(incident) && html`<${Since} key=${incident.onset} instant=${incident.onset} />`}</header>
    <${Queued} wishes=${about(outbox.value, id).filter((one) => one.kind !== "photo" || one.refused !== null)} />
    <section class="card"><p class="task-who"><strong>${whoOf(incident)}</strong></p><${Where} incident=${incident} />
      ${detail?.access_note && html`<p><span class="soft">${t("incident.access")}</span><br /><strong>${detail.access_note}</strong></p>`}</section>
    <${Steps} incident=${incident} detail=${detail} />
    ${detail && html`<${About} detail=${detail} />`}
  </article>`;
}

/** Its position is followed only while this responder is on the way. @param {Incident | undefined} incident */
function useOnTheWay(incident) {
  const me = session.value?.account.id;
  const going = incident?.state === "responding" && (incident.acknowledged_by?.id ?? me) === me;
  useEffect(() => (going ? follow() : undefined), [going]);
}

const ECHO_MS = 1_000; // so long the big button waits before it takes the next step

/** @param {{ incident: Incident, detail: IncidentDetail | undefined }} props */
function Steps({ incident, detail }) {
  const { id, version, kind } = incident;
  const step = expected(incident.state, outbox.value, id);
  const [pressed, press] = useState(false);
  useEffect(() => {
    if (!pressed) return undefined;
    const timer = setTimeout(() => press(false), ECHO_MS);
    return () => clearTimeout(timer);
  }, [pressed]);
  const act = (/** @type {Record<string, any>} */ body) => send({ kind: "action", subject: id, from: incident.state, body: { ...body, version } });
  if (isClosed(/** @type {Incident} */ ({ ...incident, state: step }))) {
    return html`<p class="task-done" role="status" data-testid="task-done">${t("respond.done")}</p>
      <${Undo} id=${id} detail=${detail} act=${act} /><${Pictures} id=${id} version=${version} />`;
  }
  const next = NEXT[step];
  const there = step === "on_site" || step === "responding";
  return html`<p class="advice">${adviceFor(/** @type {Incident} */ ({ ...incident, state: step }))}</p>
    ${there && html`<${Checklist} id=${id} kind=${kind} />`}
    <${Pictures} id=${id} version=${version} camera />
    ${step === "on_site" && html`<${Finish} id=${id} kind=${kind} act=${act} />`}
    <${Note} act=${act} />
    ${next && html`<div class="thumb-bar"><button key=${next.action} type="button" class="primary big next" disabled=${pressed} data-testid=${`task-${next.action}`}
      onClick=${() => { press(true); act({ action: next.action }); }}>${t(next.words)}</button></div>`}`;
}

/** For as long as the last step can be taken back: while it waits on this phone, and for half a minute after it arrived.
 * @param {{ id: string, detail: IncidentDetail | undefined, act: (body: Record<string, any>) => void }} props */
function Undo({ id, detail, act }) {
  const waiting = about(outbox.value, id).find((one) => one.body.action === "resolve" && one.refused === null);
  const until = detail ? undoUntil(detail, session.value?.account.id ?? 0) : null;
  const left = until === null ? 0 : Math.ceil((until - now.value) / 1000);
  if (waiting?.tries === 0) return html`<${UndoButton} words=${t("respond.undo_unsent")} run=${() => dismiss(waiting.key)} />`;
  if (waiting || left <= 0 || about(outbox.value, id).some((one) => one.body.action === "undo")) return null;
  return html`<${UndoButton} words=${t("respond.undo", { time: left })} run=${() => act({ action: "undo" })} />`;
}

/** @param {{ words: string, run: () => void }} props */
const UndoButton = ({ words, run }) => html`<div class="thumb-bar"><button type="button" class="big" data-testid="task-undo" onClick=${run}>${words}</button></div>`;

/** @param {{ id: string, version: number, camera?: boolean }} props */
function Pictures({ id, version, camera = false }) {
  const unsent = about(outbox.value, id).filter((one) => one.kind === "photo" && one.refused === null);
  const taken = (/** @type {Record<string, any>} */ body) => send({ kind: "photo", subject: id, from: "", body });
  return html`<section class=${camera ? "card pictures" : "pictures"} aria-label=${t("photo.title")} data-testid="pictures">
    ${camera && html`<${Camera} taken=${taken} /><p class="soft">${t("photo.about")}</p>`}
    <${Photos} subject=${`incident:${id}`} mark=${version} />
    ${unsent.length > 0 && html`<ul class="photos">${unsent.map((one) => html`<li key=${one.key} data-testid="photo-queued"><img src=${one.body.picture} alt=${t("queued.photo")} width="120" height="90" /><span class="chip">${t("queued.photo")}</span></li>`)}</ul>`}
  </section>`;
}

/** @param {string} id @returns {string[]} */
const ticked = (id) => (remembered(`checked.${id}`) ?? "").split(" ").filter(Boolean);

/** @param {{ id: string, kind: string }} props */
function Checklist({ id, kind }) {
  const [done, setDone] = useState(ticked(id));
  const flip = (/** @type {string} */ key) => {
    const after = done.includes(key) ? done.filter((one) => one !== key) : [...done, key];
    remember(`checked.${id}`, after.join(" "));
    setDone(after);
  };
  return html`<fieldset class="card checklist" data-testid="checklist"><legend>${t("respond.checklist")}</legend>
    ${checklistFor(kind).map((key) => html`<label key=${key}><input type="checkbox" checked=${done.includes(key)} onChange=${() => flip(key)} /> ${t(key)}</label>`)}</fieldset>`;
}

/** @param {{ id: string, kind: string, act: (body: Record<string, any>) => void }} props */
function Finish({ id, kind, act }) {
  function submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const checked = checklistFor(kind).filter((key) => ticked(id).includes(key)).map((key) => t(key));
    const note = [String(fields.get("note")).trim(), checked.length ? t("respond.checked", { items: checked.join("; ") }) : ""].filter(Boolean).join("\n");
    act({ action: "resolve", outcome: String(fields.get("outcome")), note: note || undefined });
    forget(`checked.${id}`);
  }
  return html`<form class="card finish" onSubmit=${submit} data-testid="finish">
    <fieldset><legend>${t("respond.finish_title")}</legend>
      ${OUTCOMES.map((one) => html`<label key=${one} class="choice"><input type="radio" name="outcome" value=${one} required /> ${t(`outcome.${one}`)}</label>`)}</fieldset>
    <label>${t("act.note")}<textarea name="note" rows="2" maxlength="1500"></textarea></label>
    <button type="submit" class="primary big" data-testid="task-resolve">${t("respond.finish")}</button></form>`;
}

/** @param {{ act: (body: Record<string, any>) => void }} props */
function Note({ act }) {
  function submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    act({ action: "note", note: String(new FormData(form).get("note")).trim() });
    form.reset();
  }
  return html`<details class="card"><summary>${t("action.note")}</summary><form onSubmit=${submit}>
    <label>${t("act.note_needed")}<textarea name="note" rows="2" maxlength="2000" required></textarea></label>
    <button type="submit">${t("act.save")}</button></form></details>`;
}

/** @param {{ detail: IncidentDetail }} props */
function About({ detail }) {
  const about = detail.resident_detail;
  const phone = about?.phone;
  return html`<section class="card"><h2>${t("incident.contacts")}</h2>
    ${phone && detail.resident && html`<${CallLink} name=${detail.resident.name} relation=${t("incident.resident_phone")} phone=${phone} />`}
    ${detail.contacts.map((one) => html`<${CallLink} key=${`${one.rank} ${one.of}`} ...${one} urgent=${detail.priority === "high"} />`)}
    ${!phone && !detail.contacts.length && html`<p class="soft">${t("incident.no_contacts")}</p>`}
    ${about?.risks && html`<p><span class="soft">${t("incident.risks")}</span><br /><span class="risks">${about.risks}</span></p>`}
    <p class="soft">${pick(detail.text)}</p></section>`;
}
