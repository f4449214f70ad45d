import { join } from 'node:path';
import { dashboardFiles } from '../grafana/src/index.ts';
import { parseArguments } from './base/args.ts';
import { main } from './base/command.ts';
import { stackFailure } from './base/failure.ts';
import { error } from './base/problem.ts';
import { ROOT, readTree } from './base/files.ts';
import { writeDashboards } from './render/dashboards-io.ts';

/** Writes grafana/dashboards/*.json from grafana/src; with --check only reports which of them are out of date. */
await main(async ({ args, report }) => {
  const { values } = parseArguments(args, { usage: 'npm run dashboards [-- --check]', options: { check: { type: 'boolean' } } });
  const wanted = dashboardFiles();
  const present = await readTree(join(ROOT, 'grafana/dashboards'), '.');
  const stale = [...wanted].filter(([name, text]) => present.get(name) !== text).map(([name]) => name);
  const left = [...present.keys()].filter((name) => !name.includes('/') && name.endsWith('.json') && !wanted.has(name));
  if (values.check !== true) {
    await writeDashboards(join(ROOT, 'grafana/dashboards'), wanted, left);
    report.result(`${wanted.size} dashboards, ${stale.length + left.length} changed.`);
    return;
  }
  const problems = [...stale, ...left].map((name) =>
    error(`grafana/dashboards/${name}`, 'does not match grafana/src', 'npm run dashboards'),
  );
  if (problems.length > 0) throw stackFailure(problems);
  report.result('Every dashboard matches grafana/src.');
});
