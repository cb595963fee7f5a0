/** What members saw: each version of a message, and for how long it could be read, from the sandbox's own record. */

import { byId, h } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { changed, names, on, refreshHistory, room } from "./room.js";

let records = new Map();

/** The switch in the top bar. */
export function seenSwitch(attempt) {
  const toggle = byId("seen-toggle");
  toggle.addEventListener("click", async () => {
    room.history = room.history ? null : {};
    toggle.ariaPressed = String(Boolean(room.history));
    records = new Map();
    await attempt(refreshHistory);
    if (!room.history) changed("history");
  });
  on("history", () => {
    records = new Map((room.history?.messages ?? []).map((one) => [`${one.channel}/${one.ts}`, one]));
  });
}

const versionsOf = (message) => (message.ephemeral ? [] : (records.get(`${room.channel}/${message.ts}`)?.versions ?? []));

/** How long the first version stood, in words; the sandbox's clock, from post to change. */
export function howLong(seconds) {
  if (seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  return seconds < 90 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}

export const seen = {
  /** What a message's drawing depends on here. */
  signature: (message) => versionsOf(message).length,

  /** A foldable line under a message that changed since it was posted. */
  note(message) {
    const versions = versionsOf(message);
    if (versions.length < 2) return null;
    const [first] = versions;
    return h("details", { class: "seen" },
      h("summary", {}, `The original could be read for ${howLong(first.until - first.from)}`),
      h("ol", {}, versions.map((one) => h("li", {}, line(one)))));
  },
};

function line(version) {
  const span = version.until ? `for ${howLong(version.until - version.from)}` : "since then";
  return [h("span", { class: "quiet" }, `${span}: `), version.deleted ? h("em", {}, "taken away") : h("span", {}, mrkdwn(version.text, names))];
}

/** Messages that are gone and notes to other people, which no other view shows, in their place in time. */
export function unseen(thread = null) {
  if (!room.history?.messages) return [];
  const here = (one) => one.channel === room.channel;
  const notes = (room.history.ephemerals ?? []).filter((one) => here(one) && one.user !== room.me && !one.until);
  return notes.filter((one) => (one.thread_ts ?? null) === thread).map(note).filter(Boolean);
}

function note(one) {
  const last = one.versions?.at(-1);
  if (!last) return null;
  const shown = (last.blocks ?? []).filter((block) => block.type !== "actions");
  return { ts: String(one.from), user: "", app_name: "Chaperone", bot_id: "app", text: last.text, blocks: shown, ephemeral: true, for: one.user };
}
