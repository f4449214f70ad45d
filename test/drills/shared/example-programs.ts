import type { DrillContext } from './drill.ts';

/** Requests without an end, so many at a time, from inside the application's container. */
export const load = async ({ spawn }: DrillContext, name: string, atOnce: number, path: string) =>
  spawn(
    name,
    'node',
    '-e',
    `for (let i = 0; i < ${atOnce}; i += 1) (async () => { for (;;) { await fetch("http://127.0.0.1:3000${path}").catch(() => 0); await new Promise((r) => setTimeout(r, 200)); } })()`,
  );

/** Makes the example misbehave, as a program of Node.js that runs in its container. */
export const MISBEHAVE = (fault: string, value: number): string =>
  `fetch("http://127.0.0.1:3000/misbehave/${fault}", { method: "POST", headers: { "content-type": "application/json" }, body: '{"value":${value}}' })`;

/** Requests that find something, until there is the file. */
export const LOST_FILE = '/tmp/lost';
export const VISITORS = `const fs = require("fs"); setInterval(() => fetch("http://127.0.0.1:3000" + (fs.existsSync("${LOST_FILE}") ? "/lost" : "/products/1")).catch(() => 0), 2000)`;

/** Adds jobs, however long it takes until the application is there. */
const ADD_JOBS = (count: number): string =>
  `for (let i = 0; i < ${count}; ) { const sent = await fetch("http://127.0.0.1:3000/broadcasts", { method: "POST", body: JSON.stringify({ recipients: 1000 }), headers: { "content-type": "application/json" } }).catch(() => ({})); if (sent.ok) i += 1; else await new Promise((later) => setTimeout(later, 500)); }`;
export const addJobs = async ({ exec }: DrillContext, name: string, count: number) =>
  exec(name, 'node', '--input-type=module', '-e', ADD_JOBS(count));
