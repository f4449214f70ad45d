import { error, warning, type Problem } from '../base/problem.ts';
import { modules } from '../modules/index.ts';
import { PORT_SETTINGS, type PlainSettings } from './table.ts';

/** A rule over several settings. `at` gives the place of a key in the file. */
type Rule = (settings: PlainSettings, at: (key: string) => string, channels: Readonly<Record<string, string>>) => readonly Problem[];

const portsDiffer: Rule = (settings, at) => {
  const ports = PORT_SETTINGS.map((key) => [key, (settings as Readonly<Record<string, unknown>>)[key]] as const);
  return ports.flatMap(([key, port], index) => {
    const earlier = ports.slice(0, index).find(([, other]) => other === port);
    return earlier === undefined
      ? []
      : [error(at(key), `${key} is ${String(port)}, as is ${earlier[0]}`, 'Give each service its own port.')];
  });
};

const openToTheWorld: Rule = (settings, at) =>
  settings.BIND_ADDRESS === '127.0.0.1' || settings.BIND_ADDRESS === '::1'
    ? []
    : [
        warning(
          at('BIND_ADDRESS'),
          `BIND_ADDRESS=${settings.BIND_ADDRESS} opens every page of the stack beyond this host; Docker’s published ports bypass UFW and firewalld`,
          'Only Grafana requires a password. Keep 127.0.0.1 and use an SSH tunnel or a reverse proxy with a login, or filter in the DOCKER-USER chain.',
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
    problems.push(error(at('EMAIL_CRITICAL'), 'SMTP_HOST turns email on, but no address is set', 'EMAIL_CRITICAL=oncall@your-domain'));
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

const moduleRules: Rule = (settings, at) => modules.flatMap(({ rules }) => rules?.(settings, at) ?? []);

const warningsComeFirst: Rule = (settings, at) =>
  modules.flatMap(({ thresholds }) =>
    thresholds.flatMap(({ alert, setting: key, critical }) => {
      if (critical === undefined) return [];
      const value = (settings as unknown as Readonly<Record<string, number>>)[key] ?? 0;
      const fix = `Set it below ${critical.at}, or silence ${alert} in Alertmanager if no one wants it.`;
      if (value >= 100) return [error(at(key), `${key} is ${value}: more than 100 % is impossible, so ${alert} would never fire`, fix)];
      return value >= critical.at
        ? [warning(at(key), `${key} is ${value}, but ${critical.alert} already fires at ${critical.at}: ${alert} would come too late`, fix)]
        : [];
    }),
  );

const RULES: readonly Rule[] = [
  warningsComeFirst,
  moduleRules,
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
