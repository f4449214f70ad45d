import { openSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeStep, planEngine, type EngineFacts, type EngineStep } from './plan.ts';
import { stackFailure } from '../base/failure.ts';
import { error } from '../base/problem.ts';
import { installComposePlugin, installPackages } from './apt.ts';
import type { Exec } from '../base/exec.ts';

export interface EngineOptions {
  /** Install and start without a question. */
  readonly yes: boolean;
  /** Asks a yes/no question; undefined without a terminal. */
  readonly ask: (question: string) => Promise<boolean | undefined>;
  readonly exec: Exec;
  readonly note: (text: string) => void;
}

/** The engine's log file on a host without systemd. */
const ENGINE_LOG = '/var/log/dockerd.log';
const STARTS_WITHIN_MS = 60_000;

/** Makes sure that an engine and Compose answer, and reports their versions. Asks the engine: a client may be installed alone. */
export async function ensureEngine(options: EngineOptions): Promise<string> {
  const facts = await engineFacts(options.exec);
  const { steps, problems } = planEngine(facts);
  if (problems.length > 0) throw stackFailure(problems);
  if (steps.length > 0) {
    await allow(steps, options);
    for (const step of steps) await STEPS[step](options);
    const again = planEngine(await engineFacts(options.exec));
    if (again.problems.length > 0 || again.steps.length > 0) {
      throw stackFailure([
        ...again.problems,
        ...again.steps.map((step) =>
          error('Docker', `still needs to ${describeStep(step)}, although that was just done`, 'docker info; docker compose version'),
        ),
      ]);
    }
  }
  const { engine, compose } = steps.length > 0 ? await engineFacts(options.exec) : facts;
  return `Docker Engine ${engine ?? ''}, Compose ${compose ?? ''}`;
}

/** Finds out what this machine has of Docker. */
async function engineFacts(exec: Exec): Promise<EngineFacts> {
  const [version, compose, daemon, release] = await Promise.all([
    exec(['docker', 'version', '--format', '{{.Server.Version}}'], { timeoutMs: 15_000 }),
    exec(['docker', 'compose', 'version', '--short'], { timeoutMs: 15_000 }),
    exec(['dockerd', '--version'], { timeoutMs: 15_000 }),
    readFile('/etc/os-release', 'utf8').catch(() => ''),
  ]);
  const answered = version.code === 0 ? /^\d[\w.+~-]*$/m.exec(version.stdout)?.[0] : undefined;
  return {
    engine: answered,
    engineError: version.stderr,
    client: version.code !== 127,
    daemon: daemon.code === 0,
    compose: compose.code === 0 ? /\d[\w.+~-]*/.exec(compose.stdout)?.[0] : undefined,
    root: process.getuid?.() === 0,
    distribution: [...release.matchAll(/^ID(?:_LIKE)?="?([^"\n]+)"?$/gm)].flatMap(([, ids = '']) => ids.split(' ')),
    remote: process.env['DOCKER_HOST'],
  };
}

async function allow(steps: readonly EngineStep[], { yes, ask, note }: EngineOptions): Promise<void> {
  const what = steps.map(describeStep).join(', ');
  if (yes) {
    note(`  Docker is not ready here: going to ${what}.`);
    return;
  }
  if ((await ask(`Docker is not ready here. May I ${what}?`)) === true) return;
  throw stackFailure([
    error('Docker', `is not ready here; needed: ${what}`, 'Add --yes to have it done (npm run up -- --yes), or do it yourself.'),
  ]);
}

const STEPS: Readonly<Record<EngineStep, (options: EngineOptions) => Promise<void>>> = {
  'install-engine': async ({ exec }) => installPackages(exec, ['docker.io', 'iptables', 'ca-certificates']),
  'install-compose': async ({ exec, note }) => installComposePlugin(exec, note),
  'start-engine': async ({ exec }) => {
    const systemd = await access('/run/systemd/system').then(
      () => true,
      () => false,
    );
    if (systemd) await exec(['systemctl', 'enable', '--now', 'docker']);
    else await startWithoutSystemd(exec);
    const deadline = Date.now() + STARTS_WITHIN_MS;
    while ((await engineFacts(exec)).engine === undefined) {
      if (Date.now() > deadline) throw await didNotStart(exec, systemd);
      await sleep(500);
    }
  },
};

/** A container host without systemd (a container, a minimal VM): the engine keeps running after this program ends. */
async function startWithoutSystemd(exec: Exec): Promise<void> {
  // systemd makes every mount shared; node exporter's rslave mount of / needs it.
  await exec(['mount', '--make-rshared', '/']);
  const log = openSync(ENGINE_LOG, 'a');
  spawn('dockerd', [], { detached: true, stdio: ['ignore', log, log] }).unref();
}

async function didNotStart(exec: Exec, systemd: boolean) {
  const log = systemd
    ? (await exec(['journalctl', '-u', 'docker', '-n', '8', '--no-pager', '-o', 'cat'])).stdout
    : (await readFile(ENGINE_LOG, 'utf8').catch(() => '')).split('\n').slice(-9).join('\n');
  return stackFailure([
    error(
      'Docker Engine',
      `does not answer ${STARTS_WITHIN_MS / 1000} s after it was started:\n${log}`,
      systemd ? 'journalctl -u docker' : `less ${ENGINE_LOG}`,
    ),
  ]);
}
