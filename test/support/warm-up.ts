// Builds every image that the tests need and lets the rule tests pass once, so that stacks that start side by side do not all do the same work.
import { MODULE_NAMES } from '../../scripts/modules/index.ts';
import { databasesImage } from './databases.ts';
import { E2eStack } from './e2e-stack.ts';

const stack = await E2eStack.create('pharos-warm-up');
stack.set({
  MODULES: MODULE_NAMES.join(','),
  POSTGRES_INSTANCES: 'db=postgresql://pharos_monitor@db:5432/postgres',
  REDIS_INSTANCES: 'cache=redis://cache:6379',
  VECTOR_INSTANCES: 'db',
});
stack.write('secrets/postgres_db_password', 'nobody logs in');
const { code, stdout, stderr } = await stack.run('up', '--dry-run', '--yes');
await stack.destroy();
if (code !== 0) console.error(stdout + stderr);
else await databasesImage();
process.exitCode = code;
