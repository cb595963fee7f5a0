/** What one types, and what Slack keeps: `@Elin Pritchard` is `<@U0NURSE01>`. */

import { unescape } from "./mrkdwn.js";
import { room } from "./room.js";

/** Typed text with its mentions as markup. The sandbox escapes the rest. */
export function kept(text) {
  const people = [...room.people.values()].flatMap((one) => [one.name, one.known_as].filter(Boolean).map((name) => [name, one.id]));
  const longestFirst = people.sort(([a], [b]) => b.length - a.length);
  return longestFirst.reduce((said, [name, id]) => said.replaceAll(mentionOf(name), `<@${id}>`), text);
}

const mentionOf = (name) => new RegExp(`@${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\d])`, "gu");

/** Kept text as one would type it. */
export function typed(text) {
  const named = text.replace(/<@(\w+)>/g, (whole, id) => (room.people.has(id) ? `@${room.people.get(id).name}` : whole));
  return unescape(named.replace(/<((?:https?:|mailto:|tel:)[^<>|]+)(?:\|([^<>]*))?>/g, (_, address, label) => label || address));
}
