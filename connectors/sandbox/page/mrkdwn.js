/** Slack's mrkdwn as DOM nodes. */

import { h } from "./dom.js";
import { emoji } from "./emoji.js";

const KINDS = [
  "name", "relative's name", "staff name", "initials", "NHS number", "CHI", "H&C number", "hospital number", "date of birth",
  "age", "address", "postcode", "phone number", "e-mail address", "National Insurance number", "identifier in a link",
  "identifier in a file name", "file name", "other identifier",
];

/** What Chaperone leaves where an identifier stood: `[Patient A]`, `[CHI hidden]`, `[hidden]`; only its own words. */
export const MASK = new RegExp(`\\[(?:(?:Patient|Relative|Person) [A-Z]{1,3}|(?:(?:${KINDS.join("|")}) )?hidden)\\]`, "g");

const INLINE = new RegExp(
  [
    "```(?<pre>[\\s\\S]+?)```",
    "`(?<code>[^`\\n]+)`",
    "<(?<link>[^<>\\s][^<>]*)>",
    "(?<![\\w*])\\*(?<bold>[^\\s*](?:[^*\\n]*[^\\s*])?)\\*(?![\\w*])",
    "(?<![\\w_])_(?<italic>[^\\s_](?:[^_\\n]*[^\\s_])?)_(?![\\w_])",
    "(?<![\\w~])~(?<strike>[^\\s~](?:[^~\\n]*[^\\s~])?)~(?![\\w~])",
    ":(?<emoji>[a-z0-9_+-]+):",
  ].join("|"),
  "g",
);

const TAGS = { bold: "strong", italic: "em", strike: "s" };

export const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** Plain characters: placeholders become pills, line ends become breaks. */
export function plain(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(MASK)) {
    nodes.push(...lines(text.slice(at, found.index)), h("span", { class: "mask" }, found[0]));
    at = found.index + found[0].length;
  }
  return [...nodes, ...lines(text.slice(at))];
}

function lines(text) {
  return text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line])).filter(Boolean);
}

/** Mrkdwn of one message or text object; lines that begin with `>` become quotes. `names` finds people. */
export function mrkdwn(text, names) {
  const nodes = [];
  for (const part of (text ?? "").split(/((?:^(?:>|&gt;)[^\n]*(?:\n|$))+)/m).filter(Boolean)) {
    const quoted = /^(>|&gt;)/.test(part) && part.replace(/^(?:>|&gt;) ?/gm, "").replace(/\n$/, "");
    if (quoted === false) nodes.push(...inline(part, names));
    else nodes.push(h("blockquote", {}, inline(quoted, names)));
  }
  return nodes;
}

function inline(text, names) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    nodes.push(...plain(unescape(text.slice(at, found.index))), ...token(found.groups, found[0], names));
    at = found.index + found[0].length;
  }
  return [...nodes, ...plain(unescape(text.slice(at)))];
}

function token(groups, whole, names) {
  const [kind, inner] = Object.entries(groups).find(([, value]) => value !== undefined);
  if (kind === "pre") return [h("pre", {}, plain(unescape(inner.replace(/^\n/, ""))))];
  if (kind === "code") return [h("code", {}, plain(unescape(inner)))];
  if (kind === "link") return [reference(inner, names)];
  if (kind === "emoji") return [emoji(inner) ?? whole];
  return [h(TAGS[kind], {}, inline(inner, names))];
}

/** What stands in angle brackets: a person, a channel, a group word or a link. */
function reference(inner, names) {
  const [target, label] = inner.split(/\|(.*)/s);
  if (target.startsWith("@")) return mention(`@${names.person(target.slice(1))}`);
  if (target.startsWith("#")) return mention(`#${label || names.channel(target.slice(1))}`);
  if (target.startsWith("!")) return mention(label || `@${target.slice(1).split("^")[0]}`);
  return link(unescape(target), label && unescape(label));
}

export const mention = (text) => h("span", { class: "mention" }, text);

/** A link that opens apart; an address of any other kind stays text. */
export function link(address, label) {
  const shown = plain(label || address.replace(/^mailto:|^tel:/, ""));
  if (!/^(https?:|mailto:|tel:)/i.test(address)) return h("span", {}, shown);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, shown);
}
