import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, readTree } from '../../scripts/base/files.ts';

/** One block of commands of a runbook's diagnosis. */
export interface Diagnosis {
  /** Such as `redis/RedisDown`. */
  readonly page: string;
  readonly script: string;
}

/** Commands of the stack, its containers and its databases; what only the server itself has (`journalctl`, `ethtool`) is not among them. */
const OF_THE_STACK = /^(docker|npm)\s/;

/**
 * The commands of every runbook's diagnosis that speak to the stack, with what they leave to be filled in replaced; without those about services
 * that do not run here.
 *
 * @param fill what to replace in the pages of a module
 */
export async function diagnosisCommands(
  fill: (module: string) => Readonly<Record<string, string>>,
  services: readonly string[],
): Promise<readonly Diagnosis[]> {
  const pages = [...(await readTree(ROOT, 'runbooks')).keys()].filter((path) => /\/[A-Z]\w+\.md$/.test(path));
  return pages.flatMap((path) => {
    const diagnosis = /^## Diagnosis\n([^]*?)^## /m.exec(readFileSync(join(ROOT, path), 'utf8'))?.[1] ?? '';
    const lines = [...diagnosis.matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, block = '']) => block.split('\n'));
    return lines
      .filter((line) => OF_THE_STACK.test(line) && (serviceOf(line) === undefined || services.includes(serviceOf(line) ?? '')))
      .map((line) => ({
        page: path.replace(/^runbooks\/|\.md$/g, ''),
        script: Object.entries(fill(path.split('/')[1] ?? '')).reduce(
          (text, [word, value]) => text.replace(new RegExp(`(?<![\\w.])${word}(?!\\w)`, 'g'), value),
          line,
        ),
      }));
  });
}

/** The service that a `docker compose` command is about. */
function serviceOf(line: string): string | undefined {
  return /^docker compose (?:exec -T|logs(?: --\w+ \S+)*|ps(?: -\w+)*|restart) ([a-z-]+)/.exec(line)?.[1];
}
