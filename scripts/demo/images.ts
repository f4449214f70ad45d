import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DEMO_EXPORTERS, DEMO_IMAGES, DEMO_SERVICES, type DemoExporter } from './plan.ts';
import { stackFailure } from '../base/failure.ts';
import { error } from '../base/problem.ts';
import type { PlainSettings } from '../settings/table.ts';
import { ensureImages } from '../images/io.ts';
import { interruptible } from '../base/interruptible.ts';
import type { Workplace } from '../engine/workplace.ts';

export interface DemoImages {
  /** Variables of the example's Compose file. */
  readonly images: Readonly<Record<string, string>>;
  /** Those that can run, and that the stack would ask. */
  readonly exporters: readonly DemoExporter[];
}

/**
 * Finds an image for every service of the example. An exporter without one is left out, with a line, and so is every exporter that nobody would
 * ask. Throws a `Failure` where the example itself has none.
 */
export async function demoImages(
  { root, docker, exec, report, signal, mayInstall }: Workplace,
  settings: PlainSettings,
  detail: (text: string) => void,
): Promise<DemoImages> {
  const { services } = parse(readFileSync(join(root, 'exporters/apps/example/compose.yml'), 'utf8'), { merge: true }) as {
    services: Readonly<Record<string, { image: string }>>;
  };
  const exporters = settings.MODULES.includes('apps') ? DEMO_EXPORTERS : [];
  const isWanted = (service: string): boolean => [...DEMO_SERVICES, ...exporters].some((one) => one === service);
  const needed = Object.entries(DEMO_IMAGES).filter(([, { of }]) => isWanted(of));
  const { images, leftOut } = await ensureImages({
    exec: interruptible(exec, signal),
    docker,
    root,
    wanted: needed.map(([, { service, of }]) => ({ service, image: /:-(.+)\}$/.exec(services[of]?.image ?? '')?.[1] ?? '' })),
    mirror: settings.DEBIAN_MIRROR,
    mayInstall,
    detail,
    note: report.note,
  });
  const missing = needed.flatMap(([, { service, of }]) =>
    leftOut.filter((left) => left.service === service).map(({ reason }) => ({ of, reason })),
  );
  const vital = missing.filter(({ of }) => !exporters.some((exporter) => exporter === of));
  if (vital.length > 0)
    throw stackFailure(
      vital.map(({ of, reason }) => error(`image of ${of}`, reason, 'docker load brings an image from a host with a registry.')),
    );
  for (const { of, reason } of missing) report.note(`Left out: ${of}: ${reason}`);
  return {
    images: Object.fromEntries(needed.map(([variable, { service }]) => [variable, images.get(service)?.name ?? ''])),
    exporters: exporters.filter((exporter) => missing.every(({ of }) => of !== exporter)),
  };
}
