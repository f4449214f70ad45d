import { error, type Problem } from './problem.ts';

/** One run of a real tool over the staged configuration, in the image that will run it. */
export interface LintRun {
  /** What is checked, for people. */
  readonly title: string;
  readonly service: string;
  readonly entrypoint: string;
  readonly args: readonly string[];
  /** Host folder → folder in the container, read-only. */
  readonly mounts: readonly (readonly [string, string])[];
}

export interface LintPaths {
  /** The staged `.effective/`. */
  readonly staged: string;
  /** The checkout: rule tests and the user's target files are read where they stand. */
  readonly root: string;
}

/** The runs for the services that have an image: every config is read by the program that will live with it. */
export function lintPlan(paths: LintPaths, services: ReadonlySet<string>): readonly LintRun[] {
  const { staged, root } = paths;
  const runs: LintRun[] = [
    {
      title: 'promtool check config',
      service: 'prometheus',
      entrypoint: '/bin/promtool',
      args: ['check', 'config', '--lint=all', '--lint-fatal', '/etc/prometheus/prometheus.yml'],
      mounts: [
        [`${staged}/prometheus`, '/etc/prometheus'],
        [`${root}/prometheus/targets`, '/etc/prometheus/targets'],
      ],
    },
    {
      title: 'amtool check-config',
      service: 'alertmanager',
      entrypoint: '/bin/amtool',
      args: ['check-config', '/etc/alertmanager/alertmanager.yml'],
      mounts: [[`${staged}/alertmanager`, '/etc/alertmanager']],
    },
    {
      title: 'blackbox_exporter --config.check',
      service: 'blackbox-exporter',
      entrypoint: '/bin/blackbox_exporter',
      args: ['--config.file=/etc/blackbox_exporter/blackbox.yml', '--config.check'],
      mounts: [[`${staged}/blackbox`, '/etc/blackbox_exporter']],
    },
    {
      title: 'loki -verify-config',
      service: 'loki',
      entrypoint: '/usr/bin/loki',
      args: ['-config.file=/etc/loki/loki.yml', '-verify-config'],
      mounts: [[`${staged}/loki`, '/etc/loki']],
    },
    {
      title: 'alloy validate',
      service: 'alloy',
      entrypoint: '/bin/alloy',
      args: ['validate', '/etc/alloy/config.alloy'],
      mounts: [[`${staged}/alloy`, '/etc/alloy']],
    },
    {
      title: 'promtail -check-syntax',
      service: 'promtail',
      entrypoint: '/usr/bin/promtail',
      args: ['-config.file=/etc/promtail/promtail.yml', '-check-syntax'],
      mounts: [[`${staged}/promtail`, '/etc/promtail']],
    },
  ];
  return runs.filter(({ service }) => services.has(service));
}

/** The runs of the rule tests, dealt out to `parts` of them: promtool works on one core. The checked-in rules are tested, with the thresholds that stand there. */
export function ruleTestPlan(root: string, tests: readonly string[], parts: number): readonly LintRun[] {
  return Array.from({ length: parts }, (_, part) => tests.filter((__, index) => index % parts === part))
    .filter((files) => files.length > 0)
    .map((files) => ({
      title: 'promtool test rules',
      service: 'prometheus',
      entrypoint: '/bin/promtool',
      args: ['test', 'rules', ...files.map((file) => `/stack/test/rules/${file}`)],
      mounts: [
        [`${root}/test/rules`, '/stack/test/rules'],
        [`${root}/prometheus`, '/stack/prometheus'],
      ],
    }));
}

/** Folder in a container → folder of the checkout, so that a tool's message names the file that the user edits. */
const SOURCES: readonly (readonly [string, string])[] = [
  ['/etc/prometheus/', 'prometheus/'],
  ['/stack/', ''],
  ['/etc/alertmanager/', 'alertmanager/'],
  ['/etc/blackbox_exporter/', 'exporters/blackbox/'],
  ['/etc/loki/', 'loki/'],
  ['/etc/alloy/', 'loki/alloy/'],
  ['/etc/promtail/', 'loki/promtail/'],
];

const toSource = (text: string): string => SOURCES.reduce((result, [inside, outside]) => result.replaceAll(inside, outside), text);

/** Lines that say that something is fine, or only where a tool is. */
const QUIET =
  /^(Checking .*|SUCCESS.*|\s*SUCCESS.*|Found:|\s*- .*(global config|route|inhibit rules|receivers|templates).*|\s*FAILED:?|Unit Testing:.*|Error: lint error|)$/;

/** What a failed run says, as problems that name the files of the checkout. Its own output stands where it is not understood. */
export function lintProblems(run: LintRun, output: string): readonly Problem[] {
  const lines = output
    .split('\n')
    .map((line) => toSource(line.trimEnd()))
    .filter((line) => !QUIET.test(line));
  const located = lines.flatMap((line) => {
    const match = /([\w./-]+\.(?:ya?ml|alloy|tmpl))(?::\s*|",?\s*|\s+)(?:yaml: )?(?:line )?(\d+)?:?(?:\d+:)?\s*(.*)$/.exec(line);
    return match === null || !match[1]?.includes('/') ? [] : [{ file: match[1], line: match[2], text: match[3] || line }];
  });
  if (located.length === 0)
    return [
      error(
        run.title,
        lines.slice(-12).join('\n      ').trim() || 'failed without a word',
        'Mend the file; the running stack has not been touched.',
      ),
    ];
  return located.map(({ file, line, text }) =>
    error(
      line === undefined ? file : `${file}:${line}`,
      `${run.title}: ${text.trim()}`,
      'Mend the file; the running stack has not been touched.',
    ),
  );
}
