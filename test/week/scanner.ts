import { requests } from './background/apps.ts';
import { are, between, weekEvent } from './shared/event.ts';
import { burst } from './shared/happenings.ts';
import { counts } from './shared/shapes.ts';

/** Somebody looks for known holes: thirty requests a second for what does not exist, wrong passwords at the login form and over SSH. */
export default weekEvent({
  title: 'a burst of 404s and of logins with wrong passwords by a scanner',
  lasts: '30m',
  every: '30s',
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
