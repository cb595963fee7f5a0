/** The left side: who you are, the channels and the direct messages. */

import { byId, h, icon } from "./dom.js";
import { become, called, look, on, open, room } from "./room.js";

export function side() {
  byId("person").addEventListener("change", (event) => look(() => become(event.target.value)));
  on("state", draw);
  drawer();
}

function draw() {
  byId("team-name").textContent = room.team.name ?? "Sandbox";
  fill(byId("person"), JSON.stringify([room.me, [...room.people.values()]]), switcher);
  const every = [...room.channels, ...room.dms];
  fill(byId("channels"), JSON.stringify([room.me, room.channel, room.homes, every, every.map(called)]), () => room.homes.flatMap(platform));
}

/** What a platform is called, and what Chaperone can do there. */
export const HOMES = {
  slack: { mark: "S", name: "Slack", about: "" },
  tenant: { mark: "T", name: "Microsoft Teams", about: "With the organisation's consent: it can hide" },
  rsc: { mark: "T", name: "Teams, installed only", about: "Without that consent: it can only warn" },
};
export const homeOf = (one) => room.homes.find((home) => home.id === one?.home);

/** The conversations of one platform: channels (Teams has them by team), then those between people. */
function platform(home, number) {
  const { mark, name, about } = HOMES[home.mode ?? home.platform];
  const here = room.channels.filter((one) => one.home === home.id);
  const direct = room.dms.filter((one) => one.home === home.id);
  if (!here.length && !direct.length) return [];
  const teams = [...new Set(here.map((one) => one.team))];
  const lists = teams.map((team) => list(team, "Channels", here.filter((one) => one.team === team)));
  if (direct.length) lists.push(list(home.platform === "teams" ? "Chats" : "Direct messages", "", direct));
  const id = `home-${number}`;
  return [h("section", { class: "home", "data-platform": home.platform, "aria-labelledby": id },
    h("h2", { id }, h("span", { class: "mark", "aria-hidden": "true" }, mark), name),
    about && h("p", { class: "home-about" }, about), lists)];
}

const list = (heading, label, rows) => [heading && h("h3", {}, heading), h("ul", { "aria-label": heading || label }, rows.map(row))];

/** Redraw only what changed, and keep the focus on the same row. */
function fill(parent, sign, build) {
  if (parent.dataset.sign === sign) return;
  parent.dataset.sign = sign;
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  parent.replaceChildren(...build());
  if (focused) parent.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
}

function switcher() {
  const people = [...room.people.values()].filter((one) => !one.is_bot);
  const staff = people.filter((one) => !isOutsider(one));
  const others = people.filter(isOutsider);
  const group = (label, list) => list.length && h("optgroup", { label }, list.map(option));
  return [group("Staff", staff), group("Not in the staff directory", others)].filter(Boolean);
}

const option = (one) =>
  h("option", { value: one.id, selected: one.id === room.me }, one.role ? `${one.name} – ${one.role}` : one.name);

/** Whether the seed's staff directory does not hold this person. */
export const isOutsider = (one) => one.in_directory === false && !one.is_bot;

function row(one) {
  const direct = room.dms.includes(one);
  const inside = direct || one.members.includes(room.me);
  const go = () => {
    closeDrawer();
    look(() => open(one.id));
  };
  const current = one.id === room.channel;
  return h("li", {},
    h("button", { type: "button", class: "channel", "data-focus": one.id, "aria-current": current && "page", onclick: go },
      h("span", { class: "channel-name" }, one.kind === "private" && one.platform === "slack" && icon("lock"), one.team ? one.name : called(one)),
      !current && one.unread > 0 && h("span", { class: "badge" }, one.unread, h("span", { class: "hidden" }, " unread")),
      !direct && h("span", { class: "channel-purpose" }, inside ? one.purpose : `Not a member. ${one.purpose ?? ""}`)));
}

// --- the side as a drawer on a narrow screen -----------------------------------------------------------

const BEHIND = ["room-tools", "messages", "composer", "thread", "tools"].map(byId);
const opener = byId("open-channels");

function drawer() {
  opener.append(icon("menu"), h("span", { class: "hidden" }, "Channels and people"));
  opener.addEventListener("click", () => (opener.ariaExpanded === "true" ? closeDrawer() : openDrawer()));
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeDrawer(true));
  byId("close-channels").append(icon("close"));
  byId("close-channels").addEventListener("click", () => closeDrawer(true));
  document.addEventListener("pointerdown", (event) => !event.target.closest("#side, #open-channels") && closeDrawer());
}

function openDrawer() {
  opener.ariaExpanded = "true";
  byId("side").classList.add("open");
  for (const behind of BEHIND) behind.inert = true;
  byId("person").focus();
}

function closeDrawer(refocus = false) {
  if (opener.ariaExpanded !== "true") return;
  opener.ariaExpanded = "false";
  byId("side").classList.remove("open");
  for (const behind of BEHIND) behind.inert = false;
  if (refocus) opener.focus();
}
