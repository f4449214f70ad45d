import { parseArguments } from '../../scripts/base/args.ts';
import { main } from '../../scripts/base/command.ts';
import { changeOf, deaths, findingProblem, findingsOf } from './contracts/findings.ts';
import { wrongImages } from './contracts/sources.ts';
import { inputFailure, stackFailure } from '../../scripts/base/failure.ts';
import { capture, contractFile, presentContracts, withCaptured, writeContracts } from './contracts/files.ts';
import { readUses } from './contracts/read-uses.ts';
import { openWorkspace } from '../../scripts/engine/workspace.ts';

const USAGE = 'npm run contracts [-- --check] [--beside] [--image service=image]…';

/** Captures what every exporter really exposes, and says which alerts and panels would have nothing to show any more. */
await main(async (context) => {
  const { values } = parseArguments(context.args, {
    usage: USAGE,
    options: { check: { type: 'boolean' }, beside: { type: 'boolean' }, image: { type: 'string', multiple: true } },
  });
  const wrong = wrongImages(values.image ?? []);
  if (wrong.length > 0) throw inputFailure(wrong);
  const place = await openWorkspace(context);
  const [present, uses] = await Promise.all([presentContracts(place.root), readUses(place.root)]);
  const captured = await capture(place, values.image ?? []);
  const all = withCaptured(present, captured, values.beside === true);
  for (const contract of captured) {
    const change = changeOf(present.get(contractFile(contract, false)), contract);
    if (change !== undefined) context.report.note(`  ${change}`);
  }
  const written = values.check === true ? [] : await writeContracts(place.root, all);
  const dead = deaths(findingsOf(uses, present), findingsOf(uses, all));
  const names = new Set(dead.map(({ use }) => `${use.place} ${use.name}`)).size;
  context.report.result(`${captured.length} contracts captured, ${written.length} written; ${names} alerts and panels would die.`);
  const problems = dead.map(findingProblem);
  if (values.check === true && dead.length > 0) throw stackFailure(problems);
  context.report.problems(problems);
});
