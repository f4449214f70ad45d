import { sh } from '../support/e2e-stack.ts';
import type { Arena } from './drill.ts';

/** The port of this host at which a container's port is published. */
export async function publishedPort({ prefix }: Arena, name: string, port: number): Promise<number> {
  const { stdout } = await sh(['docker', 'port', `${prefix}-${name}`, String(port)]);
  return Number(/:(\d+)\s*$/m.exec(stdout)?.[1]);
}
