import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { bundle } from '../../scripts/render/bundle-io.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { startContainer } from './cleanup.ts';
import { eventually, removeEverything, sh } from './e2e-stack.ts';
import { serviceImage } from './images.ts';

/** A row of the history's list, as far as tests look at it. */
export interface ListedAlert {
  readonly [key: string]: unknown;
  readonly id: string;
  readonly status: string;
  readonly endsAt: string | null;
  readonly receivers: readonly string[];
}

/** The history service in the container that the stack would run it in, with a folder of its own. */
export class HistoryContainer {
  readonly name: string;
  readonly folder: string;
  readonly image: string;
  base = '';

  private constructor(name: string, folder: string, image: string) {
    this.name = name;
    this.folder = folder;
    this.image = image;
  }

  /** Lays out the folder; nothing runs yet. */
  static async prepare(name: string): Promise<HistoryContainer> {
    await removeEverything(name);
    const image = await serviceImage(new Docker(), 'history');
    const folder = mkdtempSync(join(tmpdir(), `${name}-`));
    for (const path of ['app', 'data', 'runbooks/node', 'secrets']) mkdirSync(join(folder, path), { recursive: true });
    writeFileSync(join(folder, 'app/server.mjs'), await bundle(join(ROOT, 'alertmanager/history/server.ts')));
    chmodSync(join(folder, 'data'), 0o777);
    return new HistoryContainer(name, folder, image);
  }

  /** Starts it anew, as confined as the stack runs it, and waits until it is ready. */
  async start(
    env: Readonly<Record<string, string>> = {},
    network: readonly string[] = ['-p', '127.0.0.1::9095'],
    seconds = 120,
  ): Promise<void> {
    await this.stop();
    const mounts = ['app:/app:ro', 'data:/data', 'runbooks:/runbooks:ro', 'secrets:/run/secrets:ro'];
    await startContainer(
      this.name,
      `${this.name}-1`,
      ...['--user', '65534:65534', '--read-only', '--cap-drop', 'ALL', '--memory', '384m'],
      ...mounts.flatMap((mount) => ['-v', `${this.folder}/${mount}`]),
      ...Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]),
      ...network,
      ...['--entrypoint', 'node', this.image, '--max-old-space-size=192', '/app/server.mjs'],
    );
    const published = (await sh(['docker', 'port', `${this.name}-1`, '9095'])).stdout.trim().split('\n')[0];
    this.base = `http://${published ?? ''}`;
    await eventually('the history is ready', seconds, async () => (await fetch(`${this.base}/-/ready`)).ok);
  }

  async stop(): Promise<void> {
    await sh(['docker', 'rm', '-f', `${this.name}-1`]);
  }

  async logs(): Promise<string> {
    const { stdout, stderr } = await sh(['docker', 'logs', `${this.name}-1`]);
    return stdout + stderr;
  }

  async destroy(): Promise<void> {
    await removeEverything(this.name);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Sends what Alertmanager's webhook sends. */
  async notify(alerts: readonly object[], receiver = 'history'): Promise<Response> {
    return fetch(`${this.base}/api/v1/webhook`, {
      method: 'POST',
      body: JSON.stringify({ version: '4', receiver, groupKey: 'g', externalURL: 'http://am', alerts }),
    });
  }

  async list(query: string): Promise<{ readonly total: number; readonly alerts: readonly ListedAlert[] }> {
    return this.json(`/api/v1/alerts?${query}`);
  }

  async json<T>(path: string): Promise<T> {
    return (await fetch(this.base + path)).json() as Promise<T>;
  }

  async text(path: string): Promise<string> {
    return (await fetch(this.base + path)).text();
  }

  /** Lines of the metrics that start so. */
  async metric(start: string): Promise<string> {
    const lines = (await this.text('/metrics')).split('\n');
    return lines.filter((line) => line.startsWith(start)).join('\n');
  }
}
