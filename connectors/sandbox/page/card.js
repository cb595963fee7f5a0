/** Adaptive Cards 1.5 as DOM, as far as Chaperone sends them: text, containers, inputs, and actions below them. */

import { h } from "./dom.js";
import { mention, plain } from "./mrkdwn.js";

let serial = 0;

/** A card. `press(verb, inputs)` is called for an Action.Execute, once the card's own questions are answered. */
export function adaptiveCard(card, press) {
  const box = h("div", { class: "card", role: "group", tabindex: -1, "data-focus": "card", "aria-label": card.fallbackText ?? "A card" },
    (card.body ?? []).map(element));
  const actions = (card.actions ?? []).map((action) => button(action, box, press));
  if (actions.length) box.append(h("div", { class: "actions" }, actions));
  return box;
}

const DRAW = {
  Container: ({ items = [] }) => h("div", { class: "card-container" }, items.map(element)),
  "Input.ChoiceSet": (asked) => question(asked, (id) =>
    h("select", { id }, h("option", { value: "" }, asked.placeholder ?? "Choose"),
      asked.choices.map(({ title, value }) => h("option", { value, selected: value === asked.value }, title)))),
  "Input.Text": (asked) => question(asked, (id) => {
    const common = { id, maxlength: asked.maxLength, placeholder: asked.placeholder, autocomplete: "off" };
    return asked.isMultiline ? h("textarea", { ...common, rows: 3 }) : h("input", { ...common, type: "text" });
  }),
  TextBlock: ({ text = "", weight, isSubtle }) =>
    text.split(/\n{2,}/).map((part) => h("p", { class: [weight === "Bolder" && "bolder", isSubtle && "quiet"].filter(Boolean).join(" ") }, words(part))),
};

const element = (one) => (DRAW[one.type] ?? unknown)(one);
const unknown = ({ type }) => h("p", { class: "quiet" }, `(${type} is not shown here.)`);

/** A card's text: what is escaped stands for itself, `<at>` names somebody. */
function words(text) {
  return text.split(/(<at>[^<]*<\/at>)/).flatMap((part) => {
    const named = /^<at>([^<]*)<\/at>$/.exec(part);
    return named ? [mention(`@${named[1]}`)] : plain(part.replace(/\\(.)/gs, "$1"));
  });
}

function question(asked, draw) {
  const id = `card-field-${++serial}`;
  const box = draw(id);
  box.value = asked.value ?? "";
  Object.assign(box.dataset, { asked: asked.id, problem: asked.isRequired ? asked.errorMessage ?? "Please answer this." : "" });
  box.setAttribute("aria-describedby", `${id}-problem`);
  return h("div", { class: "field" },
    h("label", { for: id }, asked.label ?? asked.id, !asked.isRequired && h("span", { class: "quiet" }, " (optional)")),
    box, h("p", { class: "field-error", id: `${id}-problem` }));
}

const STYLES = { positive: "primary", destructive: "danger" };

function button(action, box, press) {
  if (action.type === "Action.OpenUrl" && /^https?:/i.test(action.url)) return h("a", { class: "button", href: action.url, target: "_blank", rel: "noopener noreferrer" }, action.title);
  if (action.type !== "Action.Execute") return unknown(action);
  const go = () => {
    const fields = [...box.querySelectorAll("[data-asked]")];
    if (answered(fields)) press(action.verb, Object.fromEntries(fields.map((one) => [one.dataset.asked, one.value])));
  };
  return h("button", { type: "button", class: STYLES[action.style] ?? "", "data-focus": action.verb, onclick: go }, action.title);
}

/** Whether every question that needs an answer has one; else the focus goes to the first that has none. */
function answered(fields) {
  const missing = fields.filter((one) => one.dataset.problem && !one.value.trim());
  for (const one of fields) {
    const problem = missing.includes(one) ? one.dataset.problem : "";
    one.setAttribute("aria-invalid", String(Boolean(problem)));
    one.parentElement.querySelector(".field-error").textContent = problem;
  }
  missing[0]?.focus();
  return !missing.length;
}
