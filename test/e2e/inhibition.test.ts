import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { renderAlertmanager } from '../../scripts/alertmanager/render.ts';
import { SLO_ALERTS } from '../../scripts/rules/slo.ts';
import { ROOT, readTree } from '../../scripts/base/files.ts';
import { startContainer } from '../support/cleanup.ts';
import { eventually, removeEverything, sh } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { serviceImage } from '../support/images.ts';

const NAME = 'pharos-inhibit';
const source = parse(readFileSync(join(ROOT, 'alertmanager/alertmanager.yml'), 'utf8'), { merge: true }) as {
  inhibit_rules: { source_matchers: string[]; target_matchers: string[] }[];
};
let base: string;
let folder: string;

beforeAll(async () => {
  await removeEverything(NAME);
  const image = await serviceImage(new Docker(), 'alertmanager');
  folder = mkdtempSync(join(tmpdir(), `${NAME}-`));
  chmodSync(folder, 0o755);
  // Nothing listens at the history's address: only the state of the alerts is checked.
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    stringify(renderAlertmanager(source, new Set(), {}).config, { aliasDuplicateObjects: false }),
  );
  const command = ['--config.file=/c/alertmanager.yml', '--storage.path=/alertmanager', '--cluster.listen-address='];
  await startContainer(NAME, `${NAME}-am`, '-v', `${folder}:/c:ro`, '-p', '127.0.0.1::9093', image, ...command);
  base = `http://${(await sh(['docker', 'port', `${NAME}-am`, '9093'])).stdout.trim().split('\n')[0] ?? ''}`;
  await eventually('Alertmanager is ready', 20, async () => (await fetch(`${base}/-/ready`)).ok);
});
afterAll(async () => {
  await removeEverything(NAME);
  rmSync(folder, { recursive: true });
});

type Labels = Readonly<Record<string, string>>;

interface Held {
  readonly labels: Labels;
  readonly status: { readonly state: string };
}

async function send(...alerts: readonly Labels[]): Promise<void> {
  const answer = await fetch(`${base}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts.map((labels) => ({ labels }))),
  });
  expect(answer.status).toBe(200);
}

/** `active`, `suppressed`, or `unprocessed` where Alertmanager has not judged the alert yet. */
async function stateOf(wanted: Labels): Promise<string> {
  const held = (await (await fetch(`${base}/api/v2/alerts`)).json()) as readonly Held[];
  const found = held.find(({ labels }) => Object.entries(wanted).every(([name, value]) => labels[name] === value));
  return found?.status.state ?? 'unprocessed';
}

/** The alerts of a pair, distinguished from other pairs by a label. */
const pairOf = (index: number): readonly [Labels, Labels] => {
  const [first, second] = PAIRS[index] ?? [{}, {}];
  const pair = String(index);
  return [
    { ...first, pair },
    { ...second, pair },
  ];
};

/** A pair of which the second is known to be quiet. */
const SENTINEL = [
  { alertname: 'ServerDown', instance: 'sentinel' },
  { alertname: 'HighDiskUsage', instance: 'sentinel' },
] as const;

/** A service that is being deployed, and a container of it that is gone. */
const UNIT = { container_label_com_docker_compose_project: 'shop', container_label_com_docker_compose_service: 'web' };
const DEPLOYMENT = { ...UNIT, alertname: 'DeploymentInProgress' };
const GONE = { ...UNIT, alertname: 'ContainerDown' };

const PAIRS: readonly (readonly [Labels, Labels, boolean])[] = [
  [{ alertname: 'ServerDown', instance: 'ba', server: 'ba' }, { alertname: 'PostgreSQLDown', instance: 'shop-db', server: 'ba' }, true],
  [
    { alertname: 'ServerUnreachable', instance: 'bb', server: 'bb' },
    { alertname: 'EndpointDown', instance: 'https://shop.example.com', server: 'bb' },
    true,
  ],
  [{ alertname: 'ServerDown', instance: 'bc', server: 'bc' }, { alertname: 'ServiceDown', instance: 'backend:3000', server: 'bd' }, false],
  // Two missing labels are equal to Alertmanager.
  [{ alertname: 'ServerDown' }, { alertname: 'ServiceDown', instance: 'backend:3001' }, false],
  [{ alertname: 'ServerDown' }, { alertname: 'WithoutInstance', service: 'shop' }, false],
  [{ alertname: 'ServerDown', instance: 'be', server: 'be' }, { alertname: 'SeveralServicesDown', server: 'be' }, false],
  [{ alertname: 'SeveralServicesDown', server: 'bf' }, { alertname: 'ServerDown', instance: 'bf', server: 'bf' }, true],
  [{ alertname: 'SeveralServicesDown' }, { alertname: 'ServerDown', instance: 'bg' }, false],
  [{ alertname: 'RebootInProgress', instance: 'bh', server: 'bh' }, { alertname: 'RedisDown', instance: 'cache', server: 'bh' }, true],
  [
    { alertname: 'RebootInProgress', instance: 'bi', server: 'bi' },
    { alertname: 'CriticalDiskUsage', instance: 'bi', server: 'bi' },
    false,
  ],
  [{ alertname: 'RebootInProgress', instance: 'bj' }, { alertname: 'RedisDown', instance: 'cache-2' }, false],
  [{ alertname: 'ServerDown', instance: 'a' }, { alertname: 'HighDiskUsage', instance: 'a' }, true],
  [{ alertname: 'ServerDown', instance: 'b' }, { alertname: 'HighDiskUsage', instance: 'c' }, false],
  [{ alertname: 'ServerDown', instance: 'd' }, { alertname: 'ServerUnreachable', instance: 'd' }, false],
  [{ alertname: 'ServerUnreachable', instance: 'e' }, { alertname: 'ServerDown', instance: 'e' }, true],
  [{ alertname: 'CriticalCPUUsage', instance: 'f' }, { alertname: 'HighCPUUsage', instance: 'f' }, true],
  [{ alertname: 'CriticalCPUUsage', instance: 'g' }, { alertname: 'HighMemoryUsage', instance: 'g' }, false],
  [
    { alertname: 'CriticalDiskUsage', instance: 'h', mountpoint: '/' },
    { alertname: 'HighDiskUsage', instance: 'h', mountpoint: '/' },
    true,
  ],
  [
    { alertname: 'CriticalDiskUsage', instance: 'i', mountpoint: '/' },
    { alertname: 'HighDiskUsage', instance: 'i', mountpoint: '/data' },
    false,
  ],
  [
    { alertname: 'CriticalContainerMemory', instance: 'j', name: 'x' },
    { alertname: 'HighContainerMemory', instance: 'j', name: 'x' },
    true,
  ],
  [
    { alertname: 'ContainerRestartLoop', instance: 't', name: 'x' },
    { alertname: 'HighContainerRestartRate', instance: 't', name: 'x' },
    true,
  ],
  [{ alertname: 'ContainerRestartLoop', instance: 'u', name: 'x' }, { alertname: 'ContainerDown', instance: 'u', name: 'y' }, false],
  [{ alertname: 'ContainerExitedWithError', instance: 'v', name: 'x' }, { alertname: 'ContainerDown', instance: 'v', name: 'x' }, true],
  [{ alertname: 'RedisCriticalMemory', instance: 'k' }, { alertname: 'RedisHighMemory', instance: 'k' }, true],
  [{ alertname: 'PostgreSQLCriticalConnections', instance: 'l' }, { alertname: 'PostgreSQLVeryHighConnections', instance: 'l' }, true],
  [{ alertname: 'PostgreSQLVeryHighConnections', instance: 'm' }, { alertname: 'PostgreSQLHighConnections', instance: 'm' }, true],
  [{ alertname: 'PostgreSQLHighConnections', instance: 'n' }, { alertname: 'PostgreSQLVeryHighConnections', instance: 'n' }, false],
  [{ alertname: 'PostgreSQLCriticalReplicationLag', instance: 'o' }, { alertname: 'PostgreSQLHighReplicationLag', instance: 'o' }, true],
  [
    { alertname: 'PostgreSQLCriticalTransactionIdAge', instance: 'p', datname: 'd' },
    { alertname: 'PostgreSQLHighTransactionIdAge', instance: 'p', datname: 'd' },
    true,
  ],
  [
    { alertname: 'VectorSearchVerySlow', instance: 'w', database: 'd', canary: 'c' },
    { alertname: 'VectorSearchSlow', instance: 'w', database: 'd', canary: 'c' },
    true,
  ],
  [
    { alertname: 'VectorSearchVerySlow', instance: 'x', database: 'd', canary: 'c' },
    { alertname: 'VectorSearchSlow', instance: 'x', database: 'd', canary: 'e' },
    false,
  ],
  [
    { alertname: 'VectorDatabaseDown', instance: 'y', database: 'd' },
    { alertname: 'VectorStatisticsStale', instance: 'y', database: 'd' },
    true,
  ],
  [{ alertname: 'CriticalErrorRate', instance: 'q', service: 's' }, { alertname: 'HighErrorRate', instance: 'q', service: 's' }, true],
  [
    { alertname: 'SLOBurnRateFast', service: 's', slo: 'availability' },
    { alertname: 'SLOBurnRateSlow', service: 's', slo: 'availability' },
    true,
  ],
  [
    { alertname: 'SLOBurnRateFast', service: 's', slo: 'availability' },
    { alertname: 'SLOBurnRateSlow', service: 's', slo: 'latency' },
    false,
  ],
  [
    { alertname: 'SLOBurnRateFast', service: 's', slo: 'availability' },
    { alertname: 'SLOBurnRateSlow', service: 't', slo: 'availability' },
    false,
  ],
  [{ ...DEPLOYMENT, target_host: 'web' }, { alertname: 'ServiceDown', target_host: 'web' }, true],
  [{ ...DEPLOYMENT, target_host: 'web2' }, { alertname: 'PostgreSQLDown', target_host: 'web2' }, true],
  [{ ...DEPLOYMENT, target_host: 'web3' }, { alertname: 'ServiceDown', target_host: 'web4' }, false],
  [{ ...DEPLOYMENT, target_host: 'web5' }, { alertname: 'CriticalErrorRate', target_host: 'web5' }, false],
  [DEPLOYMENT, { alertname: 'ServiceDown' }, false],
  [{ ...DEPLOYMENT, instance: 'ad' }, { ...GONE, instance: 'ad' }, true],
  [{ ...DEPLOYMENT, instance: 'ae' }, { ...GONE, instance: 'af' }, false],
  [{ ...DEPLOYMENT, instance: 'ag' }, { ...GONE, instance: 'ag', container_label_com_docker_compose_service: 'worker' }, false],
  [{ alertname: 'DeploymentInProgress', instance: 'ah' }, { alertname: 'ContainerDown', instance: 'ah' }, false],
  [{ alertname: 'ContainerOOMKilled', server: 'ai' }, { alertname: 'OutOfMemoryKill', server: 'ai' }, true],
  [{ alertname: 'ContainerOOMKilled', server: 'aj' }, { alertname: 'OutOfMemoryKill', server: 'ak' }, false],
  [{ alertname: 'ContainerOOMKilled' }, { alertname: 'OutOfMemoryKill' }, false],
  [{ alertname: 'SSHBruteForce', instance: 'aa' }, { alertname: 'FailedSSHLogins', instance: 'aa' }, true],
  [{ alertname: 'SSHBruteForce', instance: 'ab' }, { alertname: 'FailedSSHLogins', instance: 'ac' }, false],
  [{ alertname: 'StackVolumeFull', server: 'va' }, { alertname: 'StackVolumeFilling', server: 'va' }, true],
  [
    { alertname: 'CriticalDiskUsage', server: 'vb', instance: 'vb' },
    { alertname: 'StackVolumeFull', server: 'vb', instance: 'history' },
    true,
  ],
  [
    { alertname: 'HighDiskUsage', server: 'vc', instance: 'vc' },
    { alertname: 'StackVolumeFilling', server: 'vc', instance: 'history' },
    true,
  ],
  [{ alertname: 'HighDiskUsage', server: 'vd' }, { alertname: 'StackVolumeFull', server: 'vd' }, false],
  [{ alertname: 'CriticalDiskUsage', server: 've' }, { alertname: 'StackVolumeFull', server: 'vf' }, false],
  [{ alertname: 'CertificateExpired', instance: 'r' }, { alertname: 'CertificateExpiresIn7Days', instance: 'r' }, true],
  [{ alertname: 'CertificateExpiresIn7Days', instance: 's' }, { alertname: 'CertificateExpiresIn30Days', instance: 's' }, true],
];

describeWithEngine('inhibition in a real Alertmanager', () => {
  beforeAll(async () => {
    const pairs = PAIRS.map((_, index) => pairOf(index));
    await send(...pairs.map(([first]) => first));
    await send(...pairs.map(([, second]) => second));
    await send(...SENTINEL);
    // What inhibits reads the alerts in the order of their arrival, on its own: once it has judged a later pair, it knows every first alert.
    await eventually('a later pair is judged', 120, async () => (await stateOf(SENTINEL[1])) === 'suppressed');
  });

  it.each(PAIRS.map(([first, second, quiet], index) => ({ first, second, quiet, index })))(
    '$first and $second: quiet is $quiet',
    async ({ quiet, index }) => {
      const [, second] = pairOf(index);
      await eventually('the alert is judged', 120, async () => (await stateOf(second)) !== 'unprocessed');
      expect(await stateOf(second)).toBe(quiet ? 'suppressed' : 'active');
    },
  );

  it('names only alerts that exist', async () => {
    const rules = [...(await readTree(ROOT, 'prometheus/rules')).values()].join('\n');
    const known = new Set([...rules.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name).concat(SLO_ALERTS));
    const named = source.inhibit_rules
      .flatMap((rule) => [...rule.source_matchers, ...rule.target_matchers])
      .flatMap((matcher) => expand(/alertname!?=~?"([^"]+)"/.exec(matcher)?.[1] ?? ''));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => ![...known].some((alert) => new RegExp(`^${name}$`).test(alert)))).toEqual([]);
  });
});

/** The names that a matcher's pattern stands for: alternatives, and one group of alternatives within. */
function expand(pattern: string): readonly string[] {
  const [, before = '', group, after = ''] = /^(\w*)\(([^)]*)\)(\w*)$/.exec(pattern) ?? [];
  return group === undefined ? pattern.split('|').filter((name) => name !== '') : group.split('|').map((part) => before + part + after);
}
