/** Dialogues: the bot's Block Kit modals, and the sandbox's own for members and topic. */

import { post } from "./api.js";
import { blocks, valueOf } from "./blocks.js";
import { byId, h, iconButton } from "./dom.js";
import { plain } from "./mrkdwn.js";
import { attempt, names, on, room } from "./room.js";

let shown = null;

/** Show the newest view that the bot opened for this person, for as long as it is open. */
export function modals() {
  on("state", () => {
    const view = room.views?.at(-1);
    const sign = view ? JSON.stringify(view) : null;
    if (sign === (shown?.sign ?? null)) return;
    shown?.dialog.remove();
    shown = view ? { sign, dialog: draw(view) } : null;
    if (shown) present(shown.dialog);
  });
}

function draw(view) {
  const press = (action) => attempt(() => post("/client/press", { as: room.me, view_id: view.id, ...action }));
  const leave = () => attempt(() => post("/client/close", { as: room.me, view_id: view.id }));
  const submit = view.submit && h("button", { type: "submit", class: "primary" }, plain(view.submit.text));
  const content = [
    blocks(view.blocks, names, press),
    h("p", { class: "field-error modal-problem", role: "alert" }),
    h("div", { class: "modal-foot" }, h("button", { type: "button", onclick: leave }, plain(view.close?.text ?? "Close")), submit),
  ];
  const dialog = dialogue(plain(view.title?.text ?? ""), content, {
    oncancel: (event) => {
      event.preventDefault();
      leave();
    },
    onsubmit: (event) => {
      event.preventDefault();
      attempt(() => submitted(view, dialog));
    },
  }, leave);
  return dialog;
}

async function submitted(view, dialog) {
  const values = {};
  for (const box of dialog.querySelectorAll(".field-input")) {
    values[box.dataset.block] = { ...values[box.dataset.block], [box.dataset.action]: valueOf(box) };
  }
  const { errors = {} } = await post("/client/submit", { as: room.me, view_id: view.id, values });
  const boxes = [...dialog.querySelectorAll(".field-input")];
  for (const box of boxes) mark(box, errors[box.dataset.block]);
  boxes.find((box) => errors[box.dataset.block])?.focus();
  dialog.querySelector(".modal-problem").textContent = errors[""] ?? "";
}

function mark(box, problem) {
  const line = box.parentElement.querySelector(".field-error");
  line.textContent = problem ?? "";
  line.hidden = !problem;
  box.setAttribute("aria-invalid", String(Boolean(problem)));
}

/** Show a dialog, with the focus on its first field rather than on its close button. */
function present(dialog) {
  dialog.showModal();
  dialog.querySelector(".field :is(input, select, textarea)")?.focus();
}

/** A dialog with a heading and a form; the browser keeps the focus inside while it is shown. */
export function dialogue(title, content, props, leave) {
  const dialog = h("dialog", { class: "modal", "aria-labelledby": "modal-title", ...props },
    h("form", { novalidate: true },
      h("div", { class: "modal-head" }, h("h2", { id: "modal-title" }, title), iconButton("close", "Close", leave)),
      content));
  document.body.append(dialog);
  return dialog;
}

/** One of the page's own dialogues: `send(form data)` on submit; it closes when that went through. */
export function ask(title, content, action, send) {
  const back = document.activeElement;
  const leave = () => dialog.close();
  const problem = h("p", { class: "field-error", role: "alert" });
  const dialog = dialogue(title, [content, problem, h("div", { class: "modal-foot" },
    h("button", { type: "button", onclick: leave }, "Cancel"),
    h("button", { type: "submit", class: "primary" }, action))], {
    onclose: () => {
      dialog.remove();
      (back?.isConnected ? back : byId("messages")).focus();
    },
    onsubmit: async (event) => {
      event.preventDefault();
      try {
        await send(Object.fromEntries(new FormData(event.target)));
        leave();
      } catch (error) {
        problem.textContent = error.message;
      }
    },
  }, leave);
  present(dialog);
  return dialog;
}
