import { parseYaml } from '../../../scripts/base/tree.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shapeProblems } from '../../../scripts/alertmanager/shape.ts';
import { renderAlertmanager } from '../../../scripts/alertmanager/render.ts';
import { ROOT } from '../../../scripts/base/files.ts';

const path = 'alertmanager/alertmanager.yml';
const whole = readFileSync(join(ROOT, path), 'utf8');

const documentOf = (text: string) => {
  const { doc } = parseYaml(path, text);
  if (doc === undefined) throw new Error('the text is not YAML');
  return { path, text, doc };
};
const said = (text: string): readonly string[] => shapeProblems(documentOf(text)).map(({ place, message }) => `${place} ${message}`);

const ROUTE = 'route: { receiver: a }\n';
const RECEIVERS = 'receivers:\n  - name: a\n';

describe('shapeProblems', () => {
  it('lets the checked-in file pass, and the least that Alertmanager takes', () => {
    expect(said(whole)).toEqual([]);
    expect(said(ROUTE + RECEIVERS)).toEqual([]);
  });

  it.each([
    ['an empty file', '', `${path} is empty`],
    ['a file of comments', '# nothing\n', `${path} is empty`],
    ['a bare word', '\nnonsense\n', `${path}:2 is a single value instead of a configuration`],
    ['a list', '- a\n', `${path} is a list`],
    ['no route', RECEIVERS, `${path} has no route`],
    ['a route without anything', `route:\n${RECEIVERS}`, `${path}:1 has no route`],
    ['a route that is a word', `route: a\n${RECEIVERS}`, `${path}:1 a route is not a map`],
    ['routes that are a map', `route:\n  receiver: a\n  routes:\n    receiver: a\n${RECEIVERS}`, `${path}:4 routes: is not a list`],
    ['an empty item among routes', `route:\n  receiver: a\n  routes:\n    -\n${RECEIVERS}`, `${path}:4 a route is not a map`],
    ['no receivers', ROUTE, `${path} has no receivers`],
    ['receivers without anything', `${ROUTE}receivers:\n`, `${path}:2 has no receivers`],
    ['receivers that are a map', `${ROUTE}receivers:\n  name: a\n`, `${path}:3 receivers: is not a list`],
    ['a receiver that is a word', `${ROUTE}receivers:\n  - a\n`, `${path}:3 a receiver is not a map`],
    ['a receiver without a name', `${ROUTE}receivers:\n  - slack_configs: []\n`, `${path}:3 a receiver has no name`],
    [
      'an integration that is no list',
      `${ROUTE}${RECEIVERS}    webhook_configs:\n      url: http://x\n`,
      `${path}:4 webhook_configs of a is not a list of integrations`,
    ],
    [
      'an empty integration',
      `${ROUTE}${RECEIVERS}    webhook_configs:\n      -\n`,
      `${path}:4 webhook_configs of a is not a list of integrations`,
    ],
    ['a global that is a word', `global: a\n${ROUTE}${RECEIVERS}`, `${path}:1 global: is not a map`],
    ['a reference to nothing', `${ROUTE}${RECEIVERS}    slack_configs: *slack\n`, `${path}:4 *slack stands for nothing`],
    [
      'a route to a missing receiver',
      `route:\n  receiver: a\n  routes:\n    - matchers: [x="y"]\n      receiver: nobody\n${RECEIVERS}`,
      `${path}:5 a route leads to the receiver "nobody", which does not exist`,
    ],
    ['a merge of no map', `${ROUTE}${RECEIVERS}    <<: 3\n`, `${path}:4 << merges something that is not a map`],
  ])('names the place of %s', (_, text, says) => {
    expect(said(text)).toContain(says);
  });

  it('names the receiver that is nearest', () => {
    const text = whole.replace('- receiver: warning-team', '- receiver: warnings-team');
    const { place, fix } = shapeProblems(documentOf(text))[0] ?? {};
    const line = text.slice(0, text.indexOf('warnings-team')).split('\n').length;
    expect({ place, fix }).toEqual({ place: `${path}:${line}`, fix: 'Did you mean warning-team?' });
  });

  it('finds everything that rendering would stumble over', () => {
    const texts = [`global:\n${ROUTE}${RECEIVERS}`, ROUTE + RECEIVERS, `${ROUTE}${RECEIVERS}    webhook_configs:\n`];
    for (const text of texts) {
      expect(said(text)).toEqual([]);
      const config: unknown = documentOf(text).doc.toJS();
      const { config: rendered } = renderAlertmanager(config, new Set(['TWILIO_AUTH_TOKEN']), { SMTP_HOST: 'mail', SMTP_FROM: 'a@b' });
      expect(rendered.global).toMatchObject({ smtp_smarthost: 'mail:587' });
    }
  });
});
