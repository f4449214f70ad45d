import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { parse, stringify } from 'yaml';
import { CHANNEL_SECRETS, type ChannelSecretKey } from '../../scripts/settings/channels.ts';
import { renderAlertmanager } from '../../scripts/alertmanager/render.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { makeNetwork, startContainer } from './cleanup.ts';
import { eventually, removeEverything, sh } from './e2e-stack.ts';
import { serviceImage } from './images.ts';
import { Providers, type Mail, type ProviderRequest } from './providers.ts';

/** A credential of every channel, of the right shape; the fixture-ins take them. */
export const CREDENTIALS: Readonly<Record<ChannelSecretKey, string>> = {
  SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T0AAA/B0BBB/slackSecret1',
  PAGERDUTY_ROUTING_KEY: 'pd0secret0pd0secret0pd0secret0pd',
  SMTP_PASSWORD: 'smtp-Secret-1',
  WEBHOOK_URL: 'https://gateway.test/hook/webhookSecret1',
  SMS_WEBHOOK_URL: 'https://sms.test/send/smsSecret1',
  NTFY_URL: 'https://ntfy.sh/ntfySecret1?template=alertmanager',
  APPWRITE_FUNCTION_URL: 'https://appwrite.test/appwriteSecret1',
  TELEGRAM_BOT_TOKEN: '123456789:telegramSecret1telegramSecret1abc',
  DISCORD_WEBHOOK_URL: 'https://discord.com/api/webhooks/1234/discordSecret1',
  TEAMS_WEBHOOK_URL: 'https://teams.test/workflows/teamsSecret1/triggers/manual/paths/invoke?sig=teamsSig1',
  OPSGENIE_API_KEY: '0b5ec2e7-89ab-cdef-0123-456789abcdef',
  DEADMAN_URL: 'https://hc-ping.com/dead0000-89ab-cdef-0123-456789abcdef',
};

/** The stack's own configuration with every channel set up. */
export const { config } = renderAlertmanager(
  parse(readFileSync(join(ROOT, 'alertmanager/alertmanager.yml'), 'utf8'), { merge: true }),
  new Set(Object.keys(CHANNEL_SECRETS)),
  {
    SMTP_HOST: 'mail.test',
    SMTP_PORT: '587',
    SMTP_USER: 'alerts',
    SMTP_FROM: 'alerts@shop.test',
    EMAIL_CRITICAL: 'oncall@shop.test, boss@shop.test',
    EMAIL_WARNING: 'team@shop.test',
    EMAIL_SECURITY: 'security@shop.test',
    EMAIL_DBA: 'dba@shop.test',
    EMAIL_ML: 'ml@shop.test',
    SLACK_CHANNEL: '#ops',
    TELEGRAM_CHAT_ID: '-1001234',
  },
);

export type Labels = Readonly<Record<string, string>>;

/** Labels of a test alert: grouped at once, sent where a real one would be. The instance is in every message, so that tests do not mix. */
export function labelsOf(severity: string, more: Labels = {}): Labels & { readonly instance: string; readonly nonce: string } {
  const instance = `cache-${Math.random().toString(36).slice(2, 8)}`;
  return { alertname: 'TestAlert', severity, category: 'stack', service: 'cache', instance, nonce: instance, ...more };
}

/** The requests to one host. */
export const to = (requests: readonly ProviderRequest[], host: string): ProviderRequest[] =>
  requests.filter((request) => request.host === host);

/** The body of a request. */
export const json = (request: ProviderRequest | undefined): Record<string, unknown> =>
  JSON.parse(request?.body ?? '{}') as Record<string, unknown>;

/** A real Alertmanager with the stack's own configuration and templates, among fixture-ins for every provider. */
export class ChannelFixture {
  readonly providers: Providers;
  readonly #name: string;
  readonly #folder: string;
  readonly #base: string;

  private constructor(name: string, folder: string, base: string, providers: Providers) {
    this.#name = name;
    this.#folder = folder;
    this.#base = base;
    this.providers = providers;
  }

  /** @param name prefix of everything that it makes in the engine */
  static async start(name: string): Promise<ChannelFixture> {
    await removeEverything(name);
    const docker = new Docker();
    const folder = mkdtempSync(join(tmpdir(), `${name}-`));
    chmodSync(folder, 0o755);
    await makeNetwork(name, `${name}-net`);
    const node = await serviceImage(docker, 'history');
    const providers = await Providers.start(name, `${name}-net`, join(folder, 'providers'), node);
    const base = await startAlertmanager(name, folder, await serviceImage(docker, 'alertmanager'));
    return new ChannelFixture(name, folder, base, providers);
  }

  /** Sends Alertmanager an alert, or its end. */
  async send(labels: Labels, over = false): Promise<void> {
    const alert = {
      labels: { cluster: 'shop', ...labels },
      annotations: {
        summary: 'Redis cache is down',
        description: 'No answer for 20 s.',
        impact: 'Sessions are lost.',
        runbook_url: 'http://127.0.0.1:9095/runbooks/redis/RedisDown',
      },
      generatorURL: 'http://127.0.0.1:9090/graph?g0.expr=redis_up+%3D%3D+0&g0.tab=1',
      ...(over ? { endsAt: new Date(Date.now() - 1).toISOString() } : {}),
    };
    const response = await fetch(`${this.#base}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([alert]),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  /** What the providers got about an instance. */
  async about(instance: string): Promise<{ requests: ProviderRequest[]; mails: Mail[] }> {
    const { requests, mails } = await this.providers.all();
    return {
      requests: requests.filter(({ body }) => body.includes(instance)),
      mails: mails.filter(({ content }) => content.includes(instance)),
    };
  }

  /** Waits until each of these hosts got so many messages about an instance; all that were sent about it. */
  async notified(instance: string, hosts: readonly string[], times = 1): Promise<ProviderRequest[]> {
    await eventually(`${hosts.join(', ')} got ${times} messages`, 120, async () => {
      const { requests } = await this.about(instance);
      return hosts.every((host) => to(requests, host).length >= times);
    });
    return (await this.about(instance)).requests;
  }

  /** Alertmanager's log. */
  async log(): Promise<string> {
    const { stdout, stderr } = await sh(['docker', 'logs', `${this.#name}-am`]);
    return stdout + stderr;
  }

  async destroy(): Promise<void> {
    await removeEverything(this.#name);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Its address. The providers' certificate is the only one that it trusts. */
async function startAlertmanager(name: string, folder: string, image: string): Promise<string> {
  const dir = join(folder, 'am');
  cpSync(join(ROOT, 'alertmanager/templates'), join(dir, 'templates'), { recursive: true });
  mkdirSync(join(dir, 'secrets'));
  writeFileSync(join(dir, 'alertmanager.yml'), stringify(config, { aliasDuplicateObjects: false }));
  for (const [key, { file }] of Object.entries(CHANNEL_SECRETS))
    writeFileSync(join(dir, 'secrets', file), `${CREDENTIALS[key as ChannelSecretKey]}\n`);
  await sh(['chmod', '-R', 'a+rX', dir]);
  await startContainer(
    name,
    `${name}-am`,
    ...['--network', `${name}-net`, '-p', '127.0.0.1::9093'],
    ...['-v', `${dir}:/etc/alertmanager:ro`, '-v', `${dir}/secrets:/run/secrets:ro`],
    ...['-v', `${join(folder, 'providers/cert.pem')}:/ca.pem:ro`, '-e', 'SSL_CERT_FILE=/ca.pem', image],
    ...['--config.file=/etc/alertmanager/alertmanager.yml', '--storage.path=/alertmanager', '--cluster.listen-address='],
    ...['--web.external-url=http://127.0.0.1:9093/', '--log.level=debug'],
  );
  const address = `http://${(await sh(['docker', 'port', `${name}-am`, '9093'])).stdout.trim().split('\n')[0] ?? ''}`;
  await eventually('Alertmanager is ready', 120, async () => (await fetch(`${address}/-/ready`)).ok);
  return address;
}
