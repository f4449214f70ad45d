import type { Sample } from '../../scripts/clients/prometheus.ts';
import { startContainer } from './cleanup.ts';
import { eventually, sh, type E2eStack } from './e2e-stack.ts';

/** Containers of services beside a stack that has the module containers, and what its Prometheus shows of them. */
export interface Services {
  /** The name of a service's container. */
  readonly nameOf: (service: string) => string;
  /** Starts a container of a service. @param options of `docker run`; @param script what its shell runs */
  readonly run: (service: string, options: readonly string[], script: string) => Promise<void>;
  /** Waits until a query gives a value that is right. */
  readonly seen: (expr: string, right: (value: number) => boolean, seconds?: number) => Promise<void>;
}

export const is = (wanted: number) => (value: number) => value === wanted;

export function servicesOf(stack: () => E2eStack): Services {
  const nameOf = (service: string): string => `${stack().project}-x-${service}`;
  return {
    nameOf,
    run: async (service, options, script) => {
      const exporter = `${stack().project}-container-exporter-1`;
      const image = (await sh(['docker', 'inspect', '-f', '{{.Config.Image}}', exporter])).stdout.trim();
      const label = `com.docker.compose.service=${service}`;
      await startContainer(stack().project, nameOf(service), '--label', label, ...options, '--entrypoint', 'sh', image, '-c', script);
    },
    seen: async (expr, right, seconds = 120) => {
      let last: readonly Sample[] = [];
      await eventually('', seconds, async () => {
        last = await stack().prometheus.query(expr);
        return last.some(({ value }) => right(value));
      }).catch(() => {
        throw new Error(`${expr} is ${JSON.stringify(last)} after ${seconds} s`);
      });
    },
  };
}
