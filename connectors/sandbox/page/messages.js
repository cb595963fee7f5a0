/** One list of messages: the channel's or a thread's. */

import { post } from "./api.js";
import { blocks, confirmed } from "./blocks.js";
import { byId, h, icon, iconButton, reconcile } from "./dom.js";
import { startEdit } from "./edit.js";
import { emoji } from "./emoji.js";
import { fileChip } from "./files.js";
import { mrkdwn } from "./mrkdwn.js";
import { attempt, look, names, openThread, room } from "./room.js";
import { seen } from "./seen.js";
import { isOutsider } from "./side.js";
import { blocked, cards, copy, endsThread, hasThreads, isBelow, onTeams } from "./teams.js";

const TOGETHER = 5 * 60;
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "medium" });

/** Show `messages` in the list element, and keep the newest in sight if it was. */
export function showMessages(list, messages, inThread = false) {
  const frame = list.parentElement;
  const atEnd = frame.scrollHeight - frame.scrollTop - frame.clientHeight < 80;
  const entries = messages.flatMap((message, index) => {
    const entry = { message, inThread, follows: follows(messages[index - 1], message), below: !inThread && isBelow(message) };
    return !inThread && !isQuietLine(message) && endsThread(message, messages[index + 1]) ? [entry, { message, answers: true }] : [entry];
  });
  reconcile(list, entries, {
    key: ({ message, answers }) => answers ? `answers/${message.thread_ts ?? message.ts}`
      : `${message.ts}${message.ephemeral ? `/${message.for ?? ""}` : ""}`,
    signature: (entry) => JSON.stringify([entry, room.me, author(entry.message), seen.signature(entry.message)]),
    build: (entry) => (entry.answers ? answer(entry.message) : draw(entry)),
    keep: (node) => node.classList.contains("editing"),
  });
  if (atEnd) toEnd(list);
}

/** Bring the newest into sight; what comes next stays in sight too. */
export function toEnd(list) {
  list.parentElement.scrollTop = list.parentElement.scrollHeight;
}

/** Who a message is from: the name and avatar shown, and the standing behind them. */
export function author(message) {
  const person = room.people.get(message.user) ?? {};
  const name = message.username || person.name || message.app_name || "Someone";
  return { name, role: person.role, hue: person.avatar_hue ?? 190, app: Boolean(message.bot_id), outside: isOutsider(person) };
}

function follows(before, message) {
  if (!before || before.user !== message.user || before.username !== message.username) return false;
  if (onTeams() && !before.thread_ts !== !message.thread_ts) return false;
  return !before.ephemeral && !message.ephemeral && !isQuietLine(before) && message.ts - before.ts < TOGETHER;
}

const QUIET = /^(channel_|group_)(join|leave|topic|purpose|name)/;
/** Whether a message is the channel's own line: someone joined, a topic was set. */
export const isQuietLine = (message) => QUIET.test(message.subtype ?? "");
/** What Chaperone writes in place of a whole message where the platform has no tombstone. */
const NOTICE = /^(Message|File) hidden to protect a patient\./;
const isTombstone = (message) => /tombstone/.test(message.subtype ?? "");

function draw({ message, follows: continued, inThread, below }) {
  if (isQuietLine(message)) return h("li", { class: "quiet-line" }, time(message), " ", h("span", {}, mrkdwn(message.text, names)));
  const who = author(message);
  const kind = [message.ephemeral && "ephemeral", continued && "continued", isTombstone(message) && "tombstone", below && "below"];
  const node = h("li", { class: ["message", ...kind].filter(Boolean).join(" ") },
    avatar(who),
    h("article", { "aria-label": `${who.name}, ${clock.format(message.ts * 1000)}${message.ephemeral ? ", only visible to you" : ""}` },
      message.ephemeral && h("p", { class: "only-you" }, icon("eye"), `Only visible to ${message.for ? (room.people.get(message.for)?.name ?? "someone") : "you"}`),
      heading(message, who, continued),
      !inThread && message.subtype === "thread_broadcast" && answered(message),
      h("div", { class: "body" }, body(message)),
      reactions(message),
      blocked(message),
      seen.note(message),
      !inThread && !onTeams() && replies(message)));
  if (!message.ephemeral && !isTombstone(message)) node.append(tools(message, node, inThread));
  return node;
}

function avatar(who) {
  const initials = who.name.split(/\s+/).filter((word) => /^\p{L}/u.test(word)).map((word) => word[0]);
  const shown = who.app ? initials[0] : initials.slice(0, 1) + (initials.length > 1 ? initials.at(-1) : "");
  return h("div", { class: `avatar${who.app ? " app" : ""}`, hue: who.hue, "aria-hidden": "true" }, shown);
}

function heading(message, who, continued) {
  return h("p", { class: continued ? "by hidden" : "by" },
    h("strong", {}, who.name),
    who.app && h("span", { class: "tag" }, "App"),
    who.outside && h("span", { class: "tag outside" }, "Not in the staff directory"),
    who.role && h("span", { class: "quiet" }, who.role),
    time(message));
}

function time(message) {
  const when = new Date(message.ts * 1000);
  return h("time", { datetime: when.toISOString(), title: calendar.format(when) }, clock.format(when));
}

function body(message) {
  if (isTombstone(message)) return h("p", { class: "gone" }, mrkdwn(message.text || "This message was hidden.", names));
  const press = (action) => pressed(message, action);
  const said = copy(message) || (message.blocks?.length ? blocks(message.blocks, names, press) : !message.cards && message.text && h("p", {}, mrkdwn(message.text, names)));
  return [
    NOTICE.test(message.text ?? "") ? h("div", { class: "gone" }, said) : said,
    message.edited && h("span", { class: "edited" }, "(edited)"),
    cards(message),
    (message.attachments ?? []).map((one) => attachment(one, press)),
    message.files?.length && h("ul", { class: "files", "aria-label": "Files" }, message.files.map((file) => h("li", {}, fileChip(file)))),
  ];
}

function attachment(one, press) {
  const inner = one.blocks?.length ? blocks(one.blocks, names, press)
    : one.message_blocks?.length ? one.message_blocks.map((part) => blocks(part.message?.blocks, names, press))
    : h("p", {}, mrkdwn(one.text || one.fallback || "", names));
  return h("div", { class: "attachment" },
    one.pretext && h("p", {}, mrkdwn(one.pretext, names)),
    (one.author_name || one.title) && h("p", {}, h("strong", {}, mrkdwn(one.author_name || one.title, names))),
    inner,
    one.footer && h("p", { class: "quiet" }, one.footer));
}

function reactions({ reactions: list = [] }) {
  const chip = ({ name, users }) => h("li", { class: "tag" }, emoji(name) ?? `:${name}:`, " ", users.length);
  return list.length > 0 && h("ul", { class: "reactions", "aria-label": "Reactions" }, list.map(chip));
}

const pressed = (message, action) =>
  attempt(() => post("/client/press", { as: room.me, channel: room.channel, message_ts: message.ts, ...action }));

function replies(message) {
  if (!message.reply_count) return null;
  const label = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  return h("button", { type: "button", class: "replies", "data-focus": "replies", onclick: () => startThread(message) }, icon("reply"), label);
}

/** Where a thread of Teams ends, one goes on. */
const answer = (message) =>
  h("li", { class: "answer" },
    h("button", { type: "button", class: "replies", "data-focus": "reply", onclick: () => startThread(message) }, icon("reply"), "Reply"));

const answered = (message) =>
  h("p", { class: "broadcast" }, "answered in",
    h("button", { type: "button", "data-focus": "broadcast", onclick: () => startThread(message) }, "a thread"));

async function startThread(message) {
  await look(() => openThread(message.thread_ts || message.ts));
  byId("thread").querySelector("textarea").focus();
}

// --- what one can do with a message --------------------------------------------------------------------

function tools(message, node, inThread) {
  const mine = message.user === room.me && !message.bot_id;
  const place = { as: room.me, channel: room.channel, ts: message.ts };
  const remove = async () => {
    const question = {
      title: { text: "Delete this message?" }, text: { text: "It goes away for everyone." },
      confirm: { text: "Delete" }, style: "danger",
    };
    if (await confirmed(question)) attempt(() => post("/client/delete", place));
  };
  return h("div", { class: "message-tools" },
    !inThread && hasThreads() && !onTeams() && iconButton("reply", "Reply in thread", () => startThread(message), { "data-focus": "reply" }),
    mine && iconButton("pencil", "Edit", () => startEdit(message, node), { "data-focus": "edit" }),
    mine && iconButton("bin", "Delete", remove, { "data-focus": "delete" }));
}
