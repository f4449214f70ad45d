import { mkdirSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { parse, stringify } from 'yaml';
import { ROOT } from '../../scripts/base/files.ts';
import { startContainer } from './cleanup.ts';
import { eventually, sh } from './e2e-stack.ts';
import { serviceImage } from './images.ts';

/** The parts of the checked-in configuration that tests take over as they stand. */
export interface StackConfig {
  readonly event_recorder: unknown;
  readonly receivers: readonly { readonly name: string }[];
}

export function stackConfig(): StackConfig {
  return parse(readFileSync(join(ROOT, 'alertmanager/alertmanager.yml'), 'utf8')) as StackConfig;
}

/** The features that the stack switches on. */
function stackFeatures(): string {
  const model = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
    services: { alertmanager: { command: string[] } };
  };
  const flag = model.services.alertmanager.command.find((argument) => argument.startsWith('--enable-feature='));
  if (flag === undefined) throw new Error('Alertmanager has no features in docker-compose.yml');
  return flag;
}

/** The Alertmanager that the stack runs, with a configuration of a test's own, in a network. */
export class AlertmanagerContainer {
  readonly name: string;
  readonly #project: string;
  base = '';

  /** @param project whose cleaning up removes it */
  constructor(project: string) {
    this.#project = project;
    this.name = `${project}-am`;
  }

  async start(config: object, folder: string, network: string): Promise<void> {
    await sh(['docker', 'rm', '-f', this.name]);
    mkdirSync(join(folder, 'am'), { recursive: true });
    writeFileSync(join(folder, 'am/alertmanager.yml'), stringify(config));
    const image = await serviceImage(new Docker(), 'alertmanager');
    await startContainer(
      this.#project,
      this.name,
      ...['--network', network, '-p', '127.0.0.1::9093', '-v', `${folder}/am:/etc/alertmanager:ro`],
      ...['--tmpfs', '/alertmanager:mode=1777', image, '--config.file=/etc/alertmanager/alertmanager.yml', '--storage.path=/alertmanager'],
      ...['--cluster.listen-address=', stackFeatures()],
    );
    this.base = `http://${(await sh(['docker', 'port', this.name, '9093'])).stdout.trim().split('\n')[0] ?? ''}`;
    await eventually('Alertmanager is ready', 60, async () => (await fetch(`${this.base}/-/ready`)).ok);
  }

  /** How many requests to webhooks have failed. */
  async failedRequests(): Promise<number> {
    const metrics = await (await fetch(`${this.base}/metrics`)).text();
    const series = /^alertmanager_notification_requests_failed_total\{[^}]*integration="webhook".*\} (\d+)$/gm;
    return [...metrics.matchAll(series)].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  /** Posts to its API; throws where it is refused. */
  async post(path: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${this.base}/api/v2/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
