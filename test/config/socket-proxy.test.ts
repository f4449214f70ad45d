import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';

const FOLDER = join(import.meta.dirname, '../../exporters/docker-socket-proxy');
const config = readFileSync(join(FOLDER, 'haproxy.cfg'), 'utf8');
const found = (pattern: RegExp): string[] => [...config.matchAll(pattern)].map(([, text = '']) => text);

/** What haproxy does with the path of a GET, by the rules of the file: it looks at the path as it was sent. */
function isAllowed(path: string): boolean {
  const route = path.split('?')[0] ?? '';
  if (found(/\{ path_sub (\S+) \}/g).some((part) => route.includes(part))) return false;
  return found(/http-request allow if \{ path_reg (\S+) \}/g).some((rule) => new RegExp(rule).test(route));
}

describe('the socket proxy', () => {
  it.each([
    '/_ping',
    '/version',
    '/v1.44/info',
    '/events?since=1.5&filters=%7B%22type%22%3A%5B%22container%22%5D%7D',
    '/system/df',
    '/containers/json?all=1',
    '/v1.41/networks?filters=%7B%7D',
    '/containers/shop-web_1.x/json',
    '/v1.40/containers/0123abc/logs?follow=1&stdout=1',
    '/containers/0123abc/stats?stream=false&one-shot=true',
  ])('passes on what a service asks for: %s', (path) => expect(isAllowed(path)).toBe(true));

  it.each([
    '/containers/0123abc/archive?path=/etc/passwd',
    '/containers/0123abc/%61rchive?path=/etc/passwd',
    '/containers/0123abc/expor%74',
    '/containers/0123abc/%61ttach/ws',
    '/containers/0123abc//archive',
    '//containers/0123abc/archive',
    '/containers/x/../0123abc/archive',
    '/containers/../json',
    '/containers/0123abc/json/',
    '/containers/0123abc/top',
    '/v1.40/v1.40/info',
    '/vx/info',
    '/images/shop/get',
    '/secrets',
  ])('refuses everything else: %s', (path) => expect(isAllowed(path)).toBe(false));

  it('refuses what is not listed, what changes something and what upgrades the connection', () => {
    const rules = found(/^ +(http-request .*)$/gm);
    expect(rules.slice(0, 2)).toEqual(['http-request deny unless METH_GET', 'http-request deny if { req.hdr(upgrade) -m found }']);
    expect(rules.findIndex((rule) => rule.includes('path_sub'))).toBeLessThan(rules.findIndex((rule) => rule.includes(' allow ')));
    expect(rules.at(-1)).toBe('http-request deny');
  });

  it('has these rules in the pinned image as well, which would make its own', () => {
    const { services } = parse(readFileSync(join(FOLDER, 'compose.yml'), 'utf8'), { merge: true }) as {
      services: Record<string, { entrypoint?: string[]; environment?: unknown; volumes: { source: string; target: string }[] }>;
    };
    expect(services['docker-socket-proxy']).toMatchObject({
      entrypoint: ['haproxy', '-W', '-db', '-f', '/etc/pharos/haproxy.cfg'],
      volumes: [{}, { source: './.effective/docker-socket-proxy', target: '/etc/pharos' }],
    });
    expect(services['docker-socket-proxy']?.environment).toBeUndefined();
  });
});
