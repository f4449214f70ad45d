import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAppwriteStore } from '../../../alertmanager/history/appwrite/store.ts';
import { knownAlerts } from '../../../alertmanager/history/reconcile.ts';
import { AppwriteServer } from '../../support/appwrite.ts';
import { at, episodeChecks, iso } from '../../support/episodes.ts';

describe('episodes of an alert in Appwrite', () => {
  let server: AppwriteServer;
  beforeEach(async () => {
    server = new AppwriteServer();
    await server.start('127.0.0.1');
  });
  afterEach(async () => server.stop());

  episodeChecks(() => {
    const { endpoint, projectId, key } = server;
    return openAppwriteStore({ endpoint, projectId, databaseId: 'pharos', apiKey: () => key }, () => undefined);
  });
});

describe('knownAlerts', () => {
  let server: Server;
  let uptime: string;
  let alerts: unknown;
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  beforeEach(async () => {
    uptime = iso(0);
    alerts = [{ fingerprint: 'a' }, { fingerprint: 'b' }];
    server = createServer((request, response) => {
      if (alerts === undefined) response.writeHead(503);
      response.end(JSON.stringify(request.url === '/api/v2/status' ? { uptime } : alerts));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => server.close());

  it('are those that Alertmanager lists', async () => {
    expect(await knownAlerts(url(), () => at(6))).toEqual(new Set(['a', 'b']));
  });

  it('are not complete soon after its start', async () => {
    uptime = iso(3);
    expect(await knownAlerts(url(), () => at(6))).toBeUndefined();
  });

  it('cannot be told where it does not answer, or answers something else', async () => {
    alerts = undefined;
    await expect(knownAlerts(url(), () => at(6))).rejects.toThrow('503');
    alerts = {};
    await expect(knownAlerts(url(), () => at(6))).rejects.toThrow('does not list');
    uptime = 'long';
    await expect(knownAlerts(url(), () => at(6))).rejects.toThrow('when it started');
  });
});
