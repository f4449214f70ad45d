import { error, warning, type Problem } from '../base/problem.ts';
import type { PlainSettings } from './table.ts';

/** A rule over several settings. `at` gives the place of a key in the file. */
type Rule = (settings: PlainSettings, at: (key: string) => string, channels: Readonly<Record<string, string>>) => readonly Problem[];

const databasesAreNamed: Rule = (settings, at) =>
  (['postgres', 'redis'] as const).flatMap((module) => {
    const key = module === 'postgres' ? 'POSTGRES_INSTANCES' : 'REDIS_INSTANCES';
    const on = settings.MODULES.includes(module);
    if (on && settings[key].length === 0)
      return [
        error(
          at(key),
          `${key} is empty, but MODULES turns ${module} on`,
          `Name the servers in ${key} (npm run detect finds them), or take ${module} out of MODULES.`,
        ),
      ];
    // The vector exporter takes its servers from there too.
    const used = module === 'postgres' && settings.MODULES.includes('vector');
    if (!on && !used && settings[key].length > 0)
      return [warning(at(key), `${key} is set, but the module is off`, `Add ${module} to MODULES.`)];
    return [];
  });

const vectorsAreNamed: Rule = (settings, at) => {
  const key = 'VECTOR_INSTANCES';
  const items = settings[key];
  if (!settings.MODULES.includes('vector'))
    return items.length > 0 ? [warning(at(key), `${key} is set, but the module is off`, 'Add vector to MODULES.')] : [];
  if (items.length === 0)
    return [
      error(
        at(key),
        `${key} is empty, but MODULES turns vector on`,
        `Name the instances of POSTGRES_INSTANCES that hold vectors in ${key}, or take vector out of MODULES.`,
      ),
    ];
  const names = settings.POSTGRES_INSTANCES.map(({ name }) => name);
  return items
    .filter(({ instance }) => !names.includes(instance))
    .map(({ instance }) =>
      error(
        at(key),
        `${key}: POSTGRES_INSTANCES does not have "${instance}"`,
        names.length > 0 ? `It has ${names.join(', ')}.` : 'Name the server in POSTGRES_INSTANCES.',
      ),
    );
};

const PORTS = ['GRAFANA_PORT', 'PROMETHEUS_PORT', 'ALERTMANAGER_PORT', 'HISTORY_PORT', 'LOKI_PORT', 'PUSHGATEWAY_PORT'] as const;

const portsDiffer: Rule = (settings, at) =>
  PORTS.flatMap((key, index) => {
    const earlier = PORTS.slice(0, index).find((other) => settings[other] === settings[key]);
    return earlier === undefined
      ? []
      : [error(at(key), `${key} is ${settings[key]}, as is ${earlier}`, 'Give each service a port of its own.')];
  });

const openToTheWorld: Rule = (settings, at) =>
  settings.BIND_ADDRESS === '127.0.0.1' || settings.BIND_ADDRESS === '::1'
    ? []
    : [
        warning(
          at('BIND_ADDRESS'),
          `BIND_ADDRESS=${settings.BIND_ADDRESS} opens every page of the stack beyond this host; Docker’s published ports bypass UFW and firewalld`,
          'Only Grafana asks for a password. Keep 127.0.0.1 and use an SSH tunnel or a reverse proxy with a login, or filter in the DOCKER-USER chain.',
        ),
      ];

const composeFileIsOurs: Rule = (settings, at) =>
  settings.COMPOSE_FILE.split(':').includes('.effective/compose.yml')
    ? []
    : [
        error(
          at('COMPOSE_FILE'),
          'COMPOSE_FILE does not name .effective/compose.yml, which `up` writes',
          'COMPOSE_FILE=.effective/compose.yml',
        ),
      ];

const ADDRESSES = ['EMAIL_CRITICAL', 'EMAIL_WARNING', 'EMAIL_SECURITY', 'EMAIL_DBA', 'EMAIL_ML'] as const;

const emailIsWhole: Rule = (_, at, channels) => {
  const given = ADDRESSES.filter((key) => (channels[key] ?? '') !== '');
  if ((channels['SMTP_HOST'] ?? '') === '')
    return given.map((key) => warning(at(key), `${key} is set, but without SMTP_HOST no email is sent`, 'Set SMTP_HOST.'));
  const problems: Problem[] = [];
  if ((channels['SMTP_FROM'] ?? '') === '')
    problems.push(error(at('SMTP_FROM'), 'SMTP_FROM is empty, but SMTP_HOST turns email on', 'SMTP_FROM=alerts@your-domain'));
  if (given.length === 0)
    problems.push(error(at('EMAIL_CRITICAL'), 'SMTP_HOST turns email on, but nobody has an address', 'EMAIL_CRITICAL=oncall@your-domain'));
  return problems;
};

const TWILIO = ['TWILIO_ACCOUNT_SID', 'TWILIO_FROM', 'SMS_TO'] as const;

const twilioIsWhole: Rule = (settings, at) => {
  const given = TWILIO.filter((key) => settings[key] !== '');
  return given.length === 0
    ? []
    : TWILIO.filter((key) => settings[key] === '').map((key) =>
        error(at(key), `${key} is empty, but ${given.join(' and ')} is set`, 'SMS through Twilio needs all three, and TWILIO_AUTH_TOKEN.'),
      );
};

const securityIsShown: Rule = (settings, at) => {
  const [on, node] = [settings.MODULES.includes('security'), settings.MODULES.includes('node')];
  if (on && !node) return [error(at('MODULES'), 'MODULES turns security on without node, which shows its metrics', 'Add node to MODULES.')];
  return on || settings.SECURITY_CERTIFICATES.length === 0
    ? []
    : [warning(at('SECURITY_CERTIFICATES'), 'SECURITY_CERTIFICATES is set, but the module is off', 'Add security to MODULES.')];
};

/** Settings that move a warning, with the critical alert of the same thing and the percentage at which that one fires. A test keeps them equal to the rules. */
export const CRITICAL_SIBLINGS = [
  { key: 'ALERT_CPU_THRESHOLD', warns: 'HighCPUUsage', critical: 'CriticalCPUUsage', at: 95 },
  { key: 'ALERT_MEMORY_THRESHOLD', warns: 'HighMemoryUsage', critical: 'CriticalMemoryUsage', at: 95 },
  { key: 'ALERT_ERROR_RATE_THRESHOLD', warns: 'HighErrorRate', critical: 'CriticalErrorRate', at: 5 },
] as const;

const warningsComeFirst: Rule = (settings, at) =>
  CRITICAL_SIBLINGS.flatMap(({ key, warns, critical, at: limit }) => {
    const fix = `Set it below ${limit}, or silence ${warns} in Alertmanager where nobody wants it.`;
    if (settings[key] >= 100)
      return [error(at(key), `${key} is ${settings[key]}: more than 100 % does not exist, so ${warns} would never fire`, fix)];
    return settings[key] >= limit
      ? [warning(at(key), `${key} is ${settings[key]}, and ${critical} fires at ${limit} already: ${warns} would warn of nothing`, fix)]
      : [];
  });

const RULES: readonly Rule[] = [
  warningsComeFirst,
  securityIsShown,
  databasesAreNamed,
  vectorsAreNamed,
  portsDiffer,
  openToTheWorld,
  composeFileIsOurs,
  emailIsWhole,
  twilioIsWhole,
];

/** Problems between settings that are each well-formed. */
export function settingRules(
  settings: PlainSettings,
  channels: Readonly<Record<string, string>>,
  at: (key: string) => string,
): readonly Problem[] {
  return RULES.flatMap((rule) => rule(settings, at, channels));
}
