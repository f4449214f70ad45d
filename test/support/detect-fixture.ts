import type { Answer, EngineFacts } from '../../scripts/modules/facts.ts';
import { nameContainers } from '../../scripts/detect/names.ts';
import { planDetection, type DetectPlan } from '../../scripts/detect/plan.ts';
import { parseEnvFile } from '../../scripts/base/env-file.ts';
import { readSettings } from '../../scripts/settings/settings.ts';
import { modules } from '../../scripts/modules/index.ts';

/** The stack's own network. */
export const OWN = 'pharos_monitoring';

/** A container of a Compose project `shop`, on its default network. */
export function container(service: string, image: string, more: Partial<EngineFacts> = {}): EngineFacts {
  return {
    name: `shop-${service}-1`,
    image,
    composeProject: 'shop',
    composeService: service,
    networkMode: 'named',
    networks: [{ name: 'shop_default', aliases: [service, `shop-${service}-1`] }],
    ports: [],
    commandPort: undefined,
    labels: {},
    env: {},
    passwords: new Set(),
    answers: [],
    refused: [],
    ...more,
  };
}

/** Answers of a port. */
export const metrics = (port: number): Answer => ({ port, speaks: 'metrics', path: '/metrics', status: 200 });
export const page = (port: number, path: string, status: number): Answer => ({ port, speaks: 'http', path, status });

/** What is proposed for containers, with a text of `.env` and target files. */
export function detect(
  containers: readonly EngineFacts[],
  envText = 'GRAFANA_PORT=3001\n',
  files: Record<string, string> = {},
): DetectPlan {
  const { settings } = readSettings(parseEnvFile(envText, '.env').entries, '.env');
  const { plain } = settings;
  const reserved = new Set(modules.flatMap((module) => module.services(plain)));
  return planDetection({
    containers: nameContainers(containers, { attached: [...plain.APP_NETWORKS, OWN], reserved }),
    modules,
    settings: plain,
    envText,
    targetFiles: new Map(Object.entries(files)),
    secretFiles: new Set(),
    ownNetwork: OWN,
    serverName: 'vps-1',
  });
}

export const modulesOf = (plan: DetectPlan): readonly string[] => plan.found.map(({ module }) => module);
