import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { stackFailure } from '../base/failure.ts';
import { interruptible } from '../base/interruptible.ts';
import { error } from '../base/problem.ts';
import type { Workspace } from '../engine/workspace.ts';
import { ensureImages } from '../images/io.ts';
import type { Demo } from '../modules/parts.ts';
import type { PlainSettings } from '../settings/table.ts';
import { wantedExporters } from './plan.ts';

export interface DemoImages {
  /** Values of the variables of the demo's Compose files. */
  readonly images: Readonly<Record<string, string>>;
  /** Exporters that can run and that the stack would scrape. */
  readonly exporters: readonly string[];
}

/**
 * Finds an image for every service of the demo. An exporter without one is skipped with a note; exporters that no module scrapes are
 * skipped too. Throws a `Failure` if any other service has none.
 */
export async function demoImages(
  { root, docker, exec, report, signal, mayInstall }: Workspace,
  parts: readonly Demo[],
  settings: PlainSettings,
  detail: (text: string) => void,
): Promise<DemoImages> {
  const exporters = wantedExporters(parts, settings.MODULES);
  const wanted = new Set([...parts.flatMap(({ services }) => services), ...exporters]);
  const needed = parts.flatMap(({ compose, images }) => {
    const pinned = pinnedImages(root, compose);
    return Object.entries(images).flatMap(([variable, { service, of }]) =>
      wanted.has(of) ? [{ variable, service, of, image: pinned.get(of) ?? '' }] : [],
    );
  });
  const { images, leftOut } = await ensureImages({
    exec: interruptible(exec, signal),
    docker,
    root,
    wanted: needed,
    mirror: settings.DEBIAN_MIRROR,
    mayInstall,
    detail,
    note: report.note,
  });
  const missing = needed.flatMap(({ service, of }) =>
    leftOut.filter((left) => left.service === service).map(({ reason }) => ({ of, reason })),
  );
  const vital = missing.filter(({ of }) => !exporters.includes(of));
  const fix = 'docker load brings an image from a host with a registry.';
  if (vital.length > 0) throw stackFailure(vital.map(({ of, reason }) => error(`image of ${of}`, reason, fix)));
  for (const { of, reason } of missing) report.note(`Skipped: ${of}: ${reason}`);
  return {
    images: Object.fromEntries(needed.map(({ variable, service }) => [variable, images.get(service)?.name ?? ''])),
    exporters: exporters.filter((exporter) => missing.every(({ of }) => of !== exporter)),
  };
}

/** The pinned image of each service, which its Compose file names as the default of a variable. */
function pinnedImages(root: string, file: string): ReadonlyMap<string, string> {
  const { services } = parse(readFileSync(join(root, file), 'utf8'), { merge: true }) as {
    services: Readonly<Record<string, { image: string }>>;
  };
  return new Map(Object.entries(services).map(([name, { image }]) => [name, /:-(.+)\}$/.exec(image)?.[1] ?? '']));
}
