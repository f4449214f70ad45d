import { parseArguments } from './cli/args.ts';
import { main } from './cli/command.ts';
import { changeOf, deaths, findingProblem, findingsOf } from './core/contract-findings.ts';
import { contractFile } from './core/contracts.ts';
import { stackFailure } from './core/failure.ts';
import { capture, presentContracts, withCaptured, writeContracts } from './steps/contracts.ts';
import { readUses } from './steps/contract-uses.ts';
import { openWorkplace } from './steps/workplace.ts';

const USAGE = 'npm run contracts [-- --check] [--beside] [--image service=image]…';

/** Captures what every exporter really exposes, and says which alerts and panels would have nothing to show any more. */
await main(async (context) => {
  const { values } = parseArguments(context.args, {
    usage: USAGE,
    options: { check: { type: 'boolean' }, beside: { type: 'boolean' }, image: { type: 'string', multiple: true } },
  });
  const place = await openWorkplace(context);
  const [present, uses] = await Promise.all([presentContracts(place.root), readUses(place.root)]);
  const captured = await capture(place, values.image ?? []);
  const all = withCaptured(present, captured, values.beside === true);
  for (const contract of captured) {
    const change = changeOf(present.get(contractFile(contract, false)), contract);
    if (change !== undefined) context.report.note(`  ${change}`);
  }
  const written = values.check === true ? [] : await writeContracts(place.root, all);
  const dead = deaths(findingsOf(uses, present), findingsOf(uses, all)).map(findingProblem);
  const names = new Set(dead.map(({ place: where, message }) => `${where} ${message.split(':')[0]}`)).size;
  context.report.result(`${captured.length} contracts captured, ${written.length} written; ${names} alerts and panels would die.`);
  if (values.check === true && dead.length > 0) throw stackFailure(dead);
  context.report.problems(dead);
});
