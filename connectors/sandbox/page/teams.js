/** What is Teams' own way: threads that stand open below their post, the sender's view of what was blocked. */

import { post } from "./api.js";
import { adaptiveCard } from "./card.js";
import { h, icon } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { attempt, names, place, room } from "./room.js";

/** Whether the conversation is on Teams. */
export const onTeams = (one = place()) => one?.platform === "teams";

/** Whether one can answer in a thread there: a chat of Teams has none. */
export const hasThreads = () => !(onTeams() && room.dms.includes(place()));

const root = (message) => (onTeams() && message.thread_ts) || message.ts;

/** Messages in the order in which they are read: on Teams each thread stays together. */
export const inOrder = (messages) => [...messages].sort((a, b) => root(a) - root(b) || a.ts - b.ts);

/** Whether a message stands below another, as a reply or a note about it. */
export const isBelow = (message) => onTeams() && Boolean(message.thread_ts) && message.thread_ts !== message.ts;

/** Whether the thread of a message ends with it in a channel's own list, so that one goes on there. */
export const endsThread = (message, next) => onTeams() && hasThreads() && (!next || root(next) !== root(message));

export const cards = (message) => (message.cards ?? []).map((card) =>
  adaptiveCard(card, (verb, inputs) =>
    attempt(() => post("/client/press", { as: room.me, channel: room.channel, message_ts: message.ts, verb, inputs }))));

const COPY = /\n(shared by [^\n]+ by Chaperone[^\n]*)$/;

/** A masked copy as its words and, apart, whose message it stands for; null for anything else. */
export function copy({ text = "" }) {
  const found = onTeams() && COPY.exec(text);
  return found && h("div", {}, h("p", {}, mrkdwn(text.slice(0, found.index), names)), h("p", { class: "quiet" }, found[1]));
}

/** Below one's own blocked message: that nobody else reads it, and what can be done. */
export function blocked(message) {
  if (!message.blocked) return null;
  const { tip, may_report } = message.blocked;
  const report = () => attempt(() => post("/client/report", { as: room.me, channel: room.channel, ts: message.ts }));
  return h("div", { class: "blocked" }, icon("stop"), h("p", {}, "This message was blocked. Only you can still read it."),
    h("details", {},
      h("summary", { "data-focus": "tip" }, "What can I do?"),
      h("p", {}, tip),
      may_report ? h("button", { type: "button", class: "small", "data-focus": "report", onclick: report }, "Report a mistake")
        : h("p", { class: "quiet" }, "You reported this. Information Governance looks at it.")));
}
