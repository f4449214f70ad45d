import Docker from 'dockerode';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { ROOT } from '../../scripts/io/files.ts';
import { sh } from '../support/e2e-stack.ts';
import { serviceImage } from '../support/images.ts';

const noEngine = process.env['PHAROS_NO_ENGINE'];
let image: string;

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});
beforeAll(async () => {
  if (noEngine === undefined) image = await serviceImage(new Docker(), 'alertmanager');
});

/** What amtool makes of a template, with its own sample data (one firing and one resolved alert would be too long to write here). */
async function render(name: string, data: string): Promise<string> {
  const { stdout, stderr, code } = await sh([
    'sh',
    '-c',
    `printf '%s' "$1" | docker run --rm -i --network none -v "$2:/t:ro" --entrypoint /bin/sh "$3" -c 'cat > /tmp/data.json; /bin/amtool template render --template.glob="/t/*.tmpl" --template.data=/tmp/data.json --template.text="$0"' "$4"`,
    'sh',
    data,
    join(ROOT, 'alertmanager/templates'),
    image,
    `{{ template "${name}" . }}`,
  ]);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

const alert = (status: string) => ({
  status,
  labels: { alertname: 'RedisDown', severity: 'critical', instance: 'cache', service: 'cache' },
  annotations: {
    summary: 'Redis cache is down',
    description: 'No answer for 20 s.',
    impact: 'Sessions are lost.',
    runbook_url: 'http://h/runbooks/redis/RedisDown',
  },
  startsAt: '2026-01-02T03:04:05Z',
  endsAt: status === 'resolved' ? '2026-01-02T03:09:05Z' : '0001-01-01T00:00:00Z',
  generatorURL: 'http://p/graph',
  fingerprint: 'f',
});
const data = (status: string): string =>
  JSON.stringify({
    receiver: 'critical-team',
    status,
    alerts: [alert(status)],
    groupLabels: { alertname: 'RedisDown', cluster: 'shop', service: 'cache' },
    commonLabels: alert(status).labels,
    commonAnnotations: alert(status).annotations,
    externalURL: 'http://am',
  });

describe('messages, rendered by amtool', () => {
  it('say in the title how bad, what and where', async () => {
    expect((await render('pharos.title', data('firing'))).trim()).toBe('[CRITICAL · 1] RedisDown on cache (shop)');
    expect((await render('pharos.title', data('resolved'))).trim()).toBe('[RESOLVED] RedisDown on cache (shop)');
  });

  it('hold what an on-call engineer needs: meaning, impact, since when, and the links', async () => {
    const text = await render('pharos.text', data('firing'));
    for (const part of [
      '*Redis cache is down*',
      'No answer for 20 s.',
      'Impact: Sessions are lost.',
      'Since 2026-01-02 03:04:05 UTC',
      'Runbook: http://h/runbooks/redis/RedisDown',
      'Graph: http://p/graph',
      'Silence: http://am/#/silences/new?filter=%7Balertname%3D%22RedisDown%22%7D',
    ]) {
      expect(text).toContain(part);
    }
    expect(await render('pharos.text', data('resolved'))).toContain('ended 03:09:05 UTC');
  });
});
