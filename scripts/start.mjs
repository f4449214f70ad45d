// Starts a command. Plain JavaScript without packages, because installing the packages is the first thing it does.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const { scripts, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const [command = '', ...args] = process.argv.slice(2);

function fail(message, fix) {
  process.stderr.write(`  ✗ ${message}\n    → ${fix}\n`);
  process.exit(2);
}

const commands = Object.keys(scripts).filter((name) => scripts[name].startsWith('node scripts/start.mjs'));
// `rules:mutate` starts rules-mutate.ts: file names have no colon. Users' commands are in scripts/, developers' in test/dev/.
const files = commands.map((name) => scripts[name].split(' ')[2]);
if (!files.includes(command))
  fail(command === '' ? 'no command was named' : `there is no command "${command}"`, `npm run ${commands.join(' | ')}`);

const needed = engines.node
  .replace(/[^\d.]/g, '')
  .split('.')
  .map(Number);
const actual = process.versions.node.split('.').map(Number);
if (actual[0] < needed[0] || (actual[0] === needed[0] && actual[1] < (needed[1] ?? 0))) {
  fail(
    `Node.js is ${process.versions.node}; this stack needs ${needed.join('.')} or newer`,
    'https://nodejs.org/en/download, or your distribution’s newer package',
  );
}

// The lock file as it was when the packages were installed: any difference means that they are not the ones the scripts expect.
const lock = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.installed-lock.json');
if (!existsSync(installed) || readFileSync(installed, 'utf8') !== readFileSync(lock, 'utf8')) {
  process.stderr.write('  … installing the npm packages (npm ci)\n');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    const lines = `${npm.stdout ?? ''}${npm.stderr ?? ''}${npm.error?.message ?? ''}`.trim().split('\n').slice(-12).join('\n      ');
    fail(
      `npm ci failed:\n      ${lines}`,
      'See that the npm registry can be reached (npm ping; npm config get proxy), then run the command again.',
    );
  }
  copyFileSync(lock, installed);
}

// A terminal sends Ctrl-C to the child as well; the wrapper there takes two that come together for one.
let child;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
const program = [join(root, 'scripts', `${command}.ts`), join(root, 'test/dev', `${command}.ts`)].find((path) => existsSync(path));
child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), program, ...args], {
  stdio: 'inherit',
});
child.on('exit', (code, signal) => {
  // Killed before it could say anything, so it had not done anything either.
  if (signal === 'SIGINT' || signal === 'SIGTERM') process.stderr.write('\nInterrupted. Nothing has been changed.\n');
  process.exit(code ?? 128 + (constants.signals[signal] ?? 1));
});
