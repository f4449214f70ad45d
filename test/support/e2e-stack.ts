import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { demoProject } from '../../scripts/demo/plan.ts';
import { editEnvText } from '../../scripts/base/env-file.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { prometheusApi, type PrometheusApi } from '../../scripts/clients/prometheus.ts';
import { removeEverything } from './cleanup.ts';
import { refuseIfInterrupted, sh, type Ended } from './sh.ts';

export { removeEverything } from './cleanup.ts';
export { sh, type Ended } from './sh.ts';

/** Of this run of vitest, or of the one user who runs files one by one. */
const RULE_TESTS = join(tmpdir(), `pharos-rule-tests-${process.getuid?.() ?? 0}`);

const PORTS = [
  'GRAFANA_PORT',
  'PROMETHEUS_PORT',
  'ALERTMANAGER_PORT',
  'HISTORY_PORT',
  'LOKI_PORT',
  'PUSHGATEWAY_PORT',
  'NODE_EXPORTER_PORT',
];

/** A copy of this checkout with a project name, ports and a folder of its own: a user's running stack is never touched. */
export class E2eStack {
  readonly folder: string;
  readonly project: string;
  readonly ports: Readonly<Record<string, number>>;

  private constructor(folder: string, project: string, ports: Readonly<Record<string, number>>) {
    this.folder = folder;
    this.project = project;
    this.ports = ports;
  }

  /** Clears away what an earlier, killed run left behind, then lays out a fresh copy. */
  static async create(project: string): Promise<E2eStack> {
    await removeEverything(project, demoProject(project));
    const folder = mkdtempSync(join(tmpdir(), `${project}-`));
    try {
      return await E2eStack.#layOut(folder, project);
    } catch (failure) {
      rmSync(folder, { recursive: true, force: true });
      throw failure;
    }
  }

  static async #layOut(folder: string, project: string): Promise<E2eStack> {
    await copyCheckout(folder);
    // Rule tests that passed in one copy need not run in the next; a digest of the test, its rules and the image says which.
    if (existsSync(RULE_TESTS)) {
      mkdirSync(join(folder, '.staging'));
      cpSync(RULE_TESTS, join(folder, '.staging/rule-tests-passed'));
    }
    const ports: Record<string, number> = {};
    for (const name of PORTS) ports[name] = await freePort();
    const stack = new E2eStack(folder, project, ports);
    const settings = {
      COMPOSE_PROJECT_NAME: project,
      ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
    };
    writeFileSync(join(folder, '.env'), editEnvText(readFileSync(join(ROOT, '.env.example'), 'utf8'), settings), { mode: 0o600 });
    return stack;
  }

  /** Runs `npm run <command>` in the copy. */
  async run(command: string, ...args: readonly string[]): Promise<Ended> {
    return sh([process.execPath, join(this.folder, 'scripts/start.mjs'), command, ...args], {
      cwd: this.folder,
      env: { NO_COLOR: '1' },
      timeout: 300_000,
    });
  }

  /** The services that the last `up` started. */
  async services(): Promise<readonly string[]> {
    return (await sh(['docker', 'compose', 'config', '--services'], { cwd: this.folder })).stdout.split('\n').filter((name) => name !== '');
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** Changes lines of `.env`. */
  set(settings: Readonly<Record<string, string>>): void {
    this.write('.env', editEnvText(this.read('.env'), settings));
  }

  url(port: string, path: string): string {
    return `http://127.0.0.1:${this.ports[port]}${path}`;
  }

  /** JSON of a service's API. */
  async json<T>(port: string, path: string): Promise<T> {
    const response = await fetch(this.url(port, path), { signal: AbortSignal.timeout(10_000) });
    return (await response.json()) as T;
  }

  get prometheus(): PrometheusApi {
    return prometheusApi(this.url('PROMETHEUS_PORT', ''));
  }

  /** The value of a query's first series; undefined where it gives none. */
  async value(expr: string): Promise<number | undefined> {
    return (await this.prometheus.query(expr))[0]?.value;
  }

  /** Lets the next `up` scrape and evaluate every 5 s instead of every 10 or 15 s: most checks wait for just that. */
  scrapeOften(): void {
    const folder = 'prometheus/scrape';
    for (const path of ['prometheus/prometheus.yml', ...readdirSync(this.path(folder)).map((name) => `${folder}/${name}`)])
      this.write(path, this.read(path).replace(/^( *(?:scrape|evaluation)_(?:interval|timeout)): \d+s/gm, '$1: 5s'));
  }

  /** Id and start time of every container of the stack: equal before and after means untouched. */
  async fingerprint(): Promise<string> {
    const ids = await sh(['docker', 'ps', '-aq', '--no-trunc', '--filter', `label=com.docker.compose.project=${this.project}`]);
    const list = ids.stdout.split('\n').filter((id) => id !== '');
    if (list.length === 0) return '';
    const { stdout } = await sh(['docker', 'inspect', '--format', '{{.Name}} {{.Id}} {{.State.StartedAt}} {{.RestartCount}}', ...list]);
    return stdout.split('\n').sort().join('\n');
  }

  /** The address of this host in the stack's network, where a test's own server is reached. */
  gateway(): string {
    return /gateway: (\S+)/.exec(this.read('.effective/compose.yml'))?.[1] ?? '';
  }

  async destroy(): Promise<void> {
    if (existsSync(this.path('.staging/rule-tests-passed'))) cpSync(this.path('.staging/rule-tests-passed'), RULE_TESTS);
    await removeEverything(this.project, demoProject(this.project));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function copyCheckout(folder: string): Promise<void> {
  const listed = await sh(['git', 'ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  // Git also lists what was deleted and not committed yet.
  for (const path of listed.stdout.split('\n').filter((line) => line !== '' && existsSync(join(ROOT, line)))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(ROOT, path), join(folder, path));
  }
  const packages = join(ROOT, 'node_modules');
  const installed = join(packages, '.installed-lock.json');
  // The copy's commands would install them otherwise, through the link: `npm ci` empties the folder that it finds.
  if (!existsSync(installed) || !readFileSync(installed).equals(readFileSync(join(ROOT, 'package-lock.json'))))
    throw new Error('node_modules is not what package-lock.json asks for: npm run config installs it');
  symlinkSync(packages, join(folder, 'node_modules'));
}

/** A port below those that the kernel gives to connections and to containers, one of which may have it when the stack starts. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) =>
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)),
    );
    await new Promise((resolve) => server.close(resolve));
    if (isFree) return port;
  }
}

/** Asks until the answer is true, or fails with what it was waiting for. */
export async function eventually(what: string, seconds: number, ask: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    refuseIfInterrupted();
    let failure = '';
    const isTrue = await ask().catch((thrown: unknown) => {
      failure = `\n${String(thrown)}`;
      return false;
    });
    if (isTrue) return;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}${failure}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
