import { error, type Problem } from '../base/problem.ts';

/** What this machine has of Docker. */
export interface EngineFacts {
  /** Version of the engine that answers; undefined if none does. */
  readonly engine: string | undefined;
  /** The client's error if no engine answers. */
  readonly engineError: string;
  /** A `docker` client is installed. A client alone proves nothing. */
  readonly client: boolean;
  /** The engine is installed, running or not. */
  readonly daemon: boolean;
  /** Version of the Compose plugin; undefined if it is missing. */
  readonly compose: string | undefined;
  readonly root: boolean;
  /** `ID` and `ID_LIKE` of `/etc/os-release`. */
  readonly distribution: readonly string[];
  /** `DOCKER_HOST`, if it is set. */
  readonly remote: string | undefined;
}

/**
 * Docker Engine 20.10 is what Debian 12 ships. Compose before 2.26 does not merge this stack: 2.20 and 2.21 reject a network that several included
 * files name, up to 2.23 a service cannot override `read_only: true` of the base that it extends, and 2.24.7 prints memory limits as
 * written instead of in bytes.
 */
export const MINIMUM = { engine: '20.10', compose: '2.26' } as const;

export type EngineStep = 'install-engine' | 'start-engine' | 'install-compose';

/** What the engine still needs: steps that this program can take, and problems that it cannot solve. */
export interface EnginePlan {
  readonly steps: readonly EngineStep[];
  readonly problems: readonly Problem[];
}

/** Compares dotted versions number by number; text after the numbers is ignored. */
export function isOlder(version: string, minimum: string): boolean {
  const numbers = (text: string): number[] =>
    text
      .replace(/^v/, '')
      .split(/[.+~-]/)
      .map(Number);
  const [a, b] = [numbers(version), numbers(minimum)];
  for (const [index, wanted] of b.entries()) {
    const has = a[index] ?? 0;
    if (Number.isNaN(has)) return false;
    if (has !== wanted) return has < wanted;
  }
  return false;
}

/** Decides what to install and start. */
export function planEngine(facts: EngineFacts): EnginePlan {
  const debian = facts.distribution.some((id) => id === 'debian' || id === 'ubuntu');
  const problems: Problem[] = [];
  const steps: EngineStep[] = [];
  if (facts.engine === undefined) {
    if (/permission denied/i.test(facts.engineError)) {
      return {
        steps,
        problems: [
          error(
            'Docker Engine',
            'is installed, but this user may not use it',
            'sudo usermod -aG docker $USER, then log in again; or run the command with sudo.',
          ),
        ],
      };
    }
    if (facts.remote !== undefined) {
      return {
        steps,
        problems: [
          error('Docker Engine', `DOCKER_HOST is ${facts.remote}, and no engine answers there`, 'Start it there, or unset DOCKER_HOST.'),
        ],
      };
    }
    if (!facts.root || (!facts.daemon && !debian)) {
      const message = facts.daemon
        ? 'is installed but not running'
        : facts.client
          ? 'is missing: there is a docker client, but no engine'
          : 'is missing';
      problems.push(
        error(
          'Docker Engine',
          message,
          facts.daemon
            ? 'sudo systemctl start docker'
            : debian
              ? `sudo npm run up -- --yes installs it, or: sudo apt-get install docker.io`
              : 'Install Docker Engine 20.10 or newer: https://docs.docker.com/engine/install/',
        ),
      );
    } else steps.push(...(facts.daemon ? [] : (['install-engine'] as const)), 'start-engine');
  } else if (isOlder(facts.engine, MINIMUM.engine)) {
    problems.push(
      error(
        'Docker Engine',
        `is ${facts.engine}; this stack needs ${MINIMUM.engine} or newer`,
        'Upgrade it: https://docs.docker.com/engine/install/',
      ),
    );
  }
  if (facts.compose === undefined || isOlder(facts.compose, MINIMUM.compose)) {
    const has =
      facts.compose === undefined
        ? 'the plugin `docker compose` is missing (the old docker-compose 1 does not count)'
        : `is ${facts.compose}; this stack needs ${MINIMUM.compose} or newer`;
    if (facts.root && debian) steps.push('install-compose');
    else
      problems.push(
        error('Docker Compose', has, debian ? 'sudo npm run up -- --yes installs it' : 'https://docs.docker.com/compose/install/linux/'),
      );
  }
  return { steps, problems };
}

/** What a step does, for the question and the log. */
export function describeStep(step: EngineStep): string {
  return {
    'install-engine': 'install Docker Engine (package docker.io)',
    'start-engine': 'start the engine',
    'install-compose': 'install the Compose plugin',
  }[step];
}
