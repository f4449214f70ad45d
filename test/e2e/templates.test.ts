import { afterAll, beforeAll, expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../../scripts/base/files.ts';
import { AmtoolContainer } from '../support/amtool.ts';
import { describeWithEngine } from '../support/engine.ts';

let amtool: AmtoolContainer;

beforeAll(async () => void (amtool = await AmtoolContainer.start('pharos-templates', join(ROOT, 'alertmanager/templates'))));
afterAll(async () => amtool.destroy());

/** What amtool makes of a template. */
const render = async (name: string, data: object, type = 'text'): Promise<string> => renderText(`{{ template "${name}" . }}`, data, type);

/** What amtool makes of a text with templates, such as those of `alertmanager.yml`. */
async function renderText(text: string, data: object, type = 'text'): Promise<string> {
  const options = `--template.glob='/c/*.tmpl' --template.data=/tmp/data.json --template.type=${type}`;
  const script = `cat > /tmp/data.json; exec /bin/amtool template render ${options} --template.text='${text}'`;
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
  /** What is different in each alert. */
  readonly each?: (index: number) => Omit<Sample, 'count' | 'each' | 'generatorURL'>;
}

const RUNBOOK = 'http://h/runbooks/redis/RedisDown';

/** A notification as Alertmanager hands it to its templates. */
function notification({ count = 1, each = () => ({}), generatorURL = 'http://p/graph?g0.expr=a+%3E+0&g0.tab=1', ...all }: Sample = {}) {
  const alerts = Array.from({ length: count }, (_, index) => {
    const texts = { summary: 'Redis cache is down', description: 'No answer for 20 s.', impact: 'Sessions are lost.' };
    const { status = 'firing', labels = {}, ...annotations } = { ...texts, ...all, ...each(index) };
    const base = { alertname: 'RedisDown', severity: 'critical', cluster: 'shop', service: 'cache', instance: 'cache-1', db: `db${index}` };
    return {
      status,
      labels: { ...base, ...all.labels, ...labels },
      annotations: { ...annotations, runbook_url: RUNBOOK },
      startsAt: '2026-01-02T03:04:05Z',
      endsAt: status === 'resolved' ? '2026-01-02T03:09:07Z' : '0001-01-01T00:00:00Z',
      generatorURL,
      fingerprint: String(index),
    };
  });
  const common = (of: 'labels' | 'annotations'): object => {
    const all = alerts.map((alert): Readonly<Record<string, string>> => alert[of]);
    return Object.fromEntries(Object.entries(all[0] ?? {}).filter(([name, value]) => all.every((one) => one[name] === value)));
  };
  return {
    receiver: 'critical-team',
    status: alerts.every(({ status }) => status === 'resolved') ? 'resolved' : 'firing',
    alerts,
    groupLabels: { alertname: 'RedisDown', cluster: 'shop', service: 'cache' },
    commonLabels: common('labels'),
    commonAnnotations: common('annotations'),
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
/** The filters of the links to a new silence, decoded. */
const silences = (text: string): readonly string[] =>
  [...text.matchAll(/http:\/\/am\/#\/silences\/new\?filter=([^\s"|)<>]+)/g)].map(([, filter = '']) => decodeURIComponent(filter));
/** As many as a container's alert has. */
const MANY_LABELS = Object.fromEntries(
  ['name', 'image', 'job', 'server', 'target_host', 'category', 'container_label_com_docker_compose_project'].map((name) => [
    name,
    `${name} of the shop`,
  ]),
);
const OWN = '{alertname="RedisDown",cluster="shop",db="db0",instance="cache-1",service="cache",severity="critical"}';

/** What the checked-in file sends to PagerDuty. */
async function pagerduty() {
  const { receivers } = parse(await readFile(join(ROOT, 'alertmanager/alertmanager.yml'), 'utf8'), { merge: true }) as {
    receivers: { name: string; pagerduty_configs?: { source: string; details: Record<string, string>; links: { href: string }[] }[] }[];
  };
  const [found] = receivers.find(({ name }) => name === 'emergency')?.pagerduty_configs ?? [];
  if (found === undefined) throw new Error('emergencies do not go to PagerDuty');
  return found;
}

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
      RUNBOOK,
      'http://p/graph?g0.expr=a',
    ])
      expect(text).toEqual(part instanceof RegExp ? expect.stringMatching(part) : expect.stringContaining(part));
    expect(silences(text)).toEqual([OWN]);
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
        notification({ count, labels: MANY_LABELS, summary: long, description: long, impact: long, generatorURL }),
        'html',
      );
      expect(text.length, `${count} alerts`).toBeLessThan(4096);
      expect(text.match(/<b>/g)?.length).toBe(text.match(/<\/b>/g)?.length);
      expect(text).toMatch(/>Silence<\/a>\s*$/);
    }
  });

  it.each(MESSAGES.filter(([name]) => name !== 'pharos.telegram'))(
    '%s leads from each alert of a group to a silence of just that',
    async (name, type) => {
      const each = (index: number) => ({ labels: { instance: `cache ${index}`, service: `shop-${index}` } });
      expect(silences(await render(name, notification({ count: 2, each }), type))).toEqual(
        [0, 1].map((index) => OWN.replace('db0', `db${index}`).replace('cache-1', `cache ${index}`).replace('"cache"', `"shop-${index}"`)),
      );
    },
  );

  it.each([
    ['pharos.telegram', 'html', 'pharos.telegram'],
    ['PagerDuty', 'text', 'pharos.silence.group'],
  ])('%s, with one link for a group, leads to a silence of its instances', async (_, type, name) => {
    const link = async (sample: Sample) => silences(await render(name, notification(sample), type));
    const instances = (index: number) => ({ labels: { instance: `http://c${index}.example/?a` } });
    expect(await link({})).toEqual([OWN]);
    expect(await link({ count: 2 })).toEqual([OWN.replace('db="db0",', '')]);
    const shared = '{alertname="RedisDown",cluster="shop",service="cache",severity="critical"';
    expect(await link({ count: 2, each: instances })).toEqual([
      `${shared},instance=~"http://c0\\\\.example/\\\\?a|http://c1\\\\.example/\\\\?a"}`,
    ]);
    expect(await link({ count: 6, each: instances })).toEqual([`${shared}}`]);
    expect((await link({ count: 2, each: () => ({ labels: { instance: '' } }) }))[0]).not.toContain('=~');
  });

  it('are about the alert that fires where others of its group recovered, with no empty field', async () => {
    const each = (index: number): Sample =>
      index === 1
        ? { labels: { instance: 'cache-2' }, summary: 'Redis 2 is down', description: 'No answer of 2.' }
        : { status: 'resolved', description: `No answer of ${index}.` };
    const mixed = notification({ count: 3, each });
    expect(await render('pharos.line', mixed)).toBe('[CRITICAL] RedisDown on cache-2 (shop): Redis 2 is down');
    const { details, source, links } = await pagerduty();
    expect(await renderText(details['description'] ?? '', mixed)).toBe('cache-2 · db db1 · service cache: No answer of 2.');
    expect(await renderText(details['impact'] ?? '', mixed)).toBe('Sessions are lost.');
    expect(await renderText(source, mixed)).toBe('shop');
    for (const { href } of links) expect(await renderText(href, mixed)).toMatch(/^http/);
    const others = notification({ count: 2, each: (index) => ({ description: `No answer of ${index}.` }) });
    expect(await renderText(details['description'] ?? '', others)).toBe(
      'cache-1 · db db0 · service cache: No answer of 0.\ncache-1 · db db1 · service cache: No answer of 1.',
    );
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
    expect(await render('pharos.slack.color', notification({ labels: { severity: 'page' } }))).toBe('danger');
    expect(await render('pharos.slack.color', notification({ labels: { severity: 'warning' } }))).toBe('warning');
    expect(await render('pharos.slack.color', notification({ status: 'resolved' }))).toBe('good');
  });
});
