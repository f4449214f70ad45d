import { CHANNELS } from '../alertmanager/channel-catalog.ts';

/** What to do about an error, by Alertmanager's message. The first match counts. */
const ADVICE: readonly (readonly [error: RegExp, advice: string])[] = [
  [
    /unencrypted connection/,
    'The server offers no TLS, and a login is never sent without it. Use another port (587, 465), or no SMTP_USER.',
  ],
  [/does not advertise the STARTTLS/, 'Use the port for STARTTLS (587) or TLS (465). SMTP_REQUIRE_TLS=false only in your own network.'],
  [
    / auth: (4|5)\d\d|\b(535|534|530)\b/,
    'The server refuses the login: check SMTP_USER and SMTP_PASSWORD. Many providers ask for an app password.',
  ],
  [/missing password for/, 'SMTP_USER is set, but there is no SMTP_PASSWORD.'],
  [/send MAIL command/, 'The server refuses the sender: SMTP_FROM must be an address that SMTP_USER may send from.'],
  [
    /send RCPT command/,
    'The server refuses an address of EMAIL_CRITICAL, EMAIL_WARNING, EMAIL_SECURITY, EMAIL_DBA or EMAIL_ML, or to relay to it.',
  ],
  [/x509|certificate/, 'The server’s certificate is not trusted here: does it match the host name, and is its CA public?'],
  [/first record does not look like a TLS handshake/, 'The port does not start with TLS. Use 587 for STARTTLS.'],
  [
    /no such host|server misbehaving/,
    'DNS does not know the name: a typo in the address, or the containers’ DNS (docker run --rm busybox nslookup <name>).',
  ],
  [/connection refused/, 'Nothing listens at that address and port.'],
  [
    /no route to host|network is unreachable|i\/o timeout|deadline exceeded/,
    'The containers cannot reach the address: a firewall, or a host that needs a proxy.',
  ],
  [/\b429\b/, 'The service accepts no more messages for now; Alertmanager keeps trying.'],
  [/\b5\d\d\b/, 'The service itself has a problem; Alertmanager keeps trying.'],
  [/chat not found/, 'Telegram does not know TELEGRAM_CHAT_ID, or the bot is not in that chat: add it, and write to it once.'],
];

/** Statuses by which a service rejects the secret. */
const REFUSED = /\b(400|401|403|404|410)\b|Unauthorized|invalid_(auth|token)|no_service|no_team/;

/**
 * What to do when a message did not arrive.
 *
 * @param integration as Alertmanager logs it: `slack[0]`
 * @param error its error; undefined if there is none yet
 */
export function deliveryAdvice(integration: string, error: string | undefined): string {
  if (error === undefined) return 'Alertmanager keeps trying: npm run logs -- alertmanager.';
  const known = ADVICE.find(([pattern]) => pattern.test(error))?.[1];
  if (known !== undefined) return known;
  if (REFUSED.test(error)) return `The service rejects the credential. Set a new one: ${configureCommand(integration)}`;
  return 'Check its credentials (npm run configure), and that this host reaches the address; Alertmanager keeps trying.';
}

/** The command that sets the secret of an integration. A webhook is one of several channels. */
function configureCommand(integration: string): string {
  const kind = integration.replace(/\[.*$/, '').replace(/^msteamsv2$/, 'teams');
  const channel = CHANNELS.find(({ name }) => name === kind && name !== 'webhook');
  return channel === undefined ? 'npm run configure' : `npm run configure -- --${channel.fields[0]?.flag ?? ''} -`;
}

/** Alertmanager's error without secrets: its Telegram address contains the bot's token. */
export function withoutSecrets(error: string): string {
  return error.replace(/\bbot\d+:[\w-]+/g, 'bot…').replace(/(https?:\/\/[^/\s"]+)\/[^\s"]*/g, '$1/…');
}
