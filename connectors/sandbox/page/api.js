/** The sandbox's own API over HTTP. A refusal becomes an Error with the server's plain words. */

async function call(path, options) {
  let reply;
  try {
    reply = await fetch(path, options);
  } catch {
    throw new Error("The sandbox cannot be reached. Is it still running?");
  }
  const body = await reply.json().catch(() => ({}));
  if (!reply.ok) throw new Error(body.message || body.error || `The sandbox answered ${reply.status}.`);
  return body;
}

export const get = (path, query = {}) => call(`${path}?${new URLSearchParams(query)}`);

export const post = (path, body) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** Live events for one person, until the returned function is called. `onopen` also runs after a break. */
export function live(person, onevent, onopen) {
  const source = new EventSource(`/client/events?${new URLSearchParams({ as: person })}`);
  source.onmessage = (message) => onevent(JSON.parse(message.data));
  source.onopen = onopen;
  return () => source.close();
}

/** A chosen file as the API takes it. */
export async function encoded(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return { name: file.name, mimetype: file.type || "application/octet-stream", data_base64: btoa(binary) };
}
