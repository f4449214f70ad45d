import { parseYaml } from '../../../scripts/base/tree.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderAlertmanager } from '../../../scripts/alertmanager/render.ts';
import { ownSecretFiles, unknownSecrets, unreadSecrets } from '../../../scripts/alertmanager/secret-files.ts';
import { ownSecrets } from '../../../scripts/settings/secrets.ts';
import { readSettings } from '../../../scripts/settings/settings.ts';
import { ROOT } from '../../../scripts/base/files.ts';

const path = 'alertmanager/alertmanager.yml';
const whole = readFileSync(join(ROOT, path), 'utf8');
const settings = readSettings([{ key: 'POSTGRES_INSTANCES', value: 'shop=postgresql://m@db/postgres', line: 1 }], '.env').settings.plain;
const documentOf = (text: string) => {
  const { doc } = parseYaml(path, text);
  if (doc === undefined) throw new Error('the text is not YAML');
  return { path, text, doc };
};
const OWN = `route: { receiver: phone }
receivers:
  - name: phone
    pushover_configs:
      - user_key_file: /run/secrets/pushover_user
        token_file: /run/secrets/pushover_token
    webhook_configs:
      - url: http://gateway
        http_config: { authorization: { credentials_file: /run/secrets/gateway_token } }
`;

describe('secrets that alertmanager.yml names', () => {
  it('are all known in the checked-in file', () => {
    expect(unknownSecrets(documentOf(whole), new Set())).toEqual([]);
  });

  it('are refused with the line and the nearest name where no channel has them', () => {
    const text = whole.replace('/run/secrets/slack_webhook_url', '/run/secrets/slack_webhok_url');
    const line = text.slice(0, text.indexOf('slack_webhok_url')).split('\n').length;
    expect(unknownSecrets(documentOf(text), new Set())).toMatchObject([
      { severity: 'error', place: `${path}:${line}`, fix: 'Did you mean slack_webhook_url?' },
    ]);
  });

  it('are refused where they belong to another service', () => {
    const text = OWN.replace('pushover_token', 'grafana_admin_password');
    const own = ownSecretFiles(['pushover_user', 'gateway_token', 'grafana_admin_password', 'postgres_shop_password'], settings);
    expect([...own]).toEqual(['pushover_user', 'gateway_token']);
    expect(unknownSecrets(documentOf(text), own).map(({ place }) => place)).toEqual([`${path}:6`]);
  });

  it('of a receiver of the user’s own are mounted as they stand there', () => {
    const files = new Map(['pushover_user', 'pushover_token', 'gateway_token'].map((file) => [file, `${file}\n`]));
    const own = ownSecretFiles(files.keys(), settings);
    const source = documentOf(OWN);
    expect(unknownSecrets(source, own)).toEqual([]);
    expect(unreadSecrets(source, own, settings)).toEqual([]);
    const { config, secretFiles, fallenBack } = renderAlertmanager(source.doc.toJS(), new Set(), {}, own);
    expect(fallenBack).toEqual([]);
    expect(Object.keys(config.receivers.find(({ name }) => name === 'phone') ?? {})).toEqual([
      'name',
      'pushover_configs',
      'webhook_configs',
    ]);
    expect([...secretFiles].sort()).toEqual(['gateway_token', 'pushover_token', 'pushover_user']);
    expect(ownSecrets(secretFiles, files, [])).toContainEqual({ file: 'pushover_user', content: 'pushover_user\n', uid: 65_534 });
  });
});

it('a file under secrets/ that nothing reads is reported, with the nearest name', () => {
  const own = ownSecretFiles(['slack_webhok_url', 'notes', 'slack_webhook_url', '.gitkeep', 'postgres_exporter.yml'], settings);
  expect(unreadSecrets(documentOf(whole), own, settings)).toMatchObject([
    { severity: 'warning', place: 'secrets/slack_webhok_url', fix: 'Did you mean slack_webhook_url?' },
    { severity: 'warning', place: 'secrets/notes', fix: 'Name it in alertmanager/alertmanager.yml, or remove it.' },
  ]);
});
