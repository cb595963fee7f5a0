/** What members saw: each version of a message, and for how long it could be read, from the sandbox's own record. */

import { byId, h } from "./dom.js";
import { MASK, mrkdwn } from "./mrkdwn.js";
import { changed, look, names, on, refreshHistory, room } from "./room.js";
import { onTeams } from "./teams.js";

let records = new Map();

/** The switch in the top bar. */
export function seenSwitch() {
  const toggle = byId("seen-toggle");
  toggle.addEventListener("click", async () => {
    room.history = room.history ? null : {};
    toggle.ariaPressed = String(Boolean(room.history));
    await look(refreshHistory);
    if (!room.history) changed("history");
  });
  on("history", () => {
    records = new Map((room.history?.messages ?? []).map((one) => [`${one.channel}/${one.ts}`, one]));
  });
}

const versionsOf = (message) => (message.ephemeral ? [] : (records.get(`${room.channel}/${message.ts}`)?.versions ?? []));

export const seen = {
  /** What a message's drawing depends on here. */
  signature: (message) => versionsOf(message).length,

  /** A foldable line under a message that changed since it was posted. */
  note(message) {
    const versions = versionsOf(message);
    if (versions.length < 2) return null;
    const seconds = readable(versions);
    return h("details", { class: "seen" },
      h("summary", {}, seconds ? `The original could be read for ${howLong(seconds)}` : "Changed by its sender"),
      h("ol", {}, versions.map((one) => h("li", {}, line(one)))));
  },
};

/** For how many seconds those versions stood that Chaperone then hid, by the sandbox's clock. */
function readable(versions) {
  const hid = (one, next) => next && (next.deleted || hiddenIn(next) > hiddenIn(one));
  return versions.reduce((sum, one, index) => (hid(one, versions[index + 1]) ? sum + one.until - one.from : sum), 0);
}

/** How much of a version is hidden: placeholders, the notice of a hidden message, files taken away. */
function hiddenIn({ text = "", files = [], tombstone = false }) {
  const notice = tombstone || /\bhidden\b/i.test(text.replace(MASK, ""));
  return (text.match(MASK) ?? []).length + Number(notice) + files.filter((file) => file.mode === "tombstone").length;
}

/** A length of time in words: milliseconds, then seconds, then minutes. */
function howLong(seconds) {
  if (seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  return seconds < 90 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}

function line(version) {
  const span = version.until ? `for ${howLong(version.until - version.from)}` : "since then";
  const files = version.files?.map((file) => file.name).filter(Boolean).join(", ");
  const said = version.deleted ? h("em", {}, "taken away") : h("span", {}, mrkdwn(version.text, names), files && ` (${files})`);
  return [h("span", { class: "quiet" }, `${span}: `), said];
}

/** What no other view shows, in its place in time: notes to other people, and messages that were taken away. */
export function unseen(thread = null) {
  const { messages = [], ephemerals = [] } = room.history ?? {};
  const here = (one) => one.channel === room.channel && ((one.thread_ts ?? null) === thread || (onTeams() && !thread));
  const notes = ephemerals.filter((one) => here(one) && one.user !== room.me && !one.until && !one.lost);
  return [...notes.map(note), ...messages.filter((one) => here(one) && one.versions.at(-1).deleted).map(gone)];
}

function note({ from, user, thread_ts, versions }) {
  const { text, blocks = [], cards = [] } = versions.at(-1);
  const shown = { blocks: blocks.filter((block) => block.type !== "actions"), cards: cards.map((card) => ({ ...card, actions: [] })) };
  return { ts: String(from), thread_ts, app_name: "Chaperone", bot_id: "app", text, ...shown, ephemeral: true, for: user };
}

const gone = ({ ts, user, thread_ts }) => ({ ts, user, thread_ts, subtype: "tombstone", text: "This message was taken away." });
