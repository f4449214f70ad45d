import { sh } from '../support/sh.ts';
import { requests } from './background/apps.ts';
import { are, between, weekEvent } from './shared/event.ts';
import { burst } from './shared/happenings.ts';
import { counts } from './shared/shapes.ts';

/** Somebody looks for known holes: thirty requests a second for what does not exist, wrong passwords at the login form and over SSH. */
export default weekEvent({
  title: 'a burst of 404s and of logins with wrong passwords by a scanner',
  lasts: '30m',
  every: '30s',
  informs: ['FailedSSHLogins'],
  real: async ({ exec, prefix, after }) => {
    const guess = 'web-1 sshd-session[10]: Failed password for invalid user admin from 192.0.2.9 port 51234 ssh2';
    const wrong = `for each in $(seq 25); do echo "$(date -u +%FT%T.%6N+00:00) ${guess}"; done >> /host/var/log/auth.log`;
    const search = `for (let each = 0; each < 300; each++) fetch('http://127.0.0.1:3000/.env').catch(() => 0)`;
    for (let minute = 0; minute < 6; minute++) {
      await exec('guarded-host', 'bash', '-c', wrong);
      const { code, stderr } = await sh(['docker', 'exec', `${prefix}-demo-demo-backend-1`, 'node', '-e', search]);
      // The example is deployed meanwhile.
      if (code !== 0 && minute > 1) throw new Error(stderr);
      await after(60);
    }
  },
  happenings: [
    ...burst('web', requests('(none)', 404, 30), '2m', '12m'),
    ...burst('web', requests('/login', 401, 2, 'POST'), '2m', '12m'),
    between(
      '2m',
      '12m',
      are({
        'nginx_http_requests_total{instance="shop-web"}': counts(51),
        'nginx_connections_active{instance="shop-web"}': 70,
        'security_ssh_failed_logins_total{reason="invalid_user"}': counts(0.3),
        'security_ssh_failed_logins_total{reason="password"}': counts(0.1),
      }),
    ),
  ],
});
