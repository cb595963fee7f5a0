/** Block Kit's rich_text: sections, lists, quotes and preformatted text, with styled runs. */

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { link, mention, plain } from "./mrkdwn.js";

const STYLES = [["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"], ["code", "code"]];

export function richText(block, names) {
  return h("div", { class: "rich" }, (block.elements ?? []).map((element) => part(element, names)));
}

function part(element, names) {
  const runs = () => (element.elements ?? []).map((run) => styled(run, names));
  switch (element.type) {
    case "rich_text_section": return h("p", {}, runs());
    case "rich_text_quote": return h("blockquote", {}, runs());
    case "rich_text_preformatted": return h("pre", {}, runs());
    case "rich_text_list": return list(element, names);
    default: return null;
  }
}

function list(element, names) {
  const items = (element.elements ?? []).map((item) => h("li", {}, (item.elements ?? []).map((run) => styled(run, names))));
  const props = { class: `indent-${Math.min(element.indent ?? 0, 4)}` };
  return element.style === "ordered" ? h("ol", { ...props, start: (element.offset ?? 0) + 1 }, items) : h("ul", props, items);
}

function styled(run, names) {
  return STYLES.filter(([style]) => run.style?.[style]).reduce((inner, [, tag]) => h(tag, {}, inner), leaf(run, names));
}

function leaf(run, names) {
  switch (run.type) {
    case "text": return plain(run.text ?? "");
    case "link": return link(run.url ?? "", run.text);
    case "user": return mention(`@${names.person(run.user_id)}`);
    case "channel": return mention(`#${names.channel(run.channel_id)}`);
    case "usergroup": return mention("@group");
    case "broadcast": return mention(`@${run.range}`);
    case "emoji": return emoji(run.name) ?? `:${run.name}:`;
    case "date": return run.fallback ?? "";
    case "color": return run.value ?? "";
    default: return run.text ?? "";
  }
}
