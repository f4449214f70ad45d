import { afterEach, describe, expect, it } from 'vitest';
import { interruption } from '../../../scripts/base/command.ts';
import type { Exec, ExecOptions } from '../../../scripts/base/exec.ts';
import { interruptible } from '../../../scripts/base/interruptible.ts';

const untouched = interruption.state;
afterEach(() => {
  interruption.state = untouched;
});

/** What a program is started with, and what an interrupt would say then. */
async function start(command: readonly string[], controller = new AbortController()) {
  const calls: ExecOptions[] = [];
  const exec: Exec = async (_, options = {}) => {
    calls.push(options);
    return { code: 0, stdout: '', stderr: '' };
  };
  await interruptible(exec, controller.signal)(command);
  return { ends: calls[0]?.signal === controller.signal, says: interruption.state };
}

describe('interruptible', () => {
  it('ends what only looks, and nothing has been changed', async () => {
    expect(await start(['docker', 'version'])).toEqual({ ends: true, says: 'Nothing has been changed.' });
  });
  it.each([
    [['docker', 'pull', 'x'], 'images may have been pulled or built'],
    [['bash', '-c', 'set -o pipefail; mmdebstrap | docker import - x'], 'images may have been pulled or built'],
    [['apt-get', 'update'], 'packages may have been installed'],
  ])('says from %j on what may have been changed: %s', async (command, says) => {
    expect(await start(command)).toEqual({ ends: true, says: expect.stringContaining(says) });
  });
  it('does not forget the packages for the images', async () => {
    await start(['apt-get', 'update']);
    expect((await start(['docker', 'pull', 'x'])).says).toContain('packages may have been installed');
  });
  it('lets apt end by itself: half a package must be fixed by hand', async () => {
    expect(await start(['apt-get', 'install', '-y', 'docker.io'])).toMatchObject({ ends: false });
  });
  it('starts nothing after an interrupt but what clears away', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(start(['apt-get', 'install', 'x'], controller)).rejects.toThrow();
    await expect(start(['docker', 'rm', 'x'], controller)).resolves.toMatchObject({ ends: false });
  });
});
