import type { AlertmanagerConfig } from './config.ts';

/** Where the history service accepts notifications to send as SMS. */
export const SMS_URL = 'http://history:9095/sms';

const SMS_FILE = '/run/secrets/sms_webhook_url';

/** Sends the receivers' SMS through Twilio if no gateway is set. */
export function throughTwilio(config: AlertmanagerConfig): void {
  for (const receiver of config.receivers)
    for (const integration of receiver['webhook_configs'] ?? [])
      if (integration['url_file'] === SMS_FILE) {
        delete integration['url_file'];
        integration['url'] = SMS_URL;
      }
}
