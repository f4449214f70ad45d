import type { ContractSource, DebianImage } from './parts.ts';

/** Images of the stack's own services, which run on Node.js. */
export function nodeImage(uid: number, folders: readonly string[], owned: readonly string[] = []): DebianImage {
  return {
    package: 'nodejs',
    links: {},
    folders: Object.fromEntries([...folders.map((path) => [path, 0] as const), ...owned.map((path) => [path, uid] as const)]),
    changes: [`USER ${uid}:${uid}`, 'WORKDIR /app', 'ENTRYPOINT ["node"]'],
  };
}

/** Images of Prometheus exporters: one program; upstream's path is a link to Debian's. */
export function exporterImage(name: string, path: string, uid: number, folders: Readonly<Record<string, number>> = {}): DebianImage {
  return {
    package: name,
    links: { [path]: `/usr/bin/${name}` },
    folders,
    changes: [`USER ${uid}:${uid}`, 'WORKDIR /', `ENTRYPOINT ["${path}"]`],
  };
}

/** The contract source of a job that one exporter answers. */
export function contractOfJob(exporter: string, job: string): ContractSource {
  return { exporter, job, service: exporter, target: `{job="${job}"}`, series: [`{job="${job}"}`] };
}

/** The contract source of one of several services of a job. */
export function contractOfService(exporter: string, job: string, service: string, composeService = exporter): ContractSource {
  const selector = `{job="${job}",service="${service}"}`;
  return { exporter, job, service: composeService, target: selector, series: [selector] };
}

/** The same without the demo's target, whose page holds the exporter's own metrics as well. */
export function contractBesideDemo(source: ContractSource): ContractSource {
  const selector = `{job="${source.job}",service!="demo"}`;
  return { ...source, target: selector, series: [selector] };
}
