import { mkdtemp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOlder, MINIMUM } from './plan.ts';
import { stackFailure } from '../base/failure.ts';
import { error } from '../base/problem.ts';
import type { Exec, ExecResult } from '../base/exec.ts';

const APT_MS = 600_000;
const QUIET = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: APT_MS } as const;
/** Folder in which Docker's client looks for plugins before the distribution's own. */
const PLUGINS = '/usr/local/lib/docker/cli-plugins';

/** Installs packages of the distribution. Throws a `Failure` with apt's output if that fails. */
export async function installPackages(exec: Exec, packages: readonly string[]): Promise<void> {
  await exec(['apt-get', 'update', '-qq'], QUIET);
  const result = await exec(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages], QUIET);
  if (result.code !== 0) throw aptFailure(packages.join(' '), result);
}

function aptFailure(what: string, { stderr }: ExecResult) {
  const lines = stderr
    .split('\n')
    .filter((line) => /^(E:|W:|Err|dpkg)/.test(line))
    .slice(-5)
    .join('\n      ');
  return stackFailure([
    error(`apt-get install ${what}`, lines || 'failed without output', 'Run it by hand to see the cause, then npm run up again.'),
  ]);
}

/**
 * Installs Compose 2: the package of this release if it is new enough (Ubuntu calls it docker-compose-v2, Debian 13 docker-compose),
 * else only the plugin's binary from a newer Debian suite's package, because Debian 12 still has Compose 1 under that name.
 */
export async function installComposePlugin(exec: Exec, note: (text: string) => void): Promise<void> {
  await exec(['apt-get', 'update', '-qq'], QUIET);
  for (const name of ['docker-compose-v2', 'docker-compose']) {
    const policy = await exec(['apt-cache', 'policy', name]);
    const candidate = /Candidate: (?:\d+:)?(\d\S*)/.exec(policy.stdout)?.[1];
    if (candidate === undefined || isOlder(candidate, MINIMUM.compose)) continue;
    const result = await exec(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', name], QUIET);
    if (result.code !== 0) throw aptFailure(name, result);
    return;
  }
  note('  This release has no Compose 2; installing only the plugin from a newer Debian suite.');
  await unpackPlugin(exec, note);
}

async function unpackPlugin(exec: Exec, note: (text: string) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pharos-compose-'));
  try {
    let last: ExecResult = { code: 1, stdout: '', stderr: '' };
    for (const suite of ['forky', 'trixie']) {
      last = await downloadFrom(exec, folder, suite, note);
      const deb = (await readdir(folder)).find((name) => name.endsWith('.deb'));
      if (last.code !== 0 || deb === undefined) continue;
      await exec(['dpkg-deb', '-x', join(folder, deb), join(folder, 'x')]);
      await mkdir(PLUGINS, { recursive: true });
      const copied = await exec([
        'install',
        '-m',
        '0755',
        join(folder, 'x/usr/libexec/docker/cli-plugins/docker-compose'),
        join(PLUGINS, 'docker-compose'),
      ]);
      if (copied.code === 0) return;
      last = copied;
    }
    throw aptFailure('docker-compose', last);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Downloads docker-compose with a separate apt configuration, so that this host's package lists and sources stay unchanged. */
async function downloadFrom(exec: Exec, folder: string, suite: string, note: (text: string) => void): Promise<ExecResult> {
  const mirror =
    /https?:\/\/[^\s]+\/debian\/?(?=\s|$)/m.exec(
      (await exec(['bash', '-c', 'cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null'])).stdout,
    )?.[0] ?? 'http://deb.debian.org/debian';
  await mkdir(join(folder, 'lists/partial'), { recursive: true });
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
  await writeFile(join(folder, 'sources'), `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror} ${suite} main\n`);
  const own = [
    '-o',
    `Dir::Etc::sourcelist=${join(folder, 'sources')}`,
    '-o',
    'Dir::Etc::sourceparts=-',
    '-o',
    `Dir::State::lists=${join(folder, 'lists')}`,
    '-o',
    `Dir::Cache=${join(folder, 'cache')}`,
    '-o',
    'APT::Sandbox::User=root',
  ];
  const update = async (extra: readonly string[]) => exec(['apt-get', ...own, ...extra, 'update'], QUIET);
  let extra: readonly string[] = [];
  let updated = await update(extra);
  if (isExpiredMirror(`${updated.stdout}${updated.stderr}`)) {
    note(`  The release file of ${mirror} is older than apt allows; the package is used anyway (its signature is checked).`);
    extra = ['-o', 'Acquire::Check-Valid-Until=false'];
    updated = await update(extra);
  }
  return updated.code === 0 ? exec(['apt-get', ...own, ...extra, 'download', 'docker-compose'], { ...QUIET, cwd: folder }) : updated;
}

/** True if apt rejects a mirror only because its release file has expired. */
export function isExpiredMirror(output: string): boolean {
  return /Release file for .* is expired|is expired \(invalid since/i.test(output);
}
