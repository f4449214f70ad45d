// Builds every image that the tests need and lets the rule tests pass once, so that stacks that start side by side do not all do the same work.
import { main } from '../../scripts/base/command.ts';
import { stackFailure } from '../../scripts/base/failure.ts';
import { error } from '../../scripts/base/problem.ts';
import { demoImages } from '../../scripts/demo/images-io.ts';
import { demoParts } from '../../scripts/demo/plan.ts';
import { openWorkspace } from '../../scripts/engine/workspace.ts';
import { MODULE_NAMES } from '../../scripts/modules/index.ts';
import { readSettings } from '../../scripts/settings/settings.ts';
import { fleetTargets } from '../drills/shared/registry.ts';
import { watchTargets } from '../drills/shared/watch.ts';
import { databasesImage } from './databases.ts';
import { debianImage } from './debian-image.ts';
import { E2eStack } from './e2e-stack.ts';
import { watchFleet } from './fleet.ts';

const PROJECT = 'pharos-warm-up';

await main(async (context) => {
  const stack = await E2eStack.create(PROJECT);
  try {
    watchFleet(stack, PROJECT);
    watchTargets(stack, fleetTargets);
    // The fleet's network does not exist yet.
    stack.set({ APP_NETWORKS: '' });
    const { code, stdout, stderr } = await stack.run('up', '--dry-run', '--yes');
    if (code !== 0) throw stackFailure([error('npm run up -- --dry-run', stdout + stderr)]);
    const settings = { ...readSettings([], '.env').settings.plain, MODULES: MODULE_NAMES };
    const place = await openWorkspace(context, true);
    await demoImages(place, demoParts(MODULE_NAMES), settings, () => undefined);
    await databasesImage();
    for (const { image } of fleetTargets) if (image !== undefined) await debianImage(image);
  } finally {
    await stack.destroy();
  }
});
