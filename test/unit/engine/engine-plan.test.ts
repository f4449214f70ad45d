import { isExpiredMirror } from '../../../scripts/engine/apt.ts';
import { describe, expect, it } from 'vitest';
import { classifyPull, DEBIAN_IMAGES, debianTag, mmdebstrapArgs, upstreamVersion } from '../../../scripts/images/debian-images.ts';
import { isOlder, planEngine, type EngineFacts } from '../../../scripts/engine/plan.ts';

const ready: EngineFacts = {
  engine: '28.2.2',
  engineError: '',
  client: true,
  daemon: true,
  compose: '2.40.3-3',
  root: true,
  distribution: ['debian'],
  remote: undefined,
};
const plan = (change: Partial<EngineFacts>) => planEngine({ ...ready, ...change });
const said = (change: Partial<EngineFacts>): string =>
  plan(change)
    .problems.map(({ place, message, fix }) => `${place} ${message} → ${fix ?? ''}`)
    .join('\n');

describe('planEngine', () => {
  it('has nothing to do where engine and Compose answer', () => {
    expect(plan({})).toEqual({ steps: [], problems: [] });
    expect(plan({ engine: '20.10.24+dfsg1', compose: '2.26.0' })).toEqual({ steps: [], problems: [] });
  });
  it('installs what is missing on Debian as root; a client alone proves nothing', () => {
    expect(plan({ engine: undefined, daemon: false, compose: undefined }).steps).toEqual([
      'install-engine',
      'start-engine',
      'install-compose',
    ]);
    expect(plan({ engine: undefined }).steps).toEqual(['start-engine']);
    expect(plan({ compose: '1.29.2' }).steps).toEqual(['install-compose']);
    expect(plan({ compose: undefined, distribution: ['linuxmint', 'ubuntu', 'debian'] }).steps).toEqual(['install-compose']);
  });
  it.each<[Partial<EngineFacts>, string]>([
    [{ engine: '19.03.15' }, 'is 19.03.15; this stack needs 20.10 or newer'],
    [{ compose: '2.25.0', distribution: ['fedora'] }, 'is 2.25.0; this stack needs 2.26 or newer'],
    [{ compose: undefined, root: false }, 'the plugin `docker compose` is missing'],
    [
      { engine: undefined, engineError: 'permission denied while trying to connect to the Docker daemon socket', root: false },
      'sudo usermod -aG docker $USER',
    ],
    [{ engine: undefined, remote: 'tcp://other:2375' }, 'DOCKER_HOST is tcp://other:2375, and no engine answers there'],
    [{ engine: undefined, daemon: false, distribution: ['fedora'] }, 'there is a docker client, but no engine'],
    [{ engine: undefined, root: false }, 'is installed but not running → sudo systemctl start docker'],
  ])('%j', (change, message) => {
    expect(plan(change).steps).toEqual([]);
    expect(said(change)).toContain(message);
  });
});

it.each([
  ['20.10.24+dfsg1', '20.10', false],
  ['19.03', '20.10', true],
  ['20.9', '20.10', true],
  ['2.40.3-3', '2.20', false],
  ['v2.20', '2.20', false],
  ['1.29.2', '2.20', true],
])('isOlder(%s, %s) is %s', (version, minimum, expected) => {
  expect(isOlder(version, minimum)).toBe(expected);
});

it.each([
  ['3.5.3+ds1-6', '3.5.3'],
  ['1:1.38.0-3+b1', '1.38.0'],
  ['24.21.0+dfsg+~cs24.13.4-1', '24.21.0'],
  ['0.19.1-1+b1', '0.19.1'],
])('upstreamVersion(%s) is %s', (debian, upstream) => {
  expect(upstreamVersion(debian)).toBe(upstream);
});

it.each([
  [
    'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: no such host',
    'unreachable',
  ],
  [
    'Error response from daemon: Get "https://ghcr.io/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    'unreachable',
  ],
  [
    'failed to resolve reference "docker.io/prom/prometheus:v3.13.2": failed to do request: Head "https://registry-1.docker.io": dial tcp 1.2.3.4:443: i/o timeout',
    'unreachable',
  ],
  ['Error response from daemon: manifest for prom/prometheus:v9 not found: manifest unknown: manifest unknown', 'refused'],
  ['Error response from daemon: pull access denied for x, repository does not exist or may require docker login: denied', 'refused'],
  ['toomanyrequests: You have reached your pull rate limit.', 'refused'],
])('classifyPull: %s', (text, expected) => {
  expect(classifyPull(text)).toBe(expected);
});

it('isExpiredMirror knows only that one refusal', () => {
  expect(
    isExpiredMirror(
      'E: Release file for http://m/dists/forky/InRelease is expired (invalid since 14d). Updates for this repository will not be applied.',
    ),
  ).toBe(true);
  expect(isExpiredMirror('E: The repository is not signed.')).toBe(false);
});

describe('images from Debian packages', () => {
  it('are never tagged with upstream’s name', () => {
    for (const service of Object.keys(DEBIAN_IMAGES)) expect(debianTag(service, '1.0')).toMatch(/^pharos\/.*-debian$/);
  });
  it('come from one pass with every package, link and folder, and without checks only where asked', () => {
    const args = mmdebstrapArgs(['alertmanager', 'docker-socket-proxy'], { mirror: 'http://m', root: '/s', ignoreExpiry: false });
    expect(args).toContain('--include=busybox,ca-certificates,prometheus-alertmanager,haproxy');
    expect(args).toContain('--customize-hook=ln -sf /usr/bin/prometheus-alertmanager "$1/bin/alertmanager"');
    expect(args).toContain('--customize-hook=mkdir -p "$1/alertmanager" && chown 65534:65534 "$1/alertmanager"');
    expect(args).toContain('--customize-hook=copy-in /s/exporters/docker-socket-proxy/haproxy.cfg /etc/pharos');
    expect(args.join(' ')).not.toContain('Check-Valid-Until');
    expect(mmdebstrapArgs([], { mirror: 'http://m', root: '', ignoreExpiry: true }).join(' ')).toContain('Check-Valid-Until "false"');
  });
});
