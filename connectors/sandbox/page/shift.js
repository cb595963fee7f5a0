/** Play a shift: an invented ward hour, played step by step by the sandbox. */

import { post } from "./api.js";
import { byId } from "./dom.js";
import { attempt, called, look, on, open, place, room } from "./room.js";

export function shiftControls() {
  const order = (action) => attempt(() => post("/client/shift", { action }));
  byId("shift-play").addEventListener("click", () => order(room.shift?.running ? "stop" : "start"));
  byId("shift-reset").addEventListener("click", async () => (await order("reset")) && order("start"));
  byId("shift-go").addEventListener("click", () => look(() => open(byId("shift-go").dataset.channel)));
  on("shift state", draw);
}

function draw() {
  const { running = false, step = 0, of = 0, caption = "", channel = "" } = room.shift ?? {};
  const there = running && channel !== room.channel ? place(channel) : null;
  const paused = !running && step > 0 && step < of;
  byId("shift").hidden = !running && !caption;
  byId("shift-play").textContent = running ? "Stop the shift" : paused ? "Go on with the shift" : "Play a shift";
  byId("shift-reset").hidden = !paused;
  byId("shift-progress").max = Math.max(of, 1);
  byId("shift-progress").value = step;
  const said = caption || (running ? "The shift begins." : "");
  if (byId("shift-caption").textContent !== said) byId("shift-caption").textContent = said;
  byId("shift-go").hidden = !there;
  byId("shift-go").dataset.channel = channel;
  byId("shift-go").textContent = there ? `See ${called(there)}` : "";
}
