import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../../scripts/base/files.ts';
import { startContainer } from './cleanup.ts';
import { eventually, sh } from './e2e-stack.ts';

/** A request as a provider got it. */
export interface ProviderRequest {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly host: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A mail as the server got it: envelope, and the message with its headers. */
export interface Mail {
  readonly at: number;
  readonly secure: boolean;
  readonly user: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly content: string;
}

/** How the providers treat what comes. */
export interface Mode {
  readonly http: 'ok' | 'refuse';
  readonly smtp: 'ok' | 'login' | 'sender' | 'recipient';
}

/** The names under which the providers are known in the network. */
const PROVIDER_HOSTS = [
  'hooks.slack.com',
  'events.pagerduty.com',
  'api.telegram.org',
  'discord.com',
  'teams.test',
  'api.opsgenie.com',
  'ntfy.sh',
  'hc-ping.com',
  'gateway.test',
  'sms.test',
  'appwrite.test',
  'mail.test',
];

/** The providers in a container of their own. */
export class Providers {
  readonly container: string;
  readonly #control: string;

  private constructor(container: string, control: string) {
    this.container = container;
    this.#control = control;
  }

  /**
   * Starts them in a network.
   *
   * @param folder a folder for their program, key and certificate (`cert.pem`, which clients must trust)
   * @param image an image with Node.js 24
   */
  static async start(project: string, network: string, folder: string, image: string): Promise<Providers> {
    mkdirSync(folder, { recursive: true });
    await build({
      entryPoints: [join(ROOT, 'test/support/providers-server.ts')],
      bundle: true,
      format: 'cjs',
      platform: 'node',
      target: 'node24',
      logLevel: 'silent',
      outfile: join(folder, 'server.cjs'),
    });
    const certificate = await sh([
      'openssl',
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=providers'],
      ...['-addext', `subjectAltName=${PROVIDER_HOSTS.map((host) => `DNS:${host}`).join(',')}`],
      ...['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')],
    ]);
    if (certificate.code !== 0) throw new Error(certificate.stderr);
    chmodSync(folder, 0o755);
    const aliases = [...PROVIDER_HOSTS, 'history'].flatMap((host) => ['--network-alias', host]);
    const name = `${project}-providers`;
    await startContainer(
      project,
      name,
      ...['--network', network, ...aliases, '-u', '0', '-p', '127.0.0.1::8080'],
      ...['-v', `${folder}:/providers:ro`, '--entrypoint', 'node', image, '/providers/server.cjs'],
    );
    const port = (await sh(['docker', 'port', name, '8080'])).stdout.trim().split('\n')[0] ?? '';
    const providers = new Providers(name, `http://${port}/`);
    await eventually('the providers answer', 60, async () => (await fetch(providers.#control)).ok);
    return providers;
  }

  async all(): Promise<{ requests: ProviderRequest[]; mails: Mail[] }> {
    return (await (await fetch(this.#control)).json()) as { requests: ProviderRequest[]; mails: Mail[] };
  }

  async set(mode: Mode): Promise<void> {
    await fetch(this.#control, { method: 'POST', body: JSON.stringify(mode) });
  }
}
