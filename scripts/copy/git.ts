import { warning, type Problem } from '../base/problem.ts';
import type { Exec } from '../base/exec.ts';

/** Makes a repository of a folder, with one commit of exactly the given files. Errors are returned, not thrown: the folder is usable without git. */
export async function firstCommit(
  exec: Exec,
  folder: string,
  files: readonly string[],
): Promise<{ readonly id: string } | { readonly problem: Problem }> {
  const git = async (...args: readonly string[]) => exec(['git', ...args], { cwd: folder });
  const fix = `cd ${folder} && git init && git add -A && git commit -m "Copy the monitoring stack"`;
  if ((await git('--version')).code !== 0) return { problem: warning(folder, 'is not a repository: git is not installed here', fix) };
  const init = await git('init', '--quiet');
  // The user's global ignore file must not decide what a stack needs, so the files are named.
  const add =
    init.code === 0
      ? await exec(['git', 'add', '-f', '--pathspec-from-file=-', '--pathspec-file-nul'], { cwd: folder, input: files.join('\0') })
      : init;
  const commit =
    add.code === 0 ? await git(...(await identity(git)), 'commit', '--quiet', '--no-verify', '-m', 'Copy the monitoring stack') : add;
  if (commit.code !== 0) return { problem: warning(folder, `has no first commit: ${commit.stderr.trim().split('\n')[0] ?? ''}`, fix) };
  return { id: (await git('rev-parse', '--short', 'HEAD')).stdout.trim() };
}

/** A fresh machine has no `user.name`, and signing may need a person. */
async function identity(git: (...args: readonly string[]) => ReturnType<Exec>): Promise<readonly string[]> {
  const isSet = async (key: string): Promise<boolean> => (await git('config', key)).stdout.trim() !== '';
  const name = (await isSet('user.name')) ? [] : ['-c', 'user.name=Pharos'];
  const email = (await isSet('user.email')) ? [] : ['-c', 'user.email=pharos@localhost'];
  return [...name, ...email, '-c', 'commit.gpgsign=false'];
}
