/** Where one writes: a channel's composer, and a thread's. */

import { encoded, post } from "./api.js";
import { h, icon, iconButton } from "./dom.js";
import { attempt, called, place, room } from "./room.js";
import { onTeams } from "./teams.js";
import { kept } from "./typed.js";

let serial = 0;

/**
 * Build a composer into `parent`. `thread()` gives the thread to answer in, `onUp()` edits one's newest message,
 * `onSent()` follows a delivery. Returns `name()`, to call when the place changed, and `write(text)`.
 */
export function composer(parent, { thread, onUp, onSent }) {
  const id = `composer-${++serial}`;
  const box = h("textarea", { id, rows: 1, "aria-describedby": `${id}-hint`, autocomplete: "off" });
  const label = h("label", { for: id, class: "hidden" }, "Message");
  const broadcast = h("input", { type: "checkbox" });
  const also = parent.id === "thread-composer" && h("label", { class: "check" }, broadcast, "Also send to the channel");
  const hint = h("span", { class: "quiet", id: `${id}-hint` });
  const picker = h("input", { type: "file", multiple: true, hidden: true, "aria-label": "Files", tabindex: -1 });
  const files = h("ul", { class: "files", "aria-label": "Files to send" });
  const chosen = [];

  const showFiles = () => files.replaceChildren(...chosen.map((file, index) =>
    h("li", { class: "chip" }, icon("file"), file.name, iconButton("close", `Remove ${file.name}`, () => {
      chosen.splice(index, 1);
      showFiles();
      box.focus();
    }))));
  const send = async () => {
    if (!box.value.trim() && !chosen.length) return;
    if (!(await attempt(() => deliver(box.value.trim(), chosen, thread(), broadcast.checked)))) return;
    onSent();
    box.value = "";
    chosen.length = 0;
    broadcast.checked = false;
    showFiles();
    grow(box);
  };

  picker.addEventListener("change", () => {
    chosen.push(...picker.files);
    picker.value = "";
    showFiles();
    box.focus();
  });
  box.addEventListener("input", () => grow(box));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && !box.value && onUp()) event.preventDefault();
  });
  parent.append(h("form", { class: "composer", onsubmit: (event) => {
    event.preventDefault();
    send();
  } },
  label, files,
  h("div", { class: "writing" }, box,
    iconButton("attach", "Attach files", () => picker.click()), picker,
    h("button", { type: "submit", class: "icon-button primary", "aria-label": "Send", title: "Send" }, icon("send"))),
  h("div", { class: "under" },
    also, hint)));

  const write = (words) => {
    box.value = words;
    grow(box);
    box.focus();
  };
  const name = () => {
    nameIt(label, box, thread());
    if (also) also.hidden = onTeams();
    hint.textContent = `Enter sends, Shift+Enter starts a line, ↑ edits. Try ${onTeams() ? "@Chaperone" : "/chaperone"} help`;
  };
  return { name, write };
}

function nameIt(label, box, thread) {
  const where = called(place());
  label.textContent = thread ? `Reply in the thread in ${where}` : `Message ${where}`;
  box.placeholder = thread ? "Reply…" : `Message ${place()?.team ? place().name : where}`;
}

function grow(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 220)}px`;
}

async function deliver(text, files, thread, broadcast) {
  const common = { as: room.me, channel: room.channel };
  const command = !onTeams() && text.match(/^(\/[a-z][\w-]*)\s*(.*)$/is);
  if (command && !files.length) return post("/client/command", { ...common, command: command[1], text: command[2] });
  const extra = thread ? { thread_ts: thread, broadcast } : {};
  const attached = files.length ? { files: await Promise.all(files.map(encoded)) } : {};
  return post("/client/post", { ...common, text: kept(text), ...extra, ...attached });
}
