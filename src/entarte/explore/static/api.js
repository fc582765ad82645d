// Questions to the server. A newer question on the same channel ends the one before it, there and here.

const running = new Map();

/** Superseded or closed: nobody waits for the answer. */
export class Superseded extends Error {}

export async function ask(channel, path, body) {
  running.get(channel)?.abort();
  const control = new AbortController();
  running.set(channel, control);
  const given = body === undefined
    ? { signal: control.signal }
    : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal: control.signal };
  let reply;
  try {
    reply = await fetch(path, given);
    if (reply.ok) return reply.headers.get("content-type").startsWith("application/json") && channel !== "picture"
      ? await reply.json()
      : await reply.blob();
  } catch (error) {
    if (error.name === "AbortError") throw new Superseded();
    throw new Error("The explorer does not answer. Is it still running?");
  } finally {
    if (running.get(channel) === control) running.delete(channel);
  }
  const text = await reply.text();
  let message = text;
  try { message = JSON.parse(text).error; } catch { /* plain text */ }
  throw new Error(message || `The explorer answered ${reply.status}.`);
}

/** End what runs on a channel. */
export const quit = (channel) => running.get(channel)?.abort();
