import { sh } from '../../support/e2e-stack.ts';
import type { Drill, DrillContext } from './drill.ts';

/** What there is to see of a drill whose notification does not come, a line each: its containers that do not run, and the state of its alert. */
export async function diagnostics(drill: Drill, context: DrillContext): Promise<string> {
  const ended = await Promise.all(drill.targets.map(async ({ name }) => endOf(name, context)));
  return [...ended.flat(), await alertOf(drill, context)].map((line) => `\n  ${line}`).join('');
}

async function endOf(name: string, { prefix }: DrillContext): Promise<readonly string[]> {
  const container = `${prefix}-${name}`;
  const { stdout, stderr } = await sh(['docker', 'inspect', '--format', '{{.State.Status}}, exit code {{.State.ExitCode}}', container]);
  if (stdout.startsWith('running')) return [];
  const logs = await sh(['docker', 'logs', '--tail', '5', container]);
  return [`${name}: ${stdout.trim()}${stderr.trim()}`, ...(logs.stdout + logs.stderr).split('\n').filter((line) => line.trim() !== '')];
}

async function alertOf({ alert }: Drill, { stack }: DrillContext): Promise<string> {
  const query = encodeURIComponent(`ALERTS{alertname="${alert}"}`);
  try {
    const { data } = await stack.json<{ data: { result: { metric: object }[] } }>('PROMETHEUS_PORT', `/api/v1/query?query=${query}`);
    if (data.result.length === 0) return `Prometheus: no ${alert} is pending or firing`;
    return `Prometheus: ${data.result.map(({ metric }) => JSON.stringify(metric)).join(', ')}`;
  } catch (failure) {
    return `Prometheus does not answer: ${String(failure)}`;
  }
}
