import { parseArguments } from '../base/args.ts';
import { askSecret, askText, choose } from '../base/prompt.ts';
import { CHANNELS, type ChannelEntry } from '../alertmanager/channel-catalog.ts';
import { isSecret, isSetUp, presentValue, wrongValue, type Answers, type ConfigurePlan, type Present } from './configure.ts';
import { inputFailure } from '../base/failure.ts';
import { error, type Problem } from '../base/problem.ts';

const FIELDS = CHANNELS.flatMap(({ fields }) => fields);
const BOTH = ['EMAIL_CRITICAL', 'EMAIL_WARNING'] as const;

/** A request to `npm run configure`. */
export interface ConfigureRequest {
  /** Values as they were given, by option: `-` and `@file` are not read yet. */
  readonly given: Readonly<Record<string, string>>;
  readonly off: readonly string[];
  readonly dryRun: boolean;
  readonly apply: boolean;
  readonly test: boolean;
  readonly help: boolean;
}

/** Every option, a line each. */
export function configureUsage(): string {
  const line = (flag: string, text: string): string => `  --${flag.padEnd(30)} ${text}`;
  const channels = CHANNELS.flatMap(({ title, help, fields }) => [
    `${title} (${help})`,
    ...fields.map(({ key, flag, ask }) => line(`${flag} ${isSecret(key) ? '-|@FILE|VALUE' : 'VALUE'}`, ask)),
    ...(title === 'Email' ? [line('email-to VALUE', 'Who gets critical alerts and warnings')] : []),
  ]);
  return [
    'npm run configure                      asks for each channel',
    'npm run configure -- --OPTION VALUE …  sets them without questions',
    '',
    'A secret is read from standard input (-) or a file (@FILE). As a plain value, every user of this host sees it in the process list.',
    'Secrets go to secrets/, the rest to .env; other settings stay unchanged.',
    '',
    ...channels,
    '',
    line('off CHANNEL', `turns a channel off: ${CHANNELS.map(({ name }) => name).join(', ')}`),
    line('dry-run', 'shows what would be written, secrets masked'),
    line('apply', 'applies it, as npm run up does'),
    line('test', 'then sends a test alert through the given channels only; if it does not arrive, the old settings are restored'),
  ].join('\n');
}

/** Reads the options. */
export function configureRequest(args: readonly string[]): ConfigureRequest {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArguments(args, {
    usage: 'npm run configure -- --help',
    options: {
      ...Object.fromEntries(FIELDS.map((field) => [field.flag, text])),
      'email-to': text,
      off: { type: 'string', multiple: true },
      'dry-run': flag,
      apply: flag,
      test: flag,
      help: flag,
    },
  });
  const read = values as Readonly<Record<string, string | boolean | string[] | undefined>>;
  const off = Array.isArray(read['off']) ? read['off'] : [];
  const unknown = off.find((name) => !CHANNELS.some((channel) => channel.name === name));
  if (unknown !== undefined)
    throw inputFailure([error('arguments', `--off ${unknown} is not a channel`, `One of ${CHANNELS.map(({ name }) => name).join(', ')}.`)]);
  const given = Object.fromEntries(Object.entries(read).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
  const on = (name: string): boolean => read[name] === true;
  return { given, off, dryRun: on('dry-run'), apply: on('apply') || on('test'), test: on('test'), help: on('help') };
}

/** Options that hold a plain secret, visible to others. */
export function openSecrets(given: Readonly<Record<string, string>>): readonly string[] {
  return FIELDS.filter(({ key, flag }) => isSecret(key) && given[flag] !== undefined && !/^(-|@.*|)$/.test(given[flag])).map(
    ({ flag }) => `--${flag}`,
  );
}

/** Options to keys of `.env`. */
export function answersOf(given: Readonly<Record<string, string>>): Answers {
  const both = given['email-to'];
  return {
    ...(both === undefined ? {} : Object.fromEntries(BOTH.map((key) => [key, both]))),
    ...Object.fromEntries(FIELDS.flatMap(({ key, flag }) => (given[flag] === undefined ? [] : [[key, given[flag]]]))),
  };
}

/** `--email-to` sets two options; its problem is reported once, under that name. */
export function asTyped(problems: readonly Problem[], given: Readonly<Record<string, string>>): readonly Problem[] {
  if (given['email-to'] === undefined) return problems;
  const meant = FIELDS.filter(({ key, flag }) => BOTH.some((both) => both === key) && given[flag] === undefined).map(
    ({ flag }) => `--${flag}`,
  );
  const typed = problems.map((problem) => (meant.includes(problem.place) ? { ...problem, place: '--email-to' } : problem));
  return typed.filter(({ place }, index) => place !== '--email-to' || typed.findIndex((one) => one.place === place) === index);
}

/** Asks for the channels, then for each one's values. Enter keeps a present value. */
export async function askChannels(present: Present): Promise<Answers> {
  const picked = await choose(
    'Which channels? (space selects, Enter continues)',
    CHANNELS.map((channel) => ({ value: channel, name: `${channel.title}${isSetUp(channel, present) ? ' (set up)' : ''}` })),
  );
  const answers: Record<string, string> = {};
  for (const channel of picked) await askChannel(channel, present, answers);
  return answers;
}

async function askChannel({ title, help, fields }: ChannelEntry, present: Present, answers: Record<string, string>): Promise<void> {
  for (const { key, ask, needed } of fields) {
    if (key === 'SMTP_PASSWORD' && answers['SMTP_USER'] === '') continue;
    if (key === 'SMTP_PORT' && /:\d+$/.test(answers['SMTP_HOST'] ?? '')) continue;
    const before = presentValue(key, present);
    const validate = (value: string): true | string => {
      const bad = wrongValue(key, value.trim());
      if (bad !== undefined) return `This ${bad.wrong.replace(/^"[^"]*" /, '')}. ${bad.fix ?? ''}`;
      return value.trim() === '' && needed && before === '' ? help : true;
    };
    const message = `${title}: ${ask}`;
    if (isSecret(key)) {
      const value = (await askSecret(before === '' ? message : `${message} (Enter keeps the present one)`, validate)).trim();
      if (value !== '') answers[key] = value;
    } else {
      const proposed = before !== '' ? before : key === 'EMAIL_WARNING' ? (answers['EMAIL_CRITICAL'] ?? '') : '';
      answers[key] = (await askText(message, proposed, validate)).trim();
    }
  }
}

/** What would be, or was, written; secrets are masked. */
export function renderConfigure({ changes }: ConfigurePlan): string {
  if (changes.length === 0) return 'Nothing changes.';
  const width = Math.max(...changes.map(({ place }) => place.length));
  return changes.map(({ place, shown, how }) => `  ${place.padEnd(width)}  ${shown}${shown === '' ? '' : '  '}(${SAYS[how]})`).join('\n');
}

const SAYS = { new: 'new', replaced: 'replaces the present one', moved: 'moved here from .env', removed: 'removed' } as const;
