import { describe, expect, it } from 'vitest';
import { deliveryAdvice, withoutSecrets } from '../../../scripts/notify/delivery-advice.ts';

describe('deliveryAdvice', () => {
  it.each([
    ['email[0]', '*smtp.plainAuth auth: unencrypted connection', /no TLS/],
    ['email[0]', '\'require_tls\' is true (default) but "mail:25" does not advertise the STARTTLS extension', /SMTP_REQUIRE_TLS=false/],
    ['email[0]', '*smtp.plainAuth auth: 535 5.7.8 Error: authentication failed', /SMTP_USER and SMTP_PASSWORD/],
    ['email[0]', 'send MAIL command: 553 5.7.1 Sender address rejected', /SMTP_FROM/],
    ['email[0]', 'send RCPT command: 554 5.7.1 Relay access denied', /EMAIL_CRITICAL/],
    ['email[0]', 'send STARTTLS command: tls: failed to verify certificate: x509: certificate is valid for a, not b', /certificate/],
    ['email[0]', 'establish connection to server: dial tcp 10.0.0.1:587: connect: connection refused', /Nothing listens/],
    ['email[0]', 'establish connection to server: dial tcp: lookup mial.example.com on 127.0.0.11:53: no such host', /DNS/],
    ['slack[0]', 'channel "": unexpected status code 404: no_team', /configure -- --slack-webhook -/],
    ['msteamsv2[0]', 'unexpected status code 401: Unauthorized', /--teams-webhook -/],
    ['webhook[1]', 'unexpected status code 404: not found', /a new one: npm run configure$/],
    ['pagerduty[0]', 'unexpected status code 400: Event object is invalid: Invalid Routing Key', /--pagerduty-key -/],
    ['telegram[0]', 'telegram: Bad Request: chat not found (400)', /TELEGRAM_CHAT_ID/],
    ['opsgenie[0]', 'unexpected status code 429: ', /no more messages for now/],
    ['slack[0]', 'channel "": unexpected status code 503: ', /itself has a problem/],
    ['slack[0]', 'context deadline exceeded', /firewall/],
    ['slack[0]', undefined, /keeps trying/],
    ['slack[0]', 'something new', /credentials/],
  ])('%s: %s', (integration, error, advice) => {
    expect(deliveryAdvice(integration, error)).toMatch(advice);
  });
});

it('withoutSecrets keeps the host and drops what follows', () => {
  expect(withoutSecrets('Post "https://api.telegram.org/bot1:abc_d-e/sendMessage": dial tcp 1.2.3.4:443: refused')).toBe(
    'Post "https://api.telegram.org/…": dial tcp 1.2.3.4:443: refused',
  );
});
