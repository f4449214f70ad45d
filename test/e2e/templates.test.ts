import { afterAll, beforeAll, expect, it } from 'vitest';
import { join } from 'node:path';
import { ROOT } from '../../scripts/base/files.ts';
import { AmtoolContainer } from '../support/amtool.ts';
import { describeWithEngine } from '../support/engine.ts';

let amtool: AmtoolContainer;

beforeAll(async () => void (amtool = await AmtoolContainer.start('pharos-templates', join(ROOT, 'alertmanager/templates'))));
afterAll(async () => amtool.destroy());

/** What amtool makes of a template. */
async function render(name: string, data: object, type = 'text'): Promise<string> {
  const options = `--template.glob='/c/*.tmpl' --template.data=/tmp/data.json --template.type=${type}`;
  const script = `cat > /tmp/data.json; exec /bin/amtool template render ${options} --template.text='{{ template "${name}" . }}'`;
  return amtool.run(script, JSON.stringify(data));
}

interface Sample {
  readonly status?: 'firing' | 'resolved';
  readonly count?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary?: string;
  readonly description?: string;
  readonly impact?: string;
  readonly generatorURL?: string;
}

/** A notification as Alertmanager hands it to its templates. */
function notification({
  status = 'firing',
  count = 1,
  labels = {},
  summary = 'Redis cache is down',
  description = 'No answer for 20 s.',
  impact = 'Sessions are lost.',
  generatorURL = 'http://p/graph?g0.expr=a+%3E+0&g0.tab=1',
}: Sample = {}) {
  const common = { alertname: 'RedisDown', severity: 'critical', cluster: 'shop', service: 'cache', instance: 'cache-1', ...labels };
  const alerts = Array.from({ length: count }, (_, index) => ({
    status,
    labels: { ...common, db: `db${index}` },
    annotations: {
      summary,
      description,
      impact,
      runbook_url: 'http://h/runbooks/redis/RedisDown',
    },
    startsAt: '2026-01-02T03:04:05Z',
    endsAt: status === 'resolved' ? '2026-01-02T03:09:07Z' : '0001-01-01T00:00:00Z',
    generatorURL,
    fingerprint: String(index),
  }));
  return {
    receiver: 'critical-team',
    status,
    alerts,
    groupLabels: { alertname: 'RedisDown', cluster: 'shop', service: 'cache' },
    commonLabels: common,
    commonAnnotations: {},
    externalURL: 'http://am',
  };
}

/** Every template that is a message. */
const MESSAGES: readonly (readonly [string, string])[] = [
  ['pharos.slack', 'text'],
  ['pharos.plain', 'text'],
  ['pharos.discord', 'text'],
  ['pharos.teams', 'text'],
  ['pharos.telegram', 'html'],
  ['pharos.email', 'html'],
];
const SILENCE = 'http://am/#/silences/new?filter=%7Balertname%3D%22RedisDown%22%2Cinstance%3D%22cache-1%22%7D';

describeWithEngine('messages, rendered by amtool', () => {
  it('say in the title how bad, what and where', async () => {
    expect(await render('pharos.title', notification())).toBe('[CRITICAL] RedisDown on cache-1 (shop)');
    expect(await render('pharos.title', notification({ count: 3 }))).toBe('[CRITICAL × 3] RedisDown on cache-1 (shop)');
    expect(await render('pharos.title', notification({ status: 'resolved' }))).toBe('[RESOLVED] RedisDown on cache-1 (shop)');
    expect(await render('pharos.title', notification({ labels: { severity: '' } }))).toBe('[ALERT] RedisDown on cache-1 (shop)');
    expect(await render('pharos.line', notification())).toBe('[CRITICAL] RedisDown on cache-1 (shop): Redis cache is down');
  });

  it.each(MESSAGES)('%s holds what an on-call engineer needs: meaning, impact, where, since when, and the links', async (name, type) => {
    const text = await render(name, notification(), type);
    for (const part of [
      'Redis cache is down',
      'No answer for 20 s.',
      /Impact:.{0,6} Sessions are lost\./,
      'cache-1 · db db0 · service cache',
      /since 2 Jan 03:04:05 UTC, for \d+d/,
      'http://h/runbooks/redis/RedisDown',
      'http://p/graph?g0.expr=a',
    ])
      expect(text).toEqual(part instanceof RegExp ? expect.stringMatching(part) : expect.stringContaining(part));
    expect(text.toLowerCase()).toContain(SILENCE.toLowerCase());
  });

  it.each(MESSAGES)('%s says of what is over when it was, and no impact', async (name, type) => {
    const text = await render(name, notification({ status: 'resolved' }), type);
    expect(text).toMatch(/resolved: ?(<\/\w+> ?)?Redis cache is down/i);
    expect(text).toContain('2 Jan 03:04:05 – 03:09:07 UTC, 5m 2s');
    expect(text).not.toContain('Sessions are lost');
  });

  it.each(MESSAGES)('%s lists five alerts of many and counts the others, within what the services take', async (name, type) => {
    const text = await render(name, notification({ count: 40, summary: 'A summary that is rather long, as some of them are' }), type);
    expect(text.match(/rather long/g)).toHaveLength(5);
    expect(text).toContain('… and 35 more');
    // Discord and Telegram refuse more than 4096 characters.
    if (name !== 'pharos.email') expect(text.length).toBeLessThan(4096);
  });

  it('stay whole in Telegram, whatever the rules write: Alertmanager would cut them at 4096 characters, within a tag', async () => {
    const [long, generatorURL] = ['a “long” <text> & so on '.repeat(40), `http://p/graph?g0.expr=${'up%20%3D%3D%200%20or%20'.repeat(100)}`];
    for (const count of [1, 5, 12]) {
      const text = await render(
        'pharos.telegram',
        notification({ count, summary: long, description: long, impact: long, generatorURL }),
        'html',
      );
      expect(text.length, `${count} alerts`).toBeLessThan(4096);
      expect(text.match(/<b>/g)?.length).toBe(text.match(/<\/b>/g)?.length);
      expect(text).toMatch(/>Silence<\/a>\s*$/);
    }
  });

  it('let no label become markup', async () => {
    const hostile = notification({ labels: { service: '<!channel> & <b>' }, summary: '<!channel> <http://evil|click>' });
    const slack = await render('pharos.slack', hostile);
    expect(slack).toContain('*&lt;!channel&gt; &lt;http://evil|click&gt;*');
    expect(slack).toContain('service &lt;!channel&gt; &amp; &lt;b&gt;');
    for (const name of ['pharos.email', 'pharos.telegram']) {
      const html = await render(name, hostile, 'html');
      expect(html).not.toContain('<!channel>');
      expect(html).toContain('&lt;!channel&gt; &amp; &lt;b&gt;');
    }
  });

  it('colour Slack by how bad it is', async () => {
    expect(await render('pharos.slack.color', notification())).toBe('danger');
    expect(await render('pharos.slack.color', notification({ labels: { severity: 'warning' } }))).toBe('warning');
    expect(await render('pharos.slack.color', notification({ status: 'resolved' }))).toBe('good');
  });
});
