import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../scripts/core/doctor.ts';
import { E2eStack, eventually, sh } from '../support/e2e-stack.ts';
import { startFleet, troubleFleet, watchFleet } from '../support/fleet.ts';

const PROJECT = 'pharos-fleet';
const noEngine = process.env['PHAROS_NO_ENGINE'];
let stack: E2eStack;
/** Alerts on what a machine may not have, and the command that finds it where it has. */
const OF_SOME_MACHINES: Readonly<Record<string, string>> = { RebootRequired: "dpkg-query -W 'linux-image-*'" };

const doctor = async (): Promise<Diagnosis> => JSON.parse((await stack.run('doctor', '--json')).stdout) as Diagnosis;

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});
beforeAll(async () => {
  if (noEngine !== undefined) return;
  stack = await E2eStack.create(PROJECT);
  await startFleet(PROJECT);
  watchFleet(stack, PROJECT);
});
afterAll(async () => {
  if (noEngine !== undefined) return;
  await stack.run('demo', '--stop');
  await stack.destroy();
});

describe('every alert', () => {
  it('has series on a stack that watches one of everything', async () => {
    expect(await stack.run('up', '--yes')).toMatchObject({ code: 0 });
    // The example application, with the metrics that the rules for applications are about.
    expect(await stack.run('demo', '--yes')).toMatchObject({ code: 0 });
    await troubleFleet(stack, PROJECT);
    const absent = new Set<string>();
    for (const [alert, find] of Object.entries(OF_SOME_MACHINES)) if ((await sh(['sh', '-c', find])).code !== 0) absent.add(alert);
    let blind: readonly string[] = [];
    // Rates need two scrapes, and some figures come once a minute.
    await eventually('every alert can fire', 150, async () => {
      blind = (await doctor()).alerts.flatMap(({ alert, blind: reason }) => (reason === undefined ? [] : [`${alert}: ${reason.why}`]));
      blind = blind.filter((line) => !absent.has(line.split(':')[0] ?? ''));
      return blind.length === 0;
    }).catch(() => expect(blind).toEqual([]));
  });
});
