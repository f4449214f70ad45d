import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { bundle } from '../../scripts/render/bundle-io.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { startContainer } from '../support/cleanup.ts';
import { describeWithEngine } from '../support/engine.ts';
import { episodeChecks, type EpisodeStore } from '../support/episodes.ts';
import { HistoryContainer } from '../support/history.ts';
import { sh } from '../support/sh.ts';

const NAME = 'pharos-test-history-episodes';
let history: HistoryContainer;

/** Calls methods of a new store in turn and prints what they return; what is known is a list there, as JSON has no functions. */
const DRIVER = `
  const { openStore } = await import(process.argv[2]);
  const store = openStore(':memory:');
  const call = ([method, first, ...rest]) => store[method](method === 'endUnknown' ? (print) => first.includes(print) : first, ...rest) ?? null;
  console.log(JSON.stringify(JSON.parse(process.argv[1]).map(call)));
`;
/** Every alert of the checks. */
const PRINTS = ['a', 'b', 'c'];

beforeAll(async () => {
  history = await HistoryContainer.prepare(NAME);
  // SQLite is part of the Node.js that the image has, and not of every one that runs tests.
  writeFileSync(join(history.folder, 'app/store.mjs'), await bundle(join(ROOT, 'alertmanager/history/store.ts')));
  await startContainer(NAME, `${NAME}-1`, '-v', `${history.folder}/app:/app:ro`, '--entrypoint', 'sleep', history.image, '3600');
});
afterAll(async () => history.destroy());

/** A store of the container that starts anew at each call and repeats what was called before. */
function remoteStore(): EpisodeStore {
  const calls: (readonly unknown[])[] = [];
  const call = async <T>(...of: readonly unknown[]): Promise<T> => {
    calls.push(of);
    const { stdout, stderr, code } = await sh([
      ...['docker', 'exec', `${NAME}-1`, 'node', '--input-type=module', '-e', DRIVER, JSON.stringify(calls), '/app/store.mjs'],
    ]);
    if (code !== 0) throw new Error(stderr);
    return (JSON.parse(stdout) as readonly T[]).at(-1) as T;
  };
  return {
    save: async (...given) => call('save', ...given),
    learn: async (...given) => call('learn', ...given),
    endUnknown: async (isKnown, ...times) => call('endUnknown', PRINTS.filter(isKnown), ...times),
    find: async (query) => call('find', query),
  };
}

describeWithEngine('episodes of an alert in SQLite', () => {
  episodeChecks(remoteStore);
});
