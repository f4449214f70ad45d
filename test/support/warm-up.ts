// Builds every image that the tests need and lets the rule tests pass once, so that stacks that start side by side do not all do the same work.
import { fleetTargets } from '../drills/shared/registry.ts';
import { watchTargets } from '../drills/shared/watch.ts';
import { databasesImage } from './databases.ts';
import { debianImage } from './debian-image.ts';
import { E2eStack } from './e2e-stack.ts';
import { watchFleet } from './fleet.ts';

const PROJECT = 'pharos-warm-up';
const stack = await E2eStack.create(PROJECT);
watchFleet(stack, PROJECT);
watchTargets(stack, fleetTargets);
// The fleet's network does not exist yet.
stack.set({ APP_NETWORKS: '' });
const { code, stdout, stderr } = await stack.run('up', '--dry-run', '--yes');
await stack.destroy();
if (code !== 0) console.error(stdout + stderr);
else {
  await databasesImage();
  for (const { image } of fleetTargets) if (image !== undefined) await debianImage(image);
}
process.exitCode = code;
