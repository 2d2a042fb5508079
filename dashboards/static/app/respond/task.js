// @ts-check
/** One task: where, who, what to beware of, and one big button for what comes next. */
import { html, useEffect, useState } from "../html.js";
import { state, view } from "../live/store.js";
import { session } from "../session.js";
import { t, pick } from "../language.js";
import { href } from "../router.js";
import { remember, remembered } from "../memory.js";
import { adviceFor, problemWords, whoOf } from "../wording.js";
import { isClosed } from "../live/state.js";
import { Icon } from "../parts/icon.js";
import { Since } from "../parts/times.js";
import { CallLink } from "../parts/call.js";
import { PriorityTile, StateChip } from "../parts/tile.js";
import { OUTCOMES } from "../parts/outcomes.js";
import { checklistFor } from "./checklist.js";
import { about, expected } from "./outbox.js";
import { outbox, send } from "./sending.js";
import { details, fetchDetail, free, offers } from "./known.js";
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
    <${Queued} wishes=${about(outbox.value, id)} />
    <section class="card"><p class="task-who"><strong>${whoOf(incident)}</strong></p><${Where} incident=${incident} />
      ${detail?.access_note && html`<p><span class="soft">${t("incident.access")}</span><br /><strong>${detail.access_note}</strong></p>`}</section>
    <${Steps} incident=${incident} />
    ${detail && html`<${About} detail=${detail} />`}
  </article>`;
}

/** Its position is followed only while this responder is on the way. @param {Incident | undefined} incident */
function useOnTheWay(incident) {
  const me = session.value?.account.id;
  const going = incident?.state === "responding" && (incident.acknowledged_by?.id ?? me) === me;
  useEffect(() => (going ? follow(() => free.peek()?.available ?? false) : undefined), [going]);
}

/** @param {{ incident: Incident }} props */
function Steps({ incident }) {
  const { id, version } = incident;
  const step = expected(incident.state, outbox.value, id);
  if (isClosed(/** @type {Incident} */ ({ ...incident, state: step }))) {
    return html`<p class="task-done" role="status" data-testid="task-done">${t("respond.done")}</p>`;
  }
  const next = NEXT[step];
  const act = (/** @type {Record<string, any>} */ body) => send({ kind: "action", subject: id, from: incident.state, body: { ...body, version } });
  return html`<p class="advice">${adviceFor(/** @type {Incident} */ ({ ...incident, state: step }))}</p>
    ${next && html`<button type="button" class="primary big next" data-testid=${`task-${next.action}`} onClick=${() => act({ action: next.action })}>${t(next.words)}</button>`}
    ${(step === "on_site" || step === "responding") && html`<${Checklist} id=${id} kind=${incident.kind} />`}
    ${step === "on_site" && html`<${Finish} id=${id} kind=${incident.kind} act=${act} />`}
    <${Note} act=${act} />`;
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
    ${detail.contacts.map((one) => html`<${CallLink} key=${one.rank} ...${one} />`)}
    ${!phone && !detail.contacts.length && html`<p class="soft">${t("incident.no_contacts")}</p>`}
    ${about?.risks && html`<p><span class="soft">${t("incident.risks")}</span><br /><span class="risks">${about.risks}</span></p>`}
    <p class="soft">${pick(detail.text)}</p></section>`;
}
