import { MODULE_NAMES } from '../../../scripts/modules/index.ts';
import { describe, expect, it } from 'vitest';
import { parseEnvFile } from '../../../scripts/base/env-file.ts';
import { inForce } from '../../../scripts/settings/in-force.ts';
import { planSecrets } from '../../../scripts/settings/secrets.ts';
import { nearestKey, readSettings } from '../../../scripts/settings/settings.ts';

const read = (text: string) => readSettings(parseEnvFile(text, '.env').entries, '.env');
const said = (text: string): string[] => read(text).problems.map(({ severity, place, message }) => `${severity} ${place} ${message}`);

describe('readSettings', () => {
  it('has a valid default for everything', () => {
    const { settings, problems } = read('');
    expect(problems).toEqual([]);
    expect(settings.plain).toMatchObject({
      COMPOSE_PROJECT_NAME: 'pharos',
      GRAFANA_PORT: 3001,
      MODULES: ['node', 'containers', 'apps', 'blackbox', 'logs'],
      CLUSTER_NAME: undefined,
    });
  });

  it('takes an empty line for the default', () => {
    expect(read('GRAFANA_PORT=\n').settings.plain.GRAFANA_PORT).toBe(3001);
  });

  it.each(['PROMETHEUS_RETENTION_TIME=292y', 'PROMETHEUS_RETENTION_TIME=500ms', 'PROMETHEUS_RETENTION_SIZE=8388607TB'])(
    'takes %s',
    (line) => {
      expect(said(`${line}\n`)).toEqual([]);
    },
  );

  it.each([
    ['GRAFANA_PROT=1', 'error .env:1 GRAFANA_PROT is not a setting'],
    ['MY_OWN_THING=1', 'warning .env:1 MY_OWN_THING is not a setting of this stack'],
    ['GRAFANA_PORT=70000', 'error .env:1 GRAFANA_PORT: "70000" is not a port'],
    ['MODULES=node,nod', `error .env:1 MODULES: "nod" is not one of ${MODULE_NAMES.join(', ')}`],
    [
      'MODULES=nodee,contaners,stack',
      `error .env:1 MODULES: "nodee" is not one of ${MODULE_NAMES.join(', ')}; "contaners" is not one of ${MODULE_NAMES.join(', ')}`,
    ],
    [
      'POSTGRES_INSTANCES=bad1,bad2',
      'error .env:1 POSTGRES_INSTANCES: "bad1" does not start with a name (lower-case letters, digits, -) and =; "bad2" does not start with a name (lower-case letters, digits, -) and =',
    ],
    ['GRAFANA_ADMIN_USER=ops admin', 'error .env:1 GRAFANA_ADMIN_USER: "ops admin" is not a user name'],
    ['MODULES=node,node', 'error .env:1 MODULES: "node" is listed twice'],
    ['BIND_ADDRESS=localhost', 'error .env:1 BIND_ADDRESS: "localhost" is not an IP address'],
    ['PUBLIC_HOST=http://x', 'error .env:1 PUBLIC_HOST: "http://x" is not a host name'],
    ['SMTP_HOST=mail.example.com:25', 'error .env:1 SMTP_HOST: "mail.example.com:25" has a port, and takes a name or address alone'],
    ['SMTP_HOST=[2001:db8::1]:25', 'error .env:1 SMTP_HOST: "[2001:db8::1]:25" has a port, and takes a name or address alone'],
    ['SMTP_HOST=mail:25:25', 'error .env:1 SMTP_HOST: "mail:25:25" is not a host name'],
    [
      'PUBLIC_HOST=shop.example.com:3001',
      'error .env:1 PUBLIC_HOST: "shop.example.com:3001" has a port, and takes a name or address alone',
    ],
    ['PROMETHEUS_RETENTION_TIME=30', 'error .env:1 PROMETHEUS_RETENTION_TIME: "30" is not a duration'],
    ['PROMETHEUS_RETENTION_SIZE=10', 'error .env:1 PROMETHEUS_RETENTION_SIZE: "10" is not a size'],
    ['PROMETHEUS_RETENTION_TIME=300y', 'error .env:1 PROMETHEUS_RETENTION_TIME: "300y" is longer than Prometheus can count'],
    ['PROMETHEUS_RETENTION_TIME=106752d', 'error .env:1 PROMETHEUS_RETENTION_TIME: "106752d" is longer than Prometheus can count'],
    ['PROMETHEUS_RETENTION_SIZE=8388608TB', 'error .env:1 PROMETHEUS_RETENTION_SIZE: "8388608TB" is larger than Prometheus can count'],
    ['ALERT_CPU_THRESHOLD=120', 'error .env:1 ALERT_CPU_THRESHOLD: "120" is not a percentage'],
    ['ALERT_CPU_THRESHOLD=100', 'error .env:1 ALERT_CPU_THRESHOLD is 100: more than 100 % is impossible, so HighCPUUsage would never fire'],
    [
      'ALERT_MEMORY_THRESHOLD=95',
      'warning .env:1 ALERT_MEMORY_THRESHOLD is 95, but CriticalMemoryUsage already fires at 95: HighMemoryUsage would come too late',
    ],
    [
      'ALERT_ERROR_RATE_THRESHOLD=6',
      'warning .env:1 ALERT_ERROR_RATE_THRESHOLD is 6, but CriticalErrorRate already fires at 5: HighErrorRate would come too late',
    ],
    ['STACK_SUBNET=172.30.0.0', 'error .env:1 STACK_SUBNET: "172.30.0.0" is not an IPv4 network'],
    ['TARGET_SERVERS=shop-db', 'error .env:1 TARGET_SERVERS: "shop-db" is not a host, = and a server'],
    ['TARGET_SERVERS=db=a=b', 'error .env:1 TARGET_SERVERS: "db=a=b" is not a host, = and a server'],
    ['TARGET_SERVERS=shop-db:5432=db-1', 'error .env:1 TARGET_SERVERS: "shop-db:5432" has a port, and takes a name or address alone'],
    ['TARGET_SERVERS=db=a,db=b', 'error .env:1 TARGET_SERVERS: "db" is listed twice'],
    ['BLACKBOX_TARGETS=shop.example.com', 'error .env:1 BLACKBOX_TARGETS: "shop.example.com" is not a URL'],
    ['LOG_SHIPPER=fluentd', 'error .env:1 LOG_SHIPPER: "fluentd" is not one of alloy, promtail'],
    ['EMAIL_CRITICAL=oncall', 'error .env:1 EMAIL_CRITICAL: "oncall" is not an email address'],
    ['PROMETHEUS_PORT=3001', 'error .env:1 PROMETHEUS_PORT is 3001, as is GRAFANA_PORT'],
    ['MODULES=postgres', 'error .env (POSTGRES_INSTANCES is missing) POSTGRES_INSTANCES is empty, but MODULES turns postgres on'],
    ['MODULES=security', 'error .env:1 MODULES turns security on without node, which shows its metrics'],
    ['SECURITY_CERTIFICATES=/etc/tls', 'warning .env:1 SECURITY_CERTIFICATES is set, but the module is off'],
    ['SECURITY_CERTIFICATES=tls', 'error .env:1 SECURITY_CERTIFICATES: "tls" is not an absolute path'],
    ['SECURITY_CERTIFICATES=/etc/tls,/', 'error .env:1 SECURITY_CERTIFICATES: "/" is not an absolute path'],
    ['SECURITY_CERTIFICATES=/srv/../root', 'error .env:1 SECURITY_CERTIFICATES: "/srv/../root" is not an absolute path'],
    ['REDIS_INSTANCES=c=redis://c', 'warning .env:1 REDIS_INSTANCES is set, but the module is off'],
    [
      'BIND_ADDRESS=0.0.0.0',
      'warning .env:1 BIND_ADDRESS=0.0.0.0 opens every page of the stack beyond this host; Docker’s published ports bypass UFW and firewalld',
    ],
    ['COMPOSE_FILE=docker-compose.yml', 'error .env:1 COMPOSE_FILE does not name .effective/compose.yml, which `up` writes'],
    ['SLACK_WEBHOOK_URL=hooks', 'error .env:1 SLACK_WEBHOOK_URL is not an incoming webhook of Slack'],
    ['SLACK_WEBHOOK_URL=https://app.slack.com/client/T1/C1', 'error .env:1 SLACK_WEBHOOK_URL is not an incoming webhook of Slack'],
    ['NTFY_URL=https://ntfy.sh/', 'error .env:1 NTFY_URL is not the address of an ntfy topic'],
    ['DISCORD_WEBHOOK_URL=https://discord.com/channels/1/2', 'error .env:1 DISCORD_WEBHOOK_URL is not a webhook of Discord'],
    ['TEAMS_WEBHOOK_URL=https://teams.microsoft.com/l/channel/x', 'error .env:1 TEAMS_WEBHOOK_URL is not the address of a workflow'],
    ['OPSGENIE_API_KEY=key', 'error .env:1 OPSGENIE_API_KEY is not an API key of Opsgenie'],
    ['TELEGRAM_BOT_TOKEN=abc', 'error .env:1 TELEGRAM_BOT_TOKEN is not a bot token'],
    ['DEADMAN_URL=https://hc-ping.com/', 'error .env:1 DEADMAN_URL is not a ping address'],
    ['PAGERDUTY_ROUTING_KEY=abc', 'error .env:1 PAGERDUTY_ROUTING_KEY is not an Events API v2 routing key'],
    ['GRAFANA_ADMIN_PASSWORD=short', 'error .env:1 GRAFANA_ADMIN_PASSWORD is shorter than 8 characters'],
  ])('%s', (line, message) => {
    expect(said(line)).toContain(message);
  });

  it('says which modules were most likely meant', () => {
    expect(read('MODULES=nodee,contaners,logs\n').problems[0]?.fix).toBe('Did you mean node? Did you mean containers?');
  });

  it('takes the module that is always on for granted', () => {
    const { settings, problems } = read('MODULES=stack, node\n');
    expect(problems).toEqual([]);
    expect(settings.plain.MODULES).toEqual(['node']);
  });

  it.each(['ops_admin', 'ann@example.com', 'a.b-c'])('takes the user name %s', (name) => {
    expect(said(`GRAFANA_ADMIN_USER=${name}\n`)).toEqual([]);
  });

  it('says nothing of a threshold that is below the critical one', () => {
    expect(said('ALERT_CPU_THRESHOLD=94.5\nALERT_MEMORY_THRESHOLD=94\nALERT_ERROR_RATE_THRESHOLD=4.9\n')).toEqual([]);
  });

  it('asks for what email needs', () => {
    expect(said('SMTP_HOST=mail\n').map((text) => text.split(') ')[1])).toEqual([
      'SMTP_FROM is empty, but SMTP_HOST turns email on',
      'SMTP_HOST turns email on, but no address is set',
    ]);
  });

  it('says where the port of the mail server belongs, and takes its address of either kind', () => {
    expect(read('SMTP_HOST=mail.example.com:25').problems.find(({ place }) => place === '.env:1')?.fix).toBe(
      'Write mail.example.com, and SMTP_PORT=25.',
    );
    for (const host of ['mail.example.com', '192.0.2.1', '2001:db8::1']) {
      expect(said(`SMTP_HOST=${host}`).filter((text) => text.includes('SMTP_HOST:'))).toEqual([]);
      expect(read(`SMTP_HOST=${host}`).settings.channels['SMTP_HOST']).toBe(host);
    }
  });

  it('reports problems in the order of the lines', () => {
    expect(said('GRAFANA_PORT=x\nBIND_ADDRESS=y\nLOKI_PORT=z\n').map((text) => text.split(' ')[1])).toEqual(['.env:1', '.env:2', '.env:3']);
  });

  it('never repeats a secret in a problem', () => {
    expect(JSON.stringify(read('GRAFANA_ADMIN_PASSWORD=hush\nPAGERDUTY_ROUTING_KEY=hushhush\n').problems)).not.toContain('hush');
  });
});

it('nearestKey finds a typing mistake and nothing far away', () => {
  expect(nearestKey('GRAFANA_PRT')).toBe('GRAFANA_PORT');
  expect(nearestKey('JAVA_HOME')).toBeUndefined();
});

it('inForce masks secrets and says where a value comes from', () => {
  const text = 'GRAFANA_PORT=3005\nGRAFANA_ADMIN_PASSWORD=very-secret\n';
  const { entries } = parseEnvFile(text, '.env');
  const rows = inForce(readSettings(entries, '.env').settings, entries, new Map());
  expect(rows.find(({ key }) => key === 'GRAFANA_PORT')).toEqual({ key: 'GRAFANA_PORT', value: '3005', from: '.env:1' });
  expect(rows.find(({ key }) => key === 'LOKI_PORT')).toEqual({ key: 'LOKI_PORT', value: '3100', from: 'default' });
  expect(JSON.stringify(rows)).not.toContain('very-secret');
});

it('inForce says which file a secret comes from, and shows no password in an address', () => {
  const text =
    'BLACKBOX_TARGETS=https://user:hunter2@shop.example.com/a,https://t0ken@api.example.com\nPOSTGRES_INSTANCES=shop=postgresql://m@db/postgres\n';
  const { entries } = parseEnvFile(text, '.env');
  const rows = inForce(readSettings(entries, '.env').settings, entries, new Map([['slack_webhook_url', 'https://hooks/x\n']]));
  const row = (name: string) => rows.find(({ key }) => key === name);
  expect(row('SLACK_WEBHOOK_URL')).toEqual({ key: 'SLACK_WEBHOOK_URL', value: '********', from: 'secrets/slack_webhook_url' });
  expect(row('DISCORD_WEBHOOK_URL')).toEqual({ key: 'DISCORD_WEBHOOK_URL', value: '', from: 'default' });
  expect(row('BLACKBOX_TARGETS')?.value).toBe('https://********@shop.example.com/a,https://********@api.example.com');
  expect(row('POSTGRES_INSTANCES')?.value).toBe('shop=postgresql://m@db/postgres');
});

describe('planSecrets', () => {
  const postgres = 'MODULES=postgres,redis\nPOSTGRES_INSTANCES=shop=postgresql://m@db/postgres\nREDIS_INSTANCES=cache=redis://c:6379\n';

  it('writes values of .env to files, takes files that are there, and says what is missing', () => {
    const { settings } = read(`${postgres}PUBLIC_HOST=monitor\nGRAFANA_ADMIN_PASSWORD=long-enough\n`);
    const plan = planSecrets(settings, new Map([['slack_webhook_url', 'https://hooks/x\n']]));
    expect(plan.configured).toEqual(new Set(['GRAFANA_ADMIN_PASSWORD', 'SLACK_WEBHOOK_URL']));
    expect(plan.problems.map(({ place }) => place)).toEqual(['secrets/postgres_shop_password']);
    expect(plan.files.find(({ file }) => file === 'grafana_admin_password')).toEqual({
      file: 'grafana_admin_password',
      content: 'long-enough',
      uid: 472,
    });
  });

  it('makes the exporters’ files', () => {
    const { settings } = read(postgres);
    const { files } = planSecrets(
      settings,
      new Map([
        ['postgres_shop_password', 'p"w\n'],
        ['redis_cache_password', 'r'],
      ]),
    );
    const content = (name: string): unknown => JSON.parse(files.find(({ file }) => file === name)?.content ?? '');
    expect(content('postgres_exporter.yml')).toEqual({
      auth_modules: { shop: { type: 'userpass', userpass: { username: 'm', password: 'p"w' } } },
    });
    expect(content('redis_exporter.json')).toEqual({ 'redis://c:6379': 'r' });
  });

  it('refuses an empty file', () => {
    expect(planSecrets(read('').settings, new Map([['webhook_url', '\n']])).problems[0]).toMatchObject({
      place: 'secrets/webhook_url',
      message: 'is empty',
    });
  });
});
