import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proofSubjects } from '../dev/proof/digest.ts';
import { alertsWithSeries } from '../dev/proof/fleet-look.ts';
import { testDrills } from '../dev/proof/in-tests.ts';
import { openProofs } from '../dev/proof/open.ts';
import { readProofLock, readProofSources } from '../dev/proof/sources.ts';
import { runBatches, type Outcome } from '../drills/shared/batches.ts';
import { openContext } from '../drills/shared/context.ts';
import { fleetWords } from '../drills/shared/diagnose.ts';
import type { Drill, DrillContext } from '../drills/shared/drill.ts';
import { patienceOf } from '../drills/shared/limits.ts';
import { drills as all } from '../drills/shared/registry.ts';
import { sh } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { diagnosisCommands } from '../support/runbook-commands.ts';

const PROJECT = 'pharos-fleet';
/** Other tests share the machine: what is in time is measured by `npm run prove`. */
const PATIENCE_FACTOR = 3;
const subjects = proofSubjects(await readProofSources());
const drills = testDrills(all, openProofs(subjects, await readProofLock()));
let context: DrillContext;
let close: (() => Promise<void>) | undefined;
let outcomes: Promise<readonly Outcome[]> = Promise.resolve([]);

describeWithEngine('a stack that watches one of everything', () => {
  beforeAll(async () => {
    // Drills of services whose image is unavailable here are no obstacle to the others.
    const ofServices = all.filter(({ needs }) => needs !== undefined);
    ({ context, close } = await openContext(PROJECT, [...drills, ...ofServices]));
    const patience = (drill: Drill) => ({
      notification: PATIENCE_FACTOR * patienceOf(drill).notification,
      resolved: PATIENCE_FACTOR * patienceOf(drill).resolved,
    });
    // They go on while the runbooks are read.
    outcomes = runBatches(drills, context, { patience });
  }, 900_000);
  afterAll(async () => close?.(), 120_000);

  describe('the runbooks', () => {
    it('are opened by every alert', async () => {
      interface Rule {
        readonly name: string;
        readonly annotations: Readonly<Record<string, string>>;
      }
      const { data } = await context.stack.json<{ data: { groups: { rules: Rule[] }[] } }>('PROMETHEUS_PORT', '/api/v1/rules?type=alert');
      const rules = data.groups.flatMap((group) => group.rules);
      expect(rules.length).toBeGreaterThan(100);
      for (const { name, annotations } of rules) {
        const page = await fetch(annotations['runbook_url'] ?? '');
        expect(page.status, name).toBe(200);
        expect(await page.text(), name).toContain(`<h1>${name}`);
      }
    });

    it('have no command that fails', async () => {
      const { stack } = context;
      const commands = await diagnosisCommands((module) => fleetWords(module, PROJECT), await stack.services());
      const scripts = [...new Map(commands.map((command) => [command.script, command])).values()];
      expect(scripts.length).toBeGreaterThan(200);
      const failed: string[] = [];
      const next = async (): Promise<void> => {
        for (let command = scripts.pop(); command !== undefined; command = scripts.pop()) {
          const { code, stdout, stderr } = await sh(['bash', '-c', command.script], { cwd: stack.folder, timeout: 60_000 });
          if (code !== 0) failed.push(`${command.page}: ${command.script}\n    ${code} ${(stderr || stdout).slice(0, 300)}`);
        }
      };
      // The client mostly waits for the engine.
      await Promise.all(Array.from({ length: 4 }, next));
      expect(failed).toEqual([]);
    });
  });

  describe('a fault in real software', { timeout: 2_400_000 }, () => {
    it.for(drills.map(({ alert, fault }) => ({ alert, fault })))(
      '$fault: $alert arrives and is resolved',
      async ({ alert, fault }, test) => {
        const outcome = (await outcomes).find(({ drill }) => drill.alert === alert && drill.fault === fault);
        if (outcome !== undefined && 'skipped' in outcome) test.skip(outcome.skipped);
        if (outcome === undefined || 'skipped' in outcome) throw new Error('it was not run');
        if ('failed' in outcome) throw new Error(outcome.failed);
        expect(outcome.result.toResolved, 'no resolved notice').toBeDefined();
        expect(outcome.result.runbook, 'commands of the runbook that fail while the fault lasts').toEqual([]);
      },
    );
  });

  it('has series for every alert', { timeout: 900_000 }, async () => {
    const wanted = new Set(subjects.flatMap(({ alert, digests }) => (digests.fleet === undefined ? [] : [alert])));
    const alerts = [...(await alertsWithSeries(context, wanted))];
    expect(alerts.length).toBeGreaterThan(100);
    expect(alerts.filter(([alert, hasSeries]) => wanted.has(alert) && !hasSeries)).toEqual([]);
  });
});
