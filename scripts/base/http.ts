/** Answers of the stack's own services come from this host or are gone. */
const TIMEOUT_MS = 5_000;

/** GETs JSON. Throws with the status and the start of the answer if it is not 2xx. */
export async function getJson<T>(url: string, timeoutMs = TIMEOUT_MS): Promise<T> {
  return (await ok(await fetch(url, { signal: AbortSignal.timeout(timeoutMs) }), url)).json() as Promise<T>;
}

/** GETs text. Throws if the answer is not 2xx. */
export async function getText(url: string): Promise<string> {
  return (await ok(await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }), url)).text();
}

/** Sends a request with an optional JSON body; returns the answer's text. Throws if it is not 2xx. */
export async function send(method: 'POST' | 'DELETE', url: string, body?: unknown): Promise<string> {
  const init = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return (await ok(await fetch(url, { method, ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }), url)).text();
}

async function ok(response: Response, url: string): Promise<Response> {
  if (!response.ok) throw new Error(`${url} answers HTTP ${response.status}: ${(await response.text()).trim().slice(0, 500)}`);
  return response;
}
