import { basename, relative, sep } from 'node:path';
import { PORT_SETTINGS } from '../settings/table.ts';
import { editEnvText, parseEnvFile } from '../base/env-file.ts';

/** The defaults lie within 9090 to 9095 and 3001 to 3100: steps of 100 keep the copies' ranges apart. */
const STEP = 100;

/** What other stacks of this host have taken. */
export interface Taken {
  readonly projects: ReadonlySet<string>;
  readonly ports: ReadonlySet<number>;
}

/** The settings of a new copy that differ from `.env.example`. */
export interface NewProject {
  readonly project: string;
  /** By setting. */
  readonly ports: Readonly<Record<string, number>>;
  /** Added to every default port. */
  readonly shift: number;
  readonly envText: string;
}

/**
 * Plans the `.env` of a copy. Published ports are all shifted by the same step, so that the copies of a team differ by one number. Other ports
 * stay: those services listen on the gateway of their own stack's network.
 * Undefined if no step leaves all ports free.
 */
export function planNewProject(folder: string, exampleText: string, taken: Taken): NewProject | undefined {
  const defaults = portsOf(exampleText);
  const highest = Math.max(...Object.values(defaults));
  for (let shift = STEP; highest + shift <= 65_535; shift += STEP) {
    const ports = Object.fromEntries(Object.entries(defaults).map(([key, port]) => [key, port + shift]));
    if (Object.values(ports).some((port) => taken.ports.has(port))) continue;
    const project = projectName(folder, taken.projects);
    const changes = Object.fromEntries(Object.entries(ports).map(([key, port]) => [key, String(port)]));
    return { project, ports, shift, envText: editEnvText(exampleText, { COMPOSE_PROJECT_NAME: project, ...changes }) };
  }
  return undefined;
}

/** A Compose project name from a folder's name, with a number appended if it is taken. */
export function projectName(folder: string, taken: ReadonlySet<string>): string {
  const plain = basename(folder)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  const base = plain === '' ? 'monitoring' : plain;
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(name)) return name;
  }
}

/** The project's name and ports that the `.env` of a copy takes, running or not. */
export function takenBy(envText: string): { readonly project: string | undefined; readonly ports: readonly number[] } {
  const { entries } = parseEnvFile(envText, '.env');
  return { project: entries.find(({ key }) => key === 'COMPOSE_PROJECT_NAME')?.value, ports: Object.values(portsOf(envText)) };
}

function portsOf(envText: string): Readonly<Record<string, number>> {
  const { entries } = parseEnvFile(envText, '.env');
  return Object.fromEntries(
    PORT_SETTINGS.flatMap((key) => {
      const value = Number(entries.find((entry) => entry.key === key)?.value);
      return Number.isInteger(value) && value > 0 ? [[key, value]] : [];
    }),
  );
}

/** Whether a folder equals another one or is inside it. Both paths are absolute and free of links. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`));
}

/** What is never part of a copy, tracked or not: state, secrets and what is generated from them. */
const NEVER = ['.git', '.env', 'secrets', 'node_modules', '.effective', '.staging'];

/**
 * Whether a path of a stack's folder belongs in a copy of it.
 *
 * @param path relative to the folder, with `/`
 * @param ignored the lines of `.gitignore`; lines with a slash inside are not supported, and this stack has none
 */
export function belongsToCopy(path: string, ignored: readonly string[]): boolean {
  const parts = path.split('/');
  if (NEVER.includes(parts[0] ?? '')) return false;
  const patterns = ignored.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  // The last matching line counts; `!` negates the lines above it.
  const last = patterns.findLast((line) => {
    const pattern = line.replace(/^!/, '');
    const name = pattern.replace(/^\/|\/$/g, '');
    const glob = new RegExp(
      `^${name
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    );
    const candidates = pattern.startsWith('/') ? parts.slice(0, 1) : parts;
    return candidates.some((part, index) => glob.test(part) && (!pattern.endsWith('/') || index < parts.length - 1));
  });
  return last === undefined || last.startsWith('!');
}
