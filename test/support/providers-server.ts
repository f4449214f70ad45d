/**
 * Takes the place of the services that alerts are sent to, under their own names and with TLS: runs in a container that the network's DNS knows as
 * hooks.slack.com, events.pagerduty.com and so on. Every request is stored unchanged and listed on the control port.
 */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import type { Mail, Mode, ProviderRequest } from './providers.ts';

const tls = { key: readFileSync('/providers/key.pem'), cert: readFileSync('/providers/cert.pem') };
const requests: ProviderRequest[] = [];
const mails: Mail[] = [];
let mode: Mode = { http: 'ok', smtp: 'ok' };

/** What each service answers to a request that it took, as it documents it. */
const ANSWERS: Readonly<Record<string, readonly [status: number, type: string, body: string]>> = {
  'hooks.slack.com': [200, 'text/plain', 'ok'],
  'events.pagerduty.com': [202, 'application/json', '{"status":"success","message":"Event processed","dedup_key":"k"}'],
  'api.telegram.org': [
    200,
    'application/json',
    '{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":-1001234,"type":"group"},"text":"t"}}',
  ],
  'discord.com': [204, 'text/plain', ''],
  'teams.test': [202, 'text/plain', ''],
  'api.opsgenie.com': [202, 'application/json', '{"result":"Request will be processed","took":0.1,"requestId":"r"}'],
};

const provider: RequestListener = (request, response) => void take(request, response);

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  const body = await text(request);
  requests.push({ at: Date.now(), host, method: request.method ?? '', url: request.url ?? '', headers: { ...request.headers }, body });
  if (mode.http === 'refuse' && host !== 'history') return void response.writeHead(403).end('no_service');
  const [status, type, answer] = ANSWERS[host] ?? [200, 'text/plain', 'OK'];
  response.writeHead(status, { 'content-type': type }).end(answer);
}

/** A refusal with its SMTP code. */
function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

const smtp = new SMTPServer({
  ...tls,
  authMethods: ['PLAIN', 'LOGIN'],
  onAuth: ({ username, password }, _session, done) =>
    mode.smtp === 'login' || username !== 'alerts' || password !== 'smtp-Secret-1'
      ? done(refusal(535, '5.7.8 Authentication credentials invalid'))
      : done(null, { user: username }),
  onMailFrom: (_address, _session, done) => done(mode.smtp === 'sender' ? refusal(550, '5.7.1 Sender address rejected') : null),
  onRcptTo: (_address, _session, done) => done(mode.smtp === 'recipient' ? refusal(550, '5.1.1 No such user here') : null),
  onData: (stream, session, done) =>
    void text(stream).then((content) => {
      const { mailFrom, rcptTo } = session.envelope;
      mails.push({
        at: Date.now(),
        secure: session.secure,
        user: String(session.user),
        from: mailFrom === false ? '' : mailFrom.address,
        to: rcptTo.map(({ address }) => address),
        content,
      });
      done();
    }),
});
// A client that hangs up, or that does not trust the certificate, is what some tests are about.
smtp.on('error', () => undefined);

createTlsServer(tls, provider).listen(443);
createServer(provider).listen(80);
createServer(provider).listen(9095);
smtp.listen(587);
createServer((request, response) => void control(request, response)).listen(8080);

async function control(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'POST') mode = JSON.parse(await text(request)) as Mode;
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ requests, mails }));
}
