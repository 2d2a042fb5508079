// @ts-check
/** What is done about each kind of incident, and who is told in which order. Every change is a version with its author. */
import { html } from "../html.js";
import { runsEverything } from "./station-choice.js";
import { t, teach } from "../language.js";
import { RULES } from "../../messages/rules.js";
import { KINDS } from "../../messages/kinds.js";
import { problemWords } from "../wording.js";
import { useRemote } from "../parts/remote.js";
import { KindForm } from "./kind-policy.js";
import { Escalation, NewEscalation } from "./escalation.js";

teach(RULES);
teach(KINDS);

/** @typedef {import("../../../types/contract.js").KindPolicy} KindPolicy */
/** @typedef {import("../../../types/contract.js").EscalationPolicy} EscalationPolicy */

export function Policies() {
  const { data, error, again } = useRemote("/policies/kinds");
  const escalation = useRemote("/policies/escalation");
  const escalations = /** @type {{ items: EscalationPolicy[] } | null} */ (escalation.data)?.items;
  const kinds = /** @type {{ items: KindPolicy[] } | null} */ (data)?.items;
  if (error) return html`<p class="empty" role="alert">${error.status === 404 ? t("page.unavailable") : problemWords(error)}</p>`;
  if (!kinds || !escalations) return html`<p class="empty">${t("app.loading")}</p>`;
  const names = escalations.map(({ name }) => name);
  return html`<section class="records scrolling"><header class="records-head"><h1>${t("policies.title")}</h1><p class="soft about">${t("policies.about")}${" "}
      ${!runsEverything() && t("policies.read_only")}</p></header>
    <ul class="plain" data-testid="policies">${kinds.map((one) => html`<li key=${one.kind} class="card policy"><${KindForm} one=${one} names=${names} again=${again} /></li>`)}</ul>
    <h2>${t("policies.steps")}</h2>
    <ul class="plain" data-testid="escalations">${escalations.map((one) => html`<li key=${one.name} class="card"><${Escalation} one=${one} again=${escalation.again} /></li>`)}
      ${runsEverything() && html`<li class="card"><${NewEscalation} like=${escalations[0]} names=${names} again=${escalation.again} /></li>`}</ul>
  </section>`;
}
