import { digestOf } from '../base/digest.ts';
import { modules } from '../modules/index.ts';
import type { LintRun } from '../modules/parts.ts';

/** Folders that the linters read. */
export interface LintPaths {
  /** The staged `.effective/`. */
  readonly staged: string;
  /** A copy of the user's target files. */
  readonly targets: string;
  /** A copy of Alertmanager's files as they are checked in. */
  readonly alertmanager: string;
}

/** The runs for the services that have an image: every config is checked by the program that will use it. */
export function lintPlan(paths: LintPaths, services: ReadonlySet<string>): readonly LintRun[] {
  const { staged, targets, alertmanager } = paths;
  const runs: LintRun[] = [
    {
      title: 'promtool check config',
      subject: 'prometheus/prometheus.yml',
      service: 'prometheus',
      entrypoint: '/bin/promtool',
      args: ['check', 'config', '--lint=all', '--lint-fatal', '/etc/prometheus/prometheus.yml'],
      mounts: [
        [`${staged}/prometheus`, '/etc/prometheus'],
        [targets, '/etc/prometheus/targets'],
      ],
    },
    {
      title: 'amtool check-config',
      subject: 'alertmanager/alertmanager.yml',
      service: 'alertmanager',
      entrypoint: '/bin/amtool',
      // As checked in, with its own lines and with receivers without credentials: otherwise a mistake there would show only when a channel
      // is set up.
      args: ['check-config', '/etc/alertmanager/alertmanager.yml'],
      mounts: [[alertmanager, '/etc/alertmanager']],
    },
    {
      title: 'amtool check-config',
      subject: 'alertmanager/alertmanager.yml',
      service: 'alertmanager',
      entrypoint: '/bin/amtool',
      args: ['check-config', '/etc/alertmanager/alertmanager.yml'],
      mounts: [[`${staged}/alertmanager`, '/etc/alertmanager']],
    },
    ...modules.flatMap(({ lint }) => lint?.(staged) ?? []),
  ];
  return runs.filter(({ service }) => services.has(service));
}

/** The digest of each rule test with the rule files that it names and the image that runs it; with all rules if it names them in another way. */
export function ruleTestKeys(
  tests: Iterable<readonly [string, string]>,
  rules: Iterable<readonly [string, string]>,
  image: string,
): ReadonlyMap<string, string> {
  const all = [...rules];
  return new Map(
    [...tests].map(([path, text]) => {
      const block = /^rule_files:\n((?: +- .*\n)+)/m.exec(text)?.[1] ?? '';
      const named = [...block.matchAll(/- +['"]?(?:\.\.\/)+([^'"\s]+)/g)].map(([, file]) => all.find(([rule]) => rule === file));
      const found = named.flatMap((rule) => (rule === undefined ? [] : [rule]));
      const isKnown = found.length > 0 && found.length === block.trim().split('\n').length;
      return [path, digestOf([[path, text], ...(isKnown ? found : all), ['image', image]])];
    }),
  );
}

/** The rule tests, split into `parts` runs: promtool uses one core. The checked-in rules are tested, with their thresholds. */
export function ruleTestPlan(folder: string, tests: readonly string[], parts: number): readonly LintRun[] {
  return Array.from({ length: parts }, (_, part) => tests.filter((__, index) => index % parts === part))
    .filter((files) => files.length > 0)
    .map((files) => ({
      title: 'promtool test rules',
      subject: 'test/rules',
      service: 'prometheus',
      entrypoint: '/bin/promtool',
      args: ['test', 'rules', ...files.map((file) => `/stack/${file}`)],
      mounts: [[folder, '/stack']],
    }));
}
