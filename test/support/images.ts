import type Docker from 'dockerode';
import { parse } from 'yaml';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComposeModel } from '../../scripts/base/compose-model.ts';
import { ensureImages } from '../../scripts/images/io.ts';
import { exec } from '../../scripts/base/exec.ts';
import { ROOT } from '../../scripts/base/files.ts';

/** The image that the stack would run a core service in, found or built as `up` does it. */
export async function serviceImage(docker: Docker, service: string): Promise<string> {
  const model = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as ComposeModel;
  const image = model.services[service]?.image ?? '';
  const mirror = process.env['DEBIAN_MIRROR'] ?? 'http://deb.debian.org/debian';
  const { images } = await ensureImages({
    exec,
    docker,
    root: ROOT,
    wanted: [{ service, image }],
    mirror,
    mayInstall: async () => true,
    detail: () => undefined,
    note: () => undefined,
  });
  const found = images.get(service);
  if (found === undefined) throw new Error(`no image of ${service} can be had`);
  return found.name;
}
