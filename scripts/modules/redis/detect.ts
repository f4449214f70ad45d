import { portOf, portSpeaks, repositoryName, type ContainerFacts, type Proposal } from '../facts.ts';
import { passwordFile } from '../../settings/instances.ts';

/** Redis and the servers that speak its protocol and answer INFO as it does. */
const IMAGES = /^(redis|redis-\d.*|redis-stack(-server)?|valkey|valkey-bundle|keydb)$/;
const PORT = 6379;

/** A Redis server: by its image, else by its port. */
export function detectRedis(container: ContainerFacts): Proposal | undefined {
  const byImage = IMAGES.test(repositoryName(container.image));
  if (!byImage && !portSpeaks(container, PORT, 'redis', 'redis-locked')) return undefined;
  const { env, title, address, answers } = container;
  const port = byImage
    ? (portOf(String(container.commandPort)) ?? portOf(env['REDIS_PORT_NUMBER']) ?? portOf(env['VALKEY_PORT_NUMBER']) ?? PORT)
    : PORT;
  const locked = container.redisPassword || answers.some(({ speaks }) => speaks === 'redis-locked');
  const file = passwordFile('redis', title);
  return {
    module: 'redis',
    because: byImage ? `Redis, by its image ${container.image}` : `Redis, on port ${PORT}`,
    instance: { name: title, url: `redis://${address}:${port}` },
    ...(locked
      ? { manual: { what: `${container.name} asks for a password: put it here`, command: `(umask 077; cat > secrets/${file})` } }
      : {}),
  };
}
