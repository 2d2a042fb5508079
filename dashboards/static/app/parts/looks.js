// @ts-check
/** Who looked at somebody's data, day by day, in words for those whose data they are. */
import { html, useState } from "../html.js";
import { t, tWord, language, teach } from "../language.js";
import { LOOKS } from "../../messages/looks.js";
import { longDay } from "../format.js";
import { problemWords } from "../wording.js";
import { useRemote } from "./remote.js";

teach(LOOKS);

/** @typedef {{ at: string, by: { id: number, name: string }, roles: string[], machine: boolean, family: boolean, you: boolean, times: number,
 *   areas: string[], changed: boolean, why: string }} Look */

const MONTH_DAYS = 30, HALF_YEAR_DAYS = 180;

/** @param {Look} look */
function purposeOf(look) {
  if (look.machine) return t("look_role.machine");
  if (look.roles.length) return look.roles.map((role) => tWord("look_role", role)).join(" · ");
  return look.family ? t("looks.kin") : t("look_role.elsewhere");
}

/** @param {{ look: Look }} props */
const Line = ({ look }) => html`<li data-testid="look" data-who=${look.by.id}><strong>${look.by.name}</strong>${look.you && ` (${t("looks.you")})`}${" "}
  <span class="soft">${purposeOf(look)}</span><br />${t("looks.looked", { areas: look.areas.map((area) => tWord("look_area", area)).join(t("looks.and")) })}
  ${look.times > 1 && html` <span class="soft">· ${t("looks.times", { count: look.times })}</span>`}${look.changed && ` · ${t("looks.changed")}`}
  ${look.why && html`<br /><em>${t("looks.why", { why: look.why })}</em>`}</li>`;

/** Folded until somebody asks. @param {{ id: number | string, name: string, zone?: string }} props */
export function Looks({ id, name, zone }) {
  const [open, setOpen] = useState(false);
  return html`<section class="card" data-testid="looks"><details onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}>
    <summary>${t("looks.title", { name })}</summary>${open && html`<${Days} id=${id} zone=${zone} />`}</details></section>`;
}

/** @param {{ id: number | string, zone?: string }} props */
function Days({ id, zone }) {
  const [days, setDays] = useState(MONTH_DAYS);
  const { data, error } = useRemote(`/residents/${id}/looks?days=${days}`);
  if (!data) return html`<p class="soft">${error ? problemWords(error) : t("app.loading")}</p>`;
  const { items } = /** @type {{ items: Look[] }} */ (data);
  /** @type {Map<string, Look[]>} */
  const byDay = new Map();
  for (const look of items) {
    const day = longDay(look.at, language.value, zone);
    byDay.set(day, [...(byDay.get(day) ?? []), look]);
  }
  return html`<p class="soft">${t("looks.days", { count: days })}. ${t("looks.about")}</p>
    ${!items.length && html`<p>${t("looks.none")}</p>`}
    ${[...byDay].map(([day, looks]) => html`<h3 key=${day}>${day}</h3><ul class="plain">${looks.map((look) => html`<${Line} key=${look.by.id} look=${look} />`)}</ul>`)}
    ${days < HALF_YEAR_DAYS && html`<p><button type="button" onClick=${() => setDays(HALF_YEAR_DAYS)} data-testid="looks-longer">${t("looks.longer")}</button></p>`}`;
}
