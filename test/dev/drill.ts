import { parseArguments } from '../../scripts/base/args.ts';
import { main } from '../../scripts/base/command.ts';
import { inputFailure } from '../../scripts/base/failure.ts';
import { error } from '../../scripts/base/problem.ts';
import { drills } from '../drills/shared/registry.ts';
import { proveAndRecord } from './proof/command.ts';

/** Breaks real software and waits for the notification at the receiver, with a stack and targets of its own; a running stack is not touched. */
await main(async (context) => {
  const { positionals } = parseArguments(context.args, { usage: 'npm run drill [-- alert…]', options: {}, positionals: true });
  const unknown = positionals.filter((name) => !drills.some(({ alert }) => alert === name));
  if (unknown.length > 0) {
    const known = [...new Set(drills.map(({ alert }) => alert))].join(', ');
    throw inputFailure(unknown.map((name) => error('arguments', `there is no drill for ${name}`, `There are drills for ${known}.`)));
  }
  await proveAndRecord(context, positionals.length > 0 ? positionals : 'all', ['drills']);
});
