import Docker from 'dockerode';
import { beforeAll, expect, it } from 'vitest';
import { exec } from '../../scripts/base/exec.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { describeWithEngine } from '../support/engine.ts';
import { serviceImage } from '../support/images.ts';
import { weekFiles, type WeekFiles } from '../week/shared/catalogue.ts';
import { alarmsOf, evaluate, openWeek, type Week } from '../week/shared/run-io.ts';
import { falseAlarms, weekProblems } from '../week/shared/verdict.ts';

let image: string;
let week: Week;

describeWithEngine('the ordinary week', { timeout: 600_000 }, () => {
  beforeAll(async () => {
    image = await serviceImage(new Docker(), 'prometheus');
    week = await openWeek(ROOT);
  });

  it('wakes nobody', async () => {
    const alarms = await alarmsOf(ROOT, week, await evaluate({ exec, root: ROOT, image }, week.events, week.files));
    expect(weekProblems([...week.events.values()], alarms)).toEqual([]);
  });

  /** The alerts of one event with an edited rule file, where Alertmanager holds nothing back. */
  const alertsOf = async (name: string, path: string, edit: (text: string) => string): Promise<readonly string[]> => {
    const event = week.events.get(name);
    if (event === undefined) throw new Error(`there is no test/week/${name}.ts`);
    const only = new Map([[name, event]]);
    const files = await weekFiles(only);
    const edited: WeekFiles = { ...files, rules: new Map(files.rules).set(path, edit(files.rules.get(path) ?? '')) };
    const [timeline] = (await evaluate({ exec, root: ROOT, image }, only, edited)).values();
    return falseAlarms(name, timeline ?? new Map(), []).map(({ alert }) => alert);
  };

  it('notices a hold that is shorter than a deployment', async () => {
    const hold = /(alert: ServiceDown\n[^]*?for: )\S+/;
    expect(await alertsOf('rolling-deployment', 'apps.yml', (text) => text.replace(hold, '$115s'))).toContain('ServiceDown');
  });
});
