import { error, warning, type Problem } from '../base/problem.ts';

/**
 * Partly configured channels, which would silently send nothing or be refused by their server.
 *
 * @param configured keys of the secrets that have a value
 * @param channels plain settings of the channels
 */
export function halfChannels(configured: ReadonlySet<string>, channels: Readonly<Record<string, string>>): readonly Problem[] {
  const has = (key: string): boolean => (channels[key] ?? '') !== '';
  const problems: Problem[] = [];
  if (configured.has('TELEGRAM_BOT_TOKEN') && !has('TELEGRAM_CHAT_ID'))
    problems.push(
      error(
        'TELEGRAM_CHAT_ID',
        'is empty, but TELEGRAM_BOT_TOKEN is set: nothing would be sent',
        'Set the chat ID; groups have a negative one.',
      ),
    );
  if (!configured.has('TELEGRAM_BOT_TOKEN') && has('TELEGRAM_CHAT_ID'))
    problems.push(warning('TELEGRAM_CHAT_ID', 'is set, but without TELEGRAM_BOT_TOKEN nothing is sent', 'Set TELEGRAM_BOT_TOKEN.'));
  if (!configured.has('SLACK_WEBHOOK_URL') && has('SLACK_CHANNEL'))
    problems.push(warning('SLACK_CHANNEL', 'is set, but without SLACK_WEBHOOK_URL nothing is sent', 'Set SLACK_WEBHOOK_URL.'));
  if (has('SMTP_HOST') && has('SMTP_USER') && !configured.has('SMTP_PASSWORD'))
    problems.push(
      error(
        'SMTP_USER',
        'is set, but SMTP_PASSWORD is not: no login would succeed',
        'Set SMTP_PASSWORD, or write the password into secrets/smtp_password; empty SMTP_USER if the server needs no login.',
      ),
    );
  return problems;
}
