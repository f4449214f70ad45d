import { describe, expect, it } from 'vitest';
import { chooseSubnet, conflictOf, stackNetwork } from '../../../scripts/base/subnet.ts';

describe('chooseSubnet', () => {
  it("takes the first free piece from the project's own place on, and round", () => {
    expect(chooseSubnet([], '')).toBe('10.213.0.0/24');
    expect(chooseSubnet(['10.213.0.0/24', '10.213.1.128/25', 'fd00::/64'], '')).toBe('10.213.2.0/24');
    expect(chooseSubnet([], 'a')).toBe('10.213.97.0/24');
    expect(chooseSubnet(['10.213.97.0/24'], 'a')).toBe('10.213.98.0/24');
    expect(
      chooseSubnet(['10.213.128.0/17', '10.213.97.0/24', '10.213.98.0/23', '10.213.100.0/22', '10.213.104.0/21', '10.213.112.0/20'], 'a'),
    ).toBe('10.213.0.0/24');
  });

  it('puts stacks that come up at the same time in different places', () => {
    expect(chooseSubnet([], 'pharos')).not.toBe(chooseSubnet([], 'shop-monitoring'));
  });

  it('is not where the engine puts networks that it finds a place for itself', () => {
    // Its own default: 172.17.0.0/16 to 172.31.0.0/16 and 192.168.0.0/16.
    const first = chooseSubnet([], 'pharos') ?? '';
    expect(conflictOf(first, ['172.16.0.0/12', '192.168.0.0/16'])).toBeUndefined();
  });

  it('goes to the second pool when a route covers the first, and gives up when both are taken', () => {
    expect(chooseSubnet(['10.0.0.0/8'], '')).toBe('172.30.0.0/24');
    expect(chooseSubnet(['172.16.0.0/12', '10.0.0.0/8'], '')).toBeUndefined();
  });
});

describe('stackNetwork', () => {
  it('gives the host the first address', () => {
    expect(stackNetwork('172.30.4.0/24')).toEqual({ subnet: '172.30.4.0/24', gateway: '172.30.4.1' });
  });
});

describe('conflictOf', () => {
  it('names the network that is in the way', () => {
    expect(conflictOf('172.20.0.0/24', ['172.17.0.0/16', '172.20.0.0/16'])).toBe('172.20.0.0/16');
    expect(conflictOf('172.21.0.0/24', ['172.17.0.0/16', '172.20.0.0/16'])).toBeUndefined();
  });
});
