import { ignoredPorts, portOf, portSpeaks, repositoryName, type ContainerFacts, type Detection, type Proposal } from '../facts.ts';
import { passwordFile } from '../../base/instances.ts';

/** Redis, and servers that speak its protocol and answer INFO like Redis. */
const IMAGES = /^(redis|redis-\d.*|redis-stack(-server)?|valkey|valkey-bundle|keydb)$/;
const PORT = 6379;

const PORT_VARIABLES = ['REDIS_PORT_NUMBER', 'VALKEY_PORT_NUMBER'];

/** How a Redis server is recognised: by its image, else by its port. */
export const detection: Detection = {
  env: PORT_VARIABLES,
  ports: [{ port: PORT, greeting: Buffer.from('PING\r\n'), read: readAnswer }],
  setsPassword,
  propose,
  ignored: (container) => ignoredPorts(container, PORT_VARIABLES, PORT),
};

/** What a server answers to PING; `redis-locked` wants a password first. */
function readAnswer(answer: string): 'redis' | 'redis-locked' | undefined {
  if (/^-(NOAUTH|WRONGPASS|NOPERM)\b/.test(answer)) return 'redis-locked';
  return /^(\+PONG|-(DENIED|LOADING|MISCONF|MASTERDOWN)\b)/.test(answer) ? 'redis' : undefined;
}

/** Whether a command or an environment sets a password for Redis or a compatible server. */
export function setsPassword(command: string, env: Readonly<Record<string, string>>): boolean {
  return /--requirepass\s+["']?[^\s"']/.test(command) || ['REDIS_PASSWORD', 'VALKEY_PASSWORD'].some((key) => (env[key] ?? '') !== '');
}

function propose(container: ContainerFacts): Proposal | undefined {
  const byImage = IMAGES.test(repositoryName(container.image));
  if (!byImage && !portSpeaks(container, PORT, 'redis', 'redis-locked')) return undefined;
  const { env, title, address, answers } = container;
  const port = byImage
    ? (portOf(String(container.commandPort)) ?? portOf(env['REDIS_PORT_NUMBER']) ?? portOf(env['VALKEY_PORT_NUMBER']) ?? PORT)
    : PORT;
  const locked = container.passwords.has('redis') || answers.some(({ speaks }) => speaks === 'redis-locked');
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
