import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { bundle } from '../../scripts/render/bundle-io.ts';
import { ROOT, makeReadable } from '../../scripts/base/files.ts';
import { makeNetwork, startContainer } from './cleanup.ts';
import { databasesImage } from './databases.ts';
import { eventually, removeEverything, sh, type Ended } from './e2e-stack.ts';
import { serviceImage } from './images.ts';
import { CANARIES, DATABASES, POSTGRES, SETUP } from './vector.ts';

/** The vector exporter in the container that the stack would run it in, with a PostgreSQL and a server that never answers. */
export class VectorExporter {
  readonly name: string;
  readonly folder: string;
  base = '';
  /** Every metric of which a sample was seen on any page. */
  readonly seen = new Set<string>();

  private constructor(name: string) {
    this.name = name;
    this.folder = mkdtempSync(join(tmpdir(), `${name}-`));
  }

  static async start(name: string): Promise<VectorExporter> {
    await removeEverything(name);
    const exporter = new VectorExporter(name);
    await exporter.#startDatabases();
    await exporter.#startExporter();
    return exporter;
  }

  async #run(name: string, ...args: readonly string[]): Promise<void> {
    await startContainer(this.name, `${this.name}-${name}`, '--network', `${this.name}-net`, '--network-alias', name, ...args);
  }

  async #startDatabases(): Promise<void> {
    await makeNetwork(this.name, `${this.name}-net`);
    const databases = await databasesImage();
    await this.#run('db', databases, 'bash', '-c', POSTGRES);
    // Takes connections and never says a word.
    await this.#run('deaf', databases, 'node', '-e', 'require("net").createServer(() => 0).listen(5432)');
    await eventually('PostgreSQL answers', 120, async () => (await this.psql('SELECT 1', 'postgres')).code === 0);
    for (const [database, sql] of SETUP) {
      const { stderr } = await this.psql(sql, database);
      if (stderr !== '') throw new Error(stderr);
    }
  }

  async #startExporter(): Promise<void> {
    writeFileSync(join(this.folder, 'server.mjs'), await bundle(join(ROOT, 'exporters/vector/server.ts')));
    writeFileSync(join(this.folder, 'canaries.yml'), CANARIES);
    writeFileSync(join(this.folder, 'databases.json'), JSON.stringify(DATABASES));
    await makeReadable(this.folder, '.');
    const confined = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--memory', '128m'];
    const mounts = ['-v', `${this.folder}:/app:ro`, '-e', 'DATABASES_FILE=/app/databases.json', '-e', 'COLLECT_SECONDS=1'];
    const node = ['--entrypoint', 'node', await serviceImage(new Docker(), 'history'), '--max-old-space-size=64', '/app/server.mjs'];
    await this.#run('exporter', '--user', '65534:65534', ...confined, ...mounts, '-p', '127.0.0.1::9188', ...node);
    this.base = `http://${(await sh(['docker', 'port', `${this.name}-exporter`, '9188'])).stdout.trim().split('\n')[0] ?? ''}`;
    await eventually('the exporter is ready', 60, async () => (await fetch(`${this.base}/-/ready`)).ok);
  }

  /** Runs SQL as the superuser. */
  async psql(sql: string, database = 'app'): Promise<Ended> {
    return sh(['docker', 'exec', '-u', 'postgres', `${this.name}-db`, 'psql', '-v', 'ON_ERROR_STOP=1', '-Atqc', sql, database]);
  }

  /** The lines of the exporter's log. */
  async logs(): Promise<readonly { readonly msg: string; readonly reason?: string }[]> {
    const { stdout } = await sh(['docker', 'logs', `${this.name}-exporter`]);
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line) as { msg: string });
  }

  /** The samples of a database's page: `name{labels}` → value. */
  async page(target: string): Promise<ReadonlyMap<string, number>> {
    const response = await fetch(`${this.base}/metrics?target=${encodeURIComponent(target)}`);
    if (response.status !== 200) throw new Error(`${target}: ${response.status}`);
    const samples = new Map<string, number>();
    for (const [, key = '', value = ''] of (await response.text()).matchAll(/^(pharos_vector_\S+) (\S+)$/gm)) {
      samples.set(key, Number(value));
      this.seen.add(key.replace(/\{.*/, ''));
    }
    return samples;
  }

  /** The sum of the samples of a metric whose labels hold all of the given ones; undefined where there is none. */
  async value(target: string, metric: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
    const wanted = Object.entries(labels).map(([name, text]) => `${name}="${text}"`);
    const found = [...(await this.page(target))].filter(
      ([key]) => key.replace(/\{.*/, '') === `pharos_vector_${metric}` && wanted.every((label) => key.includes(label)),
    );
    return found.length === 0 ? undefined : found.reduce((sum, [, number]) => sum + number, 0);
  }

  async destroy(): Promise<void> {
    await removeEverything(this.name);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
