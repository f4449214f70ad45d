import { CHANNELS } from '../alertmanager/channel-catalog.ts';

/** What to do about an error, by what Alertmanager says of it. The first that matches counts. */
const ADVICE: readonly (readonly [error: RegExp, advice: string])[] = [
  [/unencrypted connection/, 'The server offers no TLS, and a login is never sent without it. Another port (587, 465), or no SMTP_USER.'],
  [
    /does not advertise the STARTTLS/,
    'Use the port that speaks STARTTLS (587) or TLS (465). SMTP_REQUIRE_TLS=false only on a network of your own.',
  ],
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
  [
    /x509|certificate/,
    'The server’s certificate is not trusted here: is the host name the one of the certificate, and is its CA a public one?',
  ],
  [/first record does not look like a TLS handshake/, 'The port does not begin with TLS: 587 for STARTTLS.'],
  [
    /no such host|server misbehaving/,
    'The name is not known to DNS: a mistake in the address, or the containers’ DNS (docker run --rm busybox nslookup <name>).',
  ],
  [/connection refused/, 'Nobody listens at that address and port.'],
  [
    /no route to host|network is unreachable|i\/o timeout|deadline exceeded/,
    'The address cannot be reached from the containers: a firewall, or a host that needs a proxy.',
  ],
  [/\b429\b/, 'The service takes no more messages for now; Alertmanager goes on trying.'],
  [/\b5\d\d\b/, 'The service has a problem of its own; Alertmanager goes on trying.'],
  [/chat not found/, 'Telegram does not know TELEGRAM_CHAT_ID, or the bot is not in that chat: add it, and write to it once.'],
];

/** Statuses with which a service says that it does not know the secret. */
const REFUSED = /\b(400|401|403|404|410)\b|Unauthorized|invalid_(auth|token)|no_service|no_team/;

/**
 * What to do when a message did not arrive.
 *
 * @param integration as Alertmanager logs it: `slack[0]`
 * @param error its words; undefined where it has none yet
 */
export function deliveryAdvice(integration: string, error: string | undefined): string {
  if (error === undefined) return 'Alertmanager goes on trying: npm run logs -- alertmanager.';
  const known = ADVICE.find(([pattern]) => pattern.test(error))?.[1];
  if (known !== undefined) return known;
  if (REFUSED.test(error)) return `The service does not take the credential; a new one: ${configureCommand(integration)}`;
  return 'Check its credentials (npm run configure), and that this host reaches the address; Alertmanager goes on trying.';
}

/** The command that sets the secret of an integration. A webhook is one of several channels. */
function configureCommand(integration: string): string {
  const kind = integration.replace(/\[.*$/, '').replace(/^msteamsv2$/, 'teams');
  const channel = CHANNELS.find(({ name }) => name === kind && name !== 'webhook');
  return channel === undefined ? 'npm run configure' : `npm run configure -- --${channel.fields[0]?.flag ?? ''} -`;
}

/** Alertmanager's words without what must not be shown: the token of a Telegram bot stands in the address that it calls. */
export function withoutSecrets(error: string): string {
  return error.replace(/\bbot\d+:[\w-]+/g, 'bot…').replace(/(https?:\/\/[^/\s"]+)\/[^\s"]*/g, '$1/…');
}
