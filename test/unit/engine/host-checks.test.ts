import { describe, expect, it } from 'vitest';
import {
  bindAddressProblems,
  conflicting,
  diskProblems,
  memoryProblems,
  portProblems,
  sizeBytes,
} from '../../../scripts/engine/host-checks.ts';
import { parseListeningSockets } from '../../../scripts/engine/proc-net.ts';

const GIB = 1024 ** 3;
const nginx = { address: '0.0.0.0', port: 9090, holder: 'nginx (pid 7)' };

describe('conflicting', () => {
  it('sees the same address, and either side on every address', () => {
    expect(conflicting({ address: '127.0.0.1', port: 9090 }, [nginx])).toBe(nginx);
    expect(conflicting({ address: '0.0.0.0', port: 80 }, [{ ...nginx, address: '10.0.0.1', port: 80 }])).toBeDefined();
    expect(conflicting({ address: '127.0.0.1', port: 80 }, [{ ...nginx, address: '10.0.0.1', port: 80 }])).toBeUndefined();
    expect(conflicting({ address: '127.0.0.1', port: 9091 }, [nginx])).toBeUndefined();
  });
});

describe('portProblems', () => {
  it('says who holds the port and which setting moves it', () => {
    const [problem] = portProblems([{ service: 'prometheus', address: '127.0.0.1', port: 9090 }], [nginx], () => 'PROMETHEUS_PORT');
    expect(problem).toMatchObject({
      place: 'port 127.0.0.1:9090',
      message: expect.stringContaining('nginx (pid 7)'),
      fix: expect.stringContaining('PROMETHEUS_PORT'),
    });
  });
});

describe('bindAddressProblems', () => {
  const held = ['127.0.0.1', '192.168.1.7', '::1', '2001:db8::7', 'fe80::1'];
  it.each(['127.0.0.1', '127.0.0.53', '0.0.0.0', '::', '::1', '192.168.1.7', '2001:DB8:0::7'])('takes %s', (asked) => {
    expect(bindAddressProblems('.env:3', asked, held)).toEqual([]);
  });
  it.each(['10.99.99.99', '2001:db8::8'])('refuses %s, with the line and what there is', (asked) => {
    expect(bindAddressProblems('.env:3', asked, held)).toEqual([
      {
        severity: 'error',
        place: '.env:3',
        message: `BIND_ADDRESS: no interface of this host has the address ${asked}`,
        fix: '127.0.0.1 (this host only), 0.0.0.0 (every network) or one of 192.168.1.7, 2001:db8::7.',
      },
    ]);
  });
});

describe('diskProblems', () => {
  it('stops where the disk is nearly full', () => {
    expect(diskProblems('/d', 0.5 * GIB, 0, '10GB')[0]).toMatchObject({ severity: 'error' });
  });
  it('warns where retention by size and the write-ahead log exceed what is free', () => {
    expect(diskProblems('/d', 11 * GIB, 0, '10GB')[0]).toMatchObject({ severity: 'warning' });
    expect(diskProblems('/d', 12.1 * GIB, 0, '10GB')).toEqual([]);
    expect(diskProblems('/d', 3 * GIB, 9.5 * GIB, '10GB')).toEqual([]);
  });
});

it('memoryProblems warns where the limits exceed the host', () => {
  expect(memoryProblems(2 * GIB, GIB)[0]).toMatchObject({ severity: 'warning' });
  expect(memoryProblems(GIB, 2 * GIB)).toEqual([]);
});

it('sizeBytes reads powers of 1024, as Prometheus does', () => {
  expect(sizeBytes('512MB')).toBe(512 * 1024 ** 2);
  expect(sizeBytes('10GB')).toBe(10 * GIB);
});

it('parseListeningSockets reads IPv4, IPv6 and mapped addresses, and only sockets that listen', () => {
  const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
  const row = (local: string, state: string): string =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 4242 1`;
  const rows = [
    row('0100007F:2383', '0A'),
    row('0100007F:2384', '01'),
    row('00000000000000000000000000000000:1F90', '0A'),
    row('0000000000000000FFFF00000100007F:0050', '0A'),
  ];
  expect(parseListeningSockets([header, ...rows].join('\n'))).toEqual([
    { address: '127.0.0.1', port: 9091, inode: '4242' },
    { address: '::', port: 8080, inode: '4242' },
    { address: '127.0.0.1', port: 80, inode: '4242' },
  ]);
});
