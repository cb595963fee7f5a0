/** A file under a message: a picture, or a chip with its name, and the text of a snippet. */

import { h, icon } from "./dom.js";
import { plain } from "./mrkdwn.js";
import { room } from "./room.js";

const size = (bytes) => (bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round((bytes ?? 0) / 1e3))} kB`);

export function fileChip(file) {
  const name = file.title || file.name || "File";
  if (file.mode === "tombstone" || file.is_tombstoned) return h("p", { class: "chip gone" }, icon("file"), "This file was taken away.");
  const address = `/client/file?${new URLSearchParams({ as: room.me, id: file.id })}`;
  const words = [plain(name), h("span", { class: "quiet" }, size(file.size))];
  const chip = h("a", { class: "chip", href: address, download: file.name ?? "" }, icon("file"), h("span", {}, words));
  const preview = file.preview ?? file.plain_text;
  return [
    chip,
    /^image\/(png|jpe?g|gif|webp)$/.test(file.mimetype ?? "") && h("img", { src: address, alt: file.alt_txt || name, class: "picture" }),
    preview && h("pre", {}, plain(preview)),
  ].filter(Boolean).reduce((box, part) => (box.append(part), box), h("div", {}));
}
