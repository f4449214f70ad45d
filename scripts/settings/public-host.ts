import { warning, type Problem } from '../base/problem.ts';
import { CHANNEL_SECRETS } from './channels.ts';

/** Channels whose messages have no links: an SMS is too short, the dead man's switch is no message. */
const WITHOUT_LINKS: readonly string[] = ['SMTP_PASSWORD', 'SMS_WEBHOOK_URL', 'DEADMAN_URL'];

/** The keys of channels whose messages have links and are read on other hosts: secrets, and SMTP_HOST for email. */
export const LINKING_KEYS: readonly string[] = [...Object.keys(CHANNEL_SECRETS).filter((key) => !WITHOUT_LINKS.includes(key)), 'SMTP_HOST'];

/**
 * Links in messages lead to PUBLIC_HOST. Whoever reads a message elsewhere reaches that host's own pages with 127.0.0.1, or none.
 *
 * @param host the value of PUBLIC_HOST
 * @param isSet whether a setting or secret has a value, by its key
 */
export function linksNowhere(host: string, isSet: (key: string) => boolean): readonly Problem[] {
  const channel = LINKING_KEYS.find(isSet);
  if (channel === undefined || !/^(127\.[\d.]+|localhost|::1|0\.0\.0\.0)$/.test(host)) return [];
  return [
    warning(
      'PUBLIC_HOST',
      `is ${host}, but ${channel} is set: the links in its messages (runbook, graph, silence) open only on this host`,
      'Set PUBLIC_HOST to the name or address under which people reach this host; BIND_ADDRESS or a proxy must let them in.',
    ),
  ];
}
