/** Building and updating elements. Text only ever becomes text nodes, so nothing written in chat is markup. */

export const byId = (id) => document.getElementById(id);

/** An element: `on…` props are listeners, true is a bare attribute, empty children are dropped. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) setProp(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child || child === 0));
  return node;
}

function setProp(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "class") node.className = value;
  else if (name === "hue") node.style.setProperty("--hue", value);
  else node.setAttribute(name, value === true ? "" : value);
}

/** Make `parent` show `items`, touching only those whose signature changed, so focus and place survive. */
export function reconcile(parent, items, { key, signature, build, keep = () => false }) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const wanted = new Set(items.map(key));
  // First, so that nothing which stays has to move: an element that moves loses the focus.
  for (const [id, node] of old) if (!wanted.has(id)) node.remove();
  let previous = null;
  for (const item of items) {
    const id = key(item);
    const sign = signature(item);
    let node = old.get(id);
    if (!node || (node.dataset.sign !== sign && !keep(node))) node = replace(node, build(item), id, sign);
    const place = previous ? previous.nextSibling : parent.firstChild;
    if (node !== place) parent.insertBefore(node, place);
    previous = node;
  }
}

function replace(old, node, id, sign) {
  const focused = old?.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  node.dataset.key = id;
  node.dataset.sign = sign;
  old?.replaceWith(node);
  if (focused) (node.querySelector(`[data-focus="${CSS.escape(focused)}"]`) ?? node.querySelector("[data-focus=card]"))?.focus();
  return node;
}

const ICONS = {
  attach: "M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.6-8.6a3.4 3.4 0 0 1 4.8 4.8l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4l7.6-7.6",
  bin: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
  close: "M6 6l12 12M18 6L6 18",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6z",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  menu: "M4 7h16M4 12h16M4 17h16",
  pencil: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5a6.5 6.5 0 0 1 3.5 5.5",
  reply: "M10 6L4 12l6 6M4 12h9a7 7 0 0 1 7 7",
  stop: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM5.8 5.8l12.4 12.4",
  send: "M4 20l17-8L4 4l2 8zM6 12h8",
};

/** A line icon; it never speaks for itself, so give its button a label. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows an icon only. */
export function iconButton(name, label, onclick, props = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...props }, icon(name));
}

/** Say something to screen readers, politely. */
export function say(text) {
  byId("said").replaceChildren(h("p", {}, text));
}
