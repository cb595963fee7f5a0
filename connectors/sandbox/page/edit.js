/** Editing what one said, where it stands. */

import { post } from "./api.js";
import { h } from "./dom.js";
import { attempt, room } from "./room.js";
import { kept, typed } from "./typed.js";

/** Edit one's own message where it stands: Enter saves, Escape leaves it. */
export function startEdit(message, node) {
  const box = h("textarea", { rows: 2, "aria-label": "Edit message" });
  const old = node.querySelector(".body");
  const form = h("div", { class: "edit" }, box,
    h("div", { class: "actions" },
      h("button", { type: "button", class: "small", onclick: () => stop() }, "Cancel"),
      h("button", { type: "button", class: "small primary", onclick: () => save() }, "Save")));
  const stop = () => {
    node.classList.remove("editing");
    node.dataset.sign = "";
    form.replaceWith(old);
    node.querySelector("[data-focus=edit]")?.focus();
  };
  const save = async () => {
    const body = { as: room.me, channel: room.channel, ts: message.ts, text: kept(box.value.trim()) };
    if (await attempt(() => post("/client/edit", body))) stop();
  };
  box.value = typed(message.text ?? "");
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") stop();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      save();
    }
  });
  old.replaceWith(form);
  node.classList.add("editing");
  box.focus();
}

/** Edit the newest message of one's own in a list, as the Up arrow does; false when there is none. */
export function editNewest(list, messages) {
  const message = messages.findLast((one) => one.user === room.me && !one.bot_id && !one.ephemeral && !one.subtype);
  const node = message && list.querySelector(`:scope > [data-key="${CSS.escape(message.ts)}"]`);
  if (node) startEdit(message, node);
  return Boolean(node);
}
