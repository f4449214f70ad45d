import Docker from 'dockerode';
import { expect, it } from 'vitest';
import { removeNetwork } from '../../../scripts/engine/teardown.ts';

/** An engine that does not remove its network. */
function engineWith(message: string, containers: Readonly<Record<string, { readonly Name: string }>> = {}): Docker {
  const docker = new Docker();
  docker.getNetwork = (id) =>
    Object.assign(Object.create(Docker.Network.prototype) as Docker.Network, {
      id,
      remove: async () => Promise.reject(Object.assign(new Error(message), { statusCode: 403 })),
      inspect: async () => Promise.resolve({ Containers: containers }),
      disconnect: async () => Promise.resolve(),
    });
  return docker;
}
const removed = async (docker: Docker) => removeNetwork(docker, 'id', 'shop_monitoring', 0);

it('warns of a network whose endpoints the engine no longer lists, because it can be used again', async () => {
  expect(await removed(engineWith('network shop_monitoring id 5e has active endpoints'))).toMatchObject([
    { severity: 'warning', place: 'network shop_monitoring', message: 'stays: the engine keeps an endpoint of a removed container' },
  ]);
});

it('fails where a container uses the network, and where the engine refuses for another reason', async () => {
  const used = engineWith('network shop_monitoring id 5e has active endpoints', { c0ffee: { Name: 'shop' } });
  expect(await removed(used)).toMatchObject([{ severity: 'error', message: 'is still used by shop' }]);
  expect(await removed(engineWith('the engine is busy'))).toMatchObject([{ severity: 'error', message: 'the engine is busy' }]);
});
