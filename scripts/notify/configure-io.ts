import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { interruption } from '../base/command.ts';
import type { Outcome } from './show.ts';
import { CHANNELS, TEST_CHANNEL_LABEL } from '../alertmanager/channel-catalog.ts';
import { envBefore, isSecret, uidOf, type ConfigurePlan, type Present } from './configure.ts';
import { editEnvText } from '../base/env-file.ts';
import { inputFailure } from '../base/failure.ts';
import { error } from '../base/problem.ts';
import { readIfThere, readTree, writeSecret } from '../base/files.ts';
import { generateSecret, loadOrCreateSettings, loadSettings, writeEnv } from '../settings/io.ts';
import { applyPrepared } from '../up/apply.ts';
import { lintPrepared } from '../up/lint.ts';
import { prepare } from '../up/prepare.ts';
import { deliverTestAlert, requireChannel } from './test-alert-io.ts';
import type { Workspace } from '../engine/workspace.ts';

/** How long a test alert may take until delivery. */
const TEST_WITHIN_MS = 30_000;

/** The contents of `.env` (before the first start: `.env.example`) and `secrets/`. */
export async function readPresent(root: string): Promise<Present> {
  return {
    envText: (await readIfThere(join(root, '.env'))) ?? (await readIfThere(join(root, '.env.example'))) ?? '',
    secretFiles: await readTree(join(root, 'secrets'), '.'),
  };
}

/** Reads the secrets that were given as `-` (standard input) or `@file`. Plain settings are taken literally: `@ops` is a channel. */
export async function readSources(given: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  const secret = new Set(CHANNELS.flatMap(({ fields }) => fields.filter(({ key }) => isSecret(key)).map(({ flag }) => flag)));
  const fromInput = Object.entries(given).filter(([flag, value]) => secret.has(flag) && value === '-');
  if (fromInput.length > 1)
    throw inputFailure([
      error('arguments', `${fromInput.map(([flag]) => `--${flag}`).join(' and ')} both read standard input`, 'Use @FILE for one.'),
    ]);
  const read = async (flag: string, value: string): Promise<string> => {
    if (!secret.has(flag) || (value !== '-' && !value.startsWith('@'))) return value;
    const content = value === '-' ? await text(process.stdin) : await readSource(flag, value.slice(1));
    if (content.trim() === '')
      throw inputFailure([error(`--${flag}`, `${value === '-' ? 'the standard input' : value.slice(1)} is empty`)]);
    return content.trim();
  };
  const result: Record<string, string> = {};
  for (const [flag, value] of Object.entries(given)) result[flag] = await read(flag, value);
  return result;
}

async function readSource(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (failure) {
    const why = failure instanceof Error && 'code' in failure && failure.code === 'ENOENT' ? 'is not there' : 'cannot be read';
    throw inputFailure([error(`--${flag}`, `${path} ${why}`)]);
  }
}

/** Writes the plan. The secrets' files come first: after an interrupt `.env` still has what it had. */
export async function writeConfigure(root: string, plan: ConfigurePlan): Promise<void> {
  interruption.state = 'Some files may be written already. Run npm run configure again for the rest.';
  for (const { file, content, uid } of plan.secrets) await writeSecret(join(root, 'secrets'), file, content, uid);
  const path = join(root, '.env');
  if ((await readIfThere(path)) === undefined) await loadOrCreateSettings(root);
  const before = (await readIfThere(path)) ?? '';
  const after = editEnvText(before, plan.env);
  if (after !== before) await writeEnv(root, after);
  for (const file of plan.removed) await rm(join(root, 'secrets', file), { force: true });
}

/** Restores `.env` and `secrets/` to their state before the plan, and applies them. */
export async function putBack(place: Workspace, plan: ConfigurePlan, before: Present): Promise<void> {
  interruption.state = 'The previous settings are being restored; npm run configure shows what is set.';
  const { root } = place;
  const touched = [...plan.secrets.map(({ file }) => file), ...plan.removed];
  for (const file of touched) {
    const content = before.secretFiles.get(file);
    if (content === undefined) await rm(join(root, 'secrets', file), { force: true });
    else await writeSecret(join(root, 'secrets'), file, content, uidOf(file));
  }
  // Line by line: a newly created .env holds secrets that are in use.
  const path = join(root, '.env');
  await writeEnv(root, editEnvText((await readIfThere(path)) ?? '', envBefore(plan, before)));
  await bringIntoForce(place);
}

/** What `npm run up` does, without a question. */
export async function bringIntoForce(place: Workspace): Promise<void> {
  const { settings } = await loadOrCreateSettings(place.root);
  const prepared = await prepare(place, settings, { checkHost: true });
  await lintPrepared(place, prepared, false);
  await applyPrepared(place, prepared);
}

/** Sends a test alert through one channel only. */
export async function testChannel(place: Workspace, channel: string): Promise<Outcome> {
  await requireChannel(place.root, channel);
  const { settings } = await loadSettings(place.root);
  const nonce = generateSecret().slice(0, 12);
  const labels = { severity: 'critical', category: 'stack', nonce, [TEST_CHANNEL_LABEL]: channel };
  return deliverTestAlert(place, settings.plain, { labels, nonce, withinMs: TEST_WITHIN_MS });
}
