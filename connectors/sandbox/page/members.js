/** Who is in the channel, adding someone, and the channel's topic. */

import { post } from "./api.js";
import { byId, h } from "./dom.js";
import { ask } from "./modal.js";
import { attempt, called, on, place, room } from "./room.js";
import { HOMES, homeOf, isOutsider } from "./side.js";

export function members() {
  byId("members").addEventListener("click", showMembers);
  byId("set-topic").addEventListener("click", setTopic);
  on("state", () => {
    const here = place();
    const home = homeOf(here);
    document.body.dataset.platform = home?.platform ?? "";
    byId("room-home").textContent = room.homes.length > 1 && home ? HOMES[home.mode ?? home.platform].name : "";
    byId("room-title").textContent = called(here);
    byId("room-topic").textContent = here?.topic && here.topic !== called(here) ? here.topic : here?.purpose || "";
    byId("room-tools").hidden = !room.channels.includes(here);
    byId("members").textContent = `Members (${here?.members?.length ?? 0})`;
    document.title = `${called(here)} – Chaperone sandbox`;
  });
}

function setTopic() {
  const field = h("label", {}, "Topic", h("input", { name: "topic", type: "text", value: place().topic ?? "", maxlength: 250, autocomplete: "off" }));
  ask(`Topic of ${called(place())}`, h("div", { class: "field" }, field), "Save", ({ topic }) =>
    post("/client/set", { as: room.me, channel: room.channel, topic }));
}

function showMembers() {
  const here = place();
  const inside = here.members.map((id) => room.people.get(id)).filter(Boolean);
  const outside = [...room.people.values()].filter((one) => !here.members.includes(one.id) && !one.is_bot);
  const dialog = ask(`Members of ${called(here)}`, [
    h("ul", { class: "member-list", "aria-label": "Members" }, inside.map((one) => memberRow(one, here, () => dialog.close()))),
    h("h3", {}, "Add someone"),
    h("div", { class: "field" }, h("label", {}, "Person", h("select", { name: "user", onchange: (event) => invented(event.target) },
      h("option", { value: "" }, "Someone new…"),
      outside.map((one) => h("option", { value: one.id }, one.role ? `${one.name} – ${one.role}` : one.name))))),
    h("div", { class: "new-person" },
      h("div", { class: "field" }, h("label", {}, "Name", h("input", { name: "name", type: "text", autocomplete: "off" }))),
      h("div", { class: "field" }, h("label", {}, "E-mail (invented, ending .example)",
        h("input", { name: "email", type: "email", autocomplete: "off", placeholder: "name@organisation.example" }))),
      h("div", { class: "field" }, h("label", {}, "Joins as", h("select", { name: "kind" },
        h("option", { value: "member" }, "Member of the workspace"),
        h("option", { value: "guest" }, "Guest"),
        h("option", { value: "external" }, "Someone of another organisation"))))),
  ], "Add", add);
}

function invented(select) {
  const box = select.closest("form").querySelector(".new-person");
  box.hidden = Boolean(select.value);
}

async function add({ user, name, email, kind }) {
  const here = { channel: room.channel, inviter: room.me };
  if (user) return post("/client/join", { ...here, user });
  if (!name.trim() || !email.trim()) throw new Error("Give the new person a name and an e-mail.");
  return post("/client/invite", { ...here, name: name.trim(), email: email.trim(), kind });
}

function memberRow(one, here, close) {
  const leave = async () => {
    if (await attempt(() => post("/client/leave", { channel: here.id, user: one.id }))) close();
  };
  return h("li", {},
    h("span", {}, one.name, " ", h("span", { class: "quiet" }, one.role ?? "")),
    one.is_bot && h("span", { class: "tag" }, "App"),
    isOutsider(one) && h("span", { class: "tag outside" }, "Not in the staff directory"),
    !one.is_bot && h("button", { type: "button", class: "small", "aria-label": `Remove ${one.name}`, onclick: leave }, "Remove"));
}
