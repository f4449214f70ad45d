import { sh } from '../support/e2e-stack.ts';
import type { Arena, Drill } from './drill.ts';

/** What is seen of a drill whose message does not come, a line each: its containers that do not run, and what Prometheus knows of its alert. */
export async function evidence(drill: Drill, arena: Arena): Promise<string> {
  const ended = await Promise.all(drill.victims.map(async ({ name }) => endOf(name, arena)));
  return [...ended.flat(), await alertOf(drill, arena)].map((line) => `\n  ${line}`).join('');
}

async function endOf(name: string, { prefix }: Arena): Promise<readonly string[]> {
  const container = `${prefix}-${name}`;
  const { stdout, stderr } = await sh(['docker', 'inspect', '--format', '{{.State.Status}}, exit code {{.State.ExitCode}}', container]);
  if (stdout.startsWith('running')) return [];
  const logs = await sh(['docker', 'logs', '--tail', '5', container]);
  return [`${name}: ${stdout.trim()}${stderr.trim()}`, ...(logs.stdout + logs.stderr).split('\n').filter((line) => line.trim() !== '')];
}

async function alertOf({ alert }: Drill, { stack }: Arena): Promise<string> {
  const query = encodeURIComponent(`ALERTS{alertname="${alert}"}`);
  try {
    const { data } = await stack.json<{ data: { result: { metric: object }[] } }>('PROMETHEUS_PORT', `/api/v1/query?query=${query}`);
    if (data.result.length === 0) return `Prometheus: no ${alert} is pending or firing`;
    return `Prometheus: ${data.result.map(({ metric }) => JSON.stringify(metric)).join(', ')}`;
  } catch (failure) {
    return `Prometheus does not answer: ${String(failure)}`;
  }
}
