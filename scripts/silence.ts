import { parseArguments } from './base/args.ts';
import { main } from './base/command.ts';
import { inputFailure } from './base/failure.ts';
import { ROOT } from './base/files.ts';
import { loadSettings } from './settings/io.ts';
import { endSilences, listSilences, silence } from './silence/io.ts';
import { requestOf } from './silence/request.ts';
import { countOf, silenceLines } from './silence/show.ts';

const USAGE =
  'npm run silence [-- <service|server|instance|container|alert|all> --for 30m --reason "…" | --end <id|name|all>] [--yes] [--json]';

/** Silences alerts for a while, lists the silences, and ends them. */
await main(async ({ args, report }) => {
  const { values, positionals } = parseArguments(args, {
    usage: USAGE,
    positionals: true,
    options: {
      for: { type: 'string' },
      reason: { type: 'string' },
      end: { type: 'string' },
      yes: { type: 'boolean', short: 'y' },
      json: { type: 'boolean' },
    },
  });
  const asked = requestOf({ words: positionals, for: values.for, reason: values.reason, end: values.end, yes: values.yes === true });
  if ('problems' in asked) throw inputFailure(asked.problems);
  const { request } = asked;
  const { settings } = await loadSettings(ROOT);
  const show = (json: unknown, text: readonly string[]): void =>
    report.result(values.json === true ? JSON.stringify(json, null, 2) : text.join('\n'));
  if (request.kind === 'list') {
    const silences = await listSilences(settings.plain);
    show(silences, silences.length === 0 ? ['Nothing is silenced.'] : silenceLines(silences, Date.now()));
  } else if (request.kind === 'end') {
    const ended = await endSilences(settings.plain, request.which);
    show(ended, ended.length === 0 ? ['Nothing is silenced.'] : ['Ended:', ...ended.map(({ id, what }) => `  ${id.slice(0, 8)}  ${what}`)]);
  } else {
    const { silences, mutes } = await silence(settings.plain, request);
    show(silences, [
      `${request.word} is silenced, which mutes ${countOf(mutes)} right now:`,
      ...silenceLines(silences, Date.now()),
      `The history still stores what is silenced. npm run silence -- --end ${request.word} ends it.`,
    ]);
  }
});
