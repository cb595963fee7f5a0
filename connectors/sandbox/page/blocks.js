/** Block Kit as DOM: the blocks of messages, notes and modals. */

import { h } from "./dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { richText } from "./rich_text.js";

let serial = 0;
const fresh = () => `field-${++serial}`;

/** Blocks of one message or modal. `press(action)` is called with {block_id, action_id, value, type}. */
export function blocks(list, names, press) {
  return (list ?? []).map((block) => (DRAW[block.type] ?? unknown)(block, names, press));
}

/** A text object: mrkdwn or plain. */
export function text(object, names) {
  return object?.type === "mrkdwn" ? mrkdwn(object.text, names) : plain(object?.text ?? "");
}

const DRAW = {
  actions: (block, names, press) =>
    h("div", { class: "actions" }, (block.elements ?? []).map((element) => control(block, element, names, press))),
  context: (block, names) =>
    h("div", { class: "context" }, (block.elements ?? []).map((element) =>
      element.type === "image" ? image(element, "tiny") : h("span", {}, text(element, names)))),
  divider: () => h("hr"),
  header: (block) => h("p", { class: "block-header" }, plain(block.text?.text ?? "")),
  image: (block) => h("figure", {}, image(block), block.title && h("figcaption", {}, plain(block.title.text))),
  input: (block, names) => field(block, names),
  rich_text: (block, names) => richText(block, names),
  section: (block, names, press) =>
    h("div", { class: "section" },
      h("div", {}, block.text && h("p", {}, text(block.text, names)), fields(block.fields, names)),
      block.accessory && control(block, block.accessory, names, press)),
};

const unknown = (block) => h("p", { class: "quiet" }, `(A ${String(block.type).replaceAll("_", " ")} is not shown here.)`);

function fields(list, names) {
  return list && h("div", { class: "fields" }, list.map((item) => h("p", {}, text(item, names))));
}

/** Only files of the sandbox itself are loaded; any other picture is its description. */
function image(object, size = "") {
  const address = object.image_url ?? "";
  const alt = object.alt_text ?? "";
  return address.startsWith("/") ? h("img", { src: address, alt, class: size }) : h("span", { class: "quiet" }, alt);
}

// --- controls that act at once -------------------------------------------------------------------------

function control(block, element, names, press) {
  const send = (value) => press({ block_id: block.block_id, action_id: element.action_id, type: element.type, value });
  if (element.type === "button") return button(element, send);
  if (element.type === "image") return image(element, "tiny");
  if (element.type === "static_select" || element.type === "radio_buttons") {
    const box = input(element, names, fresh(), element.placeholder?.text ?? "Choose");
    box.addEventListener("change", () => send(valueOf(box)));
    return box;
  }
  return unknown(element);
}

function button(element, send) {
  const go = async () => {
    if (element.confirm && !(await confirmed(element.confirm))) return;
    if (element.url) window.open(element.url, "_blank", "noopener");
    send(element.value ?? "");
  };
  const props = { type: "button", class: element.style ?? "", "data-focus": element.action_id, onclick: go };
  return h("button", { ...props, "aria-label": element.accessibility_label }, plain(element.text?.text ?? ""));
}

/** Ask before a grave press; true when the person goes on. */
export function confirmed({ title, text: body, confirm, deny, style }) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "modal small-modal", "aria-labelledby": "confirm-title", onclose: () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    } },
    h("form", { method: "dialog" },
      h("h2", { id: "confirm-title" }, plain(title?.text ?? "Are you sure?")),
      h("p", {}, plain(body?.text ?? "")),
      h("div", { class: "modal-foot" },
        h("button", { value: "no" }, plain(deny?.text ?? "Cancel")),
        h("button", { value: "yes", class: style ?? "primary" }, plain(confirm?.text ?? "Yes")))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

// --- fields of a form ----------------------------------------------------------------------------------

function field(block, names) {
  const id = fresh();
  const grouped = block.element?.type === "radio_buttons";
  const label = [plain(block.label?.text ?? ""), block.optional && h("span", { class: "quiet" }, " (optional)")];
  const box = input(block.element ?? {}, names, id, block.label?.text, !block.optional);
  box.classList.add("field-input");
  box.dataset.block = block.block_id ?? "";
  box.dataset.action = block.element?.action_id ?? "";
  const hint = block.hint && h("p", { class: "quiet", id: `${id}-hint` }, plain(block.hint.text));
  const error = h("p", { class: "field-error", id: `${id}-error`, hidden: true });
  box.setAttribute("aria-describedby", `${id}-error${hint ? ` ${id}-hint` : ""}`);
  return h("div", { class: "field" }, grouped ? h("p", { class: "label" }, label) : h("label", { for: id }, label), hint, box, error);
}

function input(element, names, id, label, required = false) {
  if (element.type === "static_select") return select(element, id, label, required);
  if (element.type === "radio_buttons") return radios(element, names, id, label);
  const common = { id, maxlength: element.max_length, placeholder: element.placeholder?.text, required, autocomplete: "off" };
  const box = element.multiline ? h("textarea", { ...common, rows: 4 }) : h("input", { ...common, type: "text" });
  box.value = element.initial_value ?? "";
  return box;
}

function select(element, id, label, required) {
  const option = (item) => h("option", { value: item.value, selected: item.value === element.initial_option?.value }, item.text.text);
  const none = element.initial_option ? null : h("option", { value: "" }, element.placeholder?.text ?? "Choose");
  return h("select", { id, "aria-label": label, required }, none, (element.options ?? []).map(option));
}

function radios(element, names, id, label) {
  const first = element.initial_option?.value;
  return h("div", { role: "radiogroup", "aria-label": label, class: "radios" },
    (element.options ?? []).map((item) =>
      h("label", {}, h("input", { type: "radio", name: id, value: item.value, checked: item.value === first }),
        h("span", {}, text(item.text, names)))));
}

/** What a field holds now. */
export function valueOf(box) {
  return box.matches("[role=radiogroup]") ? (box.querySelector("input:checked")?.value ?? "") : box.value;
}
