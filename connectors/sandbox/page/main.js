/** Brings the page to life. */

import { get } from "./api.js";
import { composer } from "./composer.js";
import { byId, icon, say } from "./dom.js";
import { editNewest } from "./edit.js";
import { members } from "./members.js";
import { author, isQuietLine, showMessages, toEnd } from "./messages.js";
import { modals } from "./modal.js";
import { become, look, on, open, openThread, room } from "./room.js";
import { seenSwitch, unseen } from "./seen.js";
import { shiftControls } from "./shift.js";
import { side } from "./side.js";
import { inOrder } from "./teams.js";

side();
members();
modals();
shiftControls();
seenSwitch();
channelPane();
threadPane();
on("fault", showFault);
look(begin);

async function begin() {
  const people = await get("/client/people");
  const wanted = new URLSearchParams(location.hash.slice(1));
  room.channel = wanted.get("channel") ?? "";
  const first = people.find((one) => one.id === wanted.get("as")) ?? people.find((one) => !one.is_bot);
  await become(first.id);
}

function channelPane() {
  const list = byId("message-list");
  const writing = composer(byId("composer"), {
    thread: () => null, onUp: () => editNewest(list, room.messages), onSent: () => toEnd(list),
  });
  let newest = { where: "", ts: 0 };
  on("state", () => writing.name());
  on("state messages history", () => showMessages(list, inOrder([...room.messages, ...unseen()])));
  byId("try").addEventListener("click", () => writing.write(byId("example").textContent));
  on("messages", () => {
    byId("messages").ariaBusy = "false";
    byId("start").hidden = room.messages.some((one) => !isQuietLine(one));
    newest = announce(newest);
  });
}

/** Read out what came since last time in the same place; nothing when the place was just entered. */
function announce({ where, ts }) {
  const here = `${room.me}/${room.channel}`;
  const fresh = where === here ? room.messages.filter((one) => one.ts > ts && one.user !== room.me) : [];
  if (fresh.length) say(fresh.map((one) => `${author(one).name}: ${one.text}`).join(". "));
  return { where: here, ts: Math.max(0, ...room.messages.map((one) => Number(one.ts))) };
}

function threadPane() {
  const list = byId("thread-list");
  const writing = composer(byId("thread-composer"), {
    thread: () => room.thread, onUp: () => editNewest(list, room.threadMessages), onSent: () => toEnd(list),
  });
  const close = async () => {
    const back = byId("message-list").querySelector(`[data-key$="${CSS.escape(room.thread)}"] [data-focus="reply"]`);
    await openThread(null);
    (back ?? byId("messages")).focus();
  };
  byId("close-thread").append(icon("close"));
  byId("close-thread").setAttribute("aria-label", "Close the thread");
  byId("close-thread").addEventListener("click", close);
  byId("thread").addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && close());
  on("thread state history", () => {
    byId("thread").hidden = !room.thread;
    document.body.classList.toggle("with-thread", Boolean(room.thread));
    writing.name();
    showMessages(list, inOrder([...room.threadMessages, ...(room.thread ? unseen(room.thread) : [])]), true);
  });
}

function showFault(words) {
  byId("fault").textContent = words;
  byId("fault").hidden = !words;
}

window.addEventListener("hashchange", () => {
  const wanted = new URLSearchParams(location.hash.slice(1));
  if (wanted.get("as") !== room.me) look(() => become(wanted.get("as"), wanted.get("channel")));
  else if (wanted.get("channel") !== room.channel) look(() => open(wanted.get("channel")));
});
