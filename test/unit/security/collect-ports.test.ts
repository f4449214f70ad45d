import { describe, expect, it } from 'vitest';
import { PortCollector } from '../../../exporters/security/collect-ports.ts';
import type { Collected } from '../../../exporters/security/collected.ts';
import { hostFolder, valueOf } from '../../support/host-folder.ts';

const host = hostFolder();

describe('listening ports', () => {
  const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
  const row = (local: string, state: string): string =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 3105202 1 0000000009d7f814 100 0 0 10 0\n`;
  const ALL4 = '00000000';
  const ALL6 = '00000000000000000000000000000000';
  const tables = (tcp: string, udp = '', tcp6 = '', udp6 = ''): void => {
    host.put('/proc/1/net/tcp', HEAD + tcp);
    host.put('/proc/1/net/udp', HEAD + udp);
    host.put('/proc/1/net/tcp6', HEAD + tcp6);
    host.put('/proc/1/net/udp6', HEAD + udp6);
  };
  const since = (found: Collected, protocol: string, port: string, scope = 'network'): number | undefined =>
    valueOf(found, 'security_listening_port_since_timestamp_seconds', { protocol, port, scope });

  it('are listed by protocol, port and reach; connections and answers are not', async () => {
    tables(
      row(`${ALL4}:0016`, '0A') + row('0100007F:1538', '0A') + row('0100007F:1F90', '01'),
      row(`${ALL4}:0035`, '07') + row(`${ALL4}:9C40`, '07') + row(`${ALL4}:0044`, '01'),
      row(`${ALL6}:0016`, '0A') + row('00000000000000000000000001000000:1539', '0A') + row('0000000000000000FFFF00000100007F:153A', '0A'),
    );
    const found = await new PortCollector(host.path, {}).collect(1000);
    expect(found.families.find(({ name }) => name === 'security_listening_port_since_timestamp_seconds')?.samples).toHaveLength(5);
    expect(since(found, 'tcp', '22')).toBe(0);
    expect(since(found, 'udp', '53')).toBe(0);
    for (const port of ['5432', '5433', '5434']) expect(since(found, 'tcp', port, 'loopback')).toBe(0);
    expect(valueOf(found, 'security_listening_ports', { protocol: 'tcp', scope: 'network' })).toBe(1);
  });

  it('are no news while the stack itself still starts', async () => {
    const [ssh, exporter, odd] = ['0016', '238C', '115C'].map((port) => row(`${ALL4}:${port}`, '0A')) as [string, string, string];
    const collector = new PortCollector(host.path, {});
    tables(ssh);
    await collector.collect(1000);
    tables(ssh + exporter);
    await collector.collect(1060);
    const restarted = new PortCollector(host.path, JSON.parse(JSON.stringify(collector.state)) as typeof collector.state);
    expect(since(await restarted.collect(1120), 'tcp', '9100')).toBe(0);
    tables(ssh + exporter + odd);
    const found = await restarted.collect(1180);
    expect([since(found, 'tcp', '9100'), since(found, 'tcp', '4444')]).toEqual([0, 1180]);
    expect(valueOf(found, 'security_listening_port_changes_total', { change: 'opened' })).toBe(2);
  });

  it('show when a new one opened, and keep a stopped service in mind for a week', async () => {
    const [ssh, odd] = [row(`${ALL4}:0016`, '0A'), row(`${ALL4}:115C`, '0A')];
    tables(ssh);
    const collector = new PortCollector(host.path, {});
    for (const second of [880, 940, 1000]) await collector.collect(second);
    tables(ssh + odd);
    let found = await collector.collect(2000);
    expect(since(found, 'tcp', '4444')).toBe(2000);
    expect(valueOf(found, 'security_listening_port_changes_total', { change: 'opened' })).toBe(1);
    tables(odd);
    found = await collector.collect(3000);
    expect(since(found, 'tcp', '22')).toBeUndefined();
    expect(valueOf(found, 'security_listening_port_changes_total', { change: 'closed' })).toBe(1);
    tables(ssh + odd);
    const restarted = new PortCollector(host.path, JSON.parse(JSON.stringify(collector.state)) as typeof collector.state);
    found = await restarted.collect(3000 + 6 * 86_400);
    expect(since(found, 'tcp', '22')).toBe(0);
    expect(since(found, 'tcp', '4444')).toBe(2000);
    tables(odd);
    await restarted.collect(3000 + 7 * 86_400);
    tables(ssh + odd);
    found = await restarted.collect(3000 + 15 * 86_400);
    expect(since(found, 'tcp', '22')).toBe(3000 + 15 * 86_400);
  });

  it('are bounded: the newest are shown, the others counted', async () => {
    tables('');
    const collector = new PortCollector(host.path, {});
    for (const second of [-1, 0, 1]) await collector.collect(second);
    tables(Array.from({ length: 1000 }, (_, i) => row(`${ALL4}:${(i + 1000).toString(16).padStart(4, '0').toUpperCase()}`, '0A')).join(''));
    const found = await collector.collect(2);
    expect(found.families.flatMap(({ samples }) => samples).length).toBeLessThan(220);
    expect(valueOf(found, 'security_listening_ports_hidden')).toBe(800);
  });

  it('say where the tables are absent, and fail on one of another form', async () => {
    expect((await new PortCollector(host.path, {}).collect(1)).sources).toEqual([{ path: '/proc/1/net', state: 'absent' }]);
    tables('');
    host.put('/proc/1/net/tcp', 'something else\n');
    await expect(new PortCollector(host.path, {}).collect(1)).rejects.toThrow('unknown form');
  });
});
