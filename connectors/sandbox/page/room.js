/** What the page knows: who is looking, at which channel and thread, and what stands there. */

import { get, live } from "./api.js";

export const room = {
  me: "", team: {}, homes: [], people: new Map(), channels: [], dms: [], views: [], shift: {},
  channel: "", messages: [], thread: null, threadMessages: [], history: null,
};

const heard = new EventTarget();
let hangUp = () => {};
let visit = 0;

/** Call `react` whenever one of the named things changed: state, messages, thread, history, shift, fault. */
export function on(names, react) {
  for (const name of names.split(" ")) heard.addEventListener(name, (event) => react(event.detail));
}

export const changed = (name, detail) => heard.dispatchEvent(new CustomEvent(name, { detail }));

let refused = false;

/** Do what the person asked for. A refusal stays on the page until they ask for something else. True when it went through. */
export async function attempt(deed) {
  refused = false;
  changed("fault", "");
  try {
    await deed();
    return true;
  } catch (error) {
    refused = true;
    changed("fault", error.message);
    return false;
  }
}

/** Show what the person wants to see. A failure stays on the page until a reading goes through. */
export async function look(at) {
  refused = false;
  changed("fault", "");
  await reading(at);
}

async function reading(work) {
  let fault = "";
  await work().catch((error) => (fault = error.message));
  if (!refused) changed("fault", fault);
}

/** Names for ids, as mentions show them. */
export const names = {
  person: (id) => room.people.get(id)?.known_as || room.people.get(id)?.name || "someone",
  channel: (id) => place(id)?.name ?? "a channel",
};

export const place = (id = room.channel) => [...room.channels, ...room.dms].find((one) => one.id === id);

/** What a channel or conversation is called: `#name`, `team › name` on Teams, or the other people of a direct message. */
export function called(one) {
  if (!one) return "No channel";
  if (one.platform === "teams" && (one.team || one.topic)) return one.team ? `${one.team} › ${one.name}` : one.topic;
  if (room.channels.includes(one)) return `#${one.name}`;
  const others = (one.members ?? [one.user]).filter((id) => id && id !== room.me);
  return others.map((id) => room.people.get(id)?.name ?? "someone").join(", ") || "Yourself";
}

/** Become a person: their channels, their private notes, their live events. */
export async function become(person, channel = room.channel) {
  hangUp();
  const mine = ++visit;
  Object.assign(room, { me: person, channel, thread: null, threadMessages: [] });
  await refreshState();
  if (mine !== visit) return;
  // Before the messages are asked for: who is taken out of the channel meanwhile learns it from the events.
  hangUp = live(person, heed, () => wake("state messages thread"));
  await open(place()?.id ?? firstChannel());
}

/** Show a channel or direct message. */
export async function open(channel) {
  if (channel !== room.channel) Object.assign(room, { channel, messages: [], thread: null, threadMessages: [] });
  remember();
  changed("state");
  changed("thread");
  await refreshMessages();
}

/** Show a thread beside the channel, or none. */
export async function openThread(ts) {
  Object.assign(room, { thread: ts, threadMessages: [] });
  changed("thread");
  await refreshThread();
}

function remember() {
  const query = new URLSearchParams({ as: room.me, channel: room.channel });
  history.replaceState(null, "", `#${query}`);
}

// --- reading again ---------------------------------------------------------------------------------------

export async function refreshState() {
  const person = room.me;
  const state = await get("/client/state", { as: person });
  if (person !== room.me) return;
  Object.assign(room, state, { me: person, people: new Map(state.people.map((one) => [one.id, one])) });
  markRead();
  changed("state");
  changed("shift", state.shift);
  if (room.channel && !place()) await open(firstChannel());
}

const firstChannel = () => (room.channels.find((one) => one.members.includes(room.me)) ?? room.channels[0])?.id ?? "";

/** What is shown counts as read; the server learns of it when the messages are fetched. */
function markRead() {
  const here = place();
  const news = Boolean(here?.unread);
  if (here) here.unread = 0;
  return news;
}

export async function refreshMessages() {
  const { me, channel } = room;
  if (!channel) return;
  const { messages } = await get("/client/messages", { as: me, channel });
  if (me !== room.me || channel !== room.channel) return;
  room.messages = messages;
  if (markRead()) changed("state");
  changed("messages");
}

export async function refreshThread() {
  const { me, channel, thread } = room;
  if (!thread) return;
  const { messages } = await get("/client/messages", { as: me, channel, thread });
  if (me !== room.me || thread !== room.thread) return;
  room.threadMessages = messages;
  changed("thread");
}

export async function refreshHistory() {
  if (!room.history) return;
  room.history = await get("/sandbox/history");
  changed("history");
}

const REREAD = { messages: refreshMessages, thread: refreshThread, history: refreshHistory };
const waiting = new Set();

/** Read the named things again, soon and once, however many events ask for it. */
function wake(what) {
  if (!waiting.size) setTimeout(readAgain, 40);
  for (const name of what.split(" ")) waiting.add(name);
}

async function readAgain() {
  const due = [...waiting].filter((name) => name !== "state");
  const state = waiting.has("state");
  waiting.clear();
  // The state comes first: it tells whether this person still sees the channel.
  await reading(async () => {
    if (state) await refreshState();
    await Promise.all(due.map((name) => REREAD[name]()));
  });
}

function heed(event) {
  if (event.type === "typing") return;
  if (event.type === "shift") {
    room.shift = event;
    changed("shift", event);
  } else if (/^(message|ephemeral)/.test(event.type)) {
    wake(event.channel === room.channel ? "messages thread history state" : "state history");
  } else {
    wake("state messages history");
  }
}
