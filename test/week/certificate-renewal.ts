import { certificate } from '../drills/security.ts';
import { are, since, weekEvent } from './shared/event.ts';

const DAY = 86_400;

/** A client of Let's Encrypt renews when 30 days are left and looks twice a day: the certificate gets as old as 29 days and a half. */
export default weekEvent({
  title: 'a certificate that is renewed at 29 days',
  lasts: '6h',
  every: '5m',
  real: async ({ exec, after }) => {
    await exec('guarded-host', 'bash', '-c', certificate(29));
    await after(300);
    await exec('guarded-host', 'bash', '-c', certificate(90));
  },
  happenings: [
    since('0s', are({ probe_ssl_earliest_cert_expiry: 29.5 * DAY, security_certificate_expiry_timestamp_seconds: 29.5 * DAY })),
    since('5h', are({ probe_ssl_earliest_cert_expiry: 90 * DAY, security_certificate_expiry_timestamp_seconds: 90 * DAY })),
  ],
});
