import { composeEnv } from '../settings/settings.ts';
import { stackFailure } from '../base/failure.ts';
import { error } from '../base/problem.ts';
import { mergeCompose } from '../engine/compose.ts';
import { ensureImages } from './io.ts';
import { loadSettings } from '../settings/io.ts';
import { interruptible } from '../base/interruptible.ts';
import type { Workspace } from '../engine/workspace.ts';

/** The image that `up` would use for a service, pulled or built. Throws a `Failure` if it is unavailable. */
export async function serviceImage({ root, exec, docker, report, signal, mayInstall }: Workspace, service: string): Promise<string> {
  const { plain } = (await loadSettings(root)).settings;
  const model = await mergeCompose(exec, root, ['*'], composeEnv(plain, { subnet: '', gateway: '127.0.0.1' }));
  const wanted = [{ service, image: model.services[service]?.image ?? '' }];
  const { images, leftOut } = await report.step(`image of ${service}`, async (detail) =>
    ensureImages({
      exec: interruptible(exec, signal),
      docker,
      root,
      wanted,
      mirror: plain.DEBIAN_MIRROR,
      mayInstall,
      detail,
      note: report.note,
    }),
  );
  const found = images.get(service);
  if (found === undefined) throw stackFailure(leftOut.map(({ reason }) => error(`image of ${service}`, reason)));
  return found.name;
}
