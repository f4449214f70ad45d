import { describe } from 'vitest';
import { sh } from './sh.ts';

/** Why there is no engine to test with; undefined where there is one. The test runner sets it. */
const noEngine = process.env['PHAROS_NO_ENGINE'];

/** `describe` for suites that need an engine. Without one their hooks do not run, and the reporter gives `noEngine` as the reason. */
export const describeWithEngine = describe.skipIf(noEngine !== undefined);

/** The address of this host in the engine's default network, where containers reach a test's own server. Some engines name the subnet only. */
export async function bridgeAddress(): Promise<string> {
  const format = '{{with index .IPAM.Config 0}}{{.Subnet}} {{.Gateway}}{{end}}';
  const [subnet = '', gateway = ''] = (await sh(['docker', 'network', 'inspect', 'bridge', '--format', format])).stdout.trim().split(' ');
  return gateway.startsWith('<') || gateway === '' ? subnet.replace(/\d+\/\d+$/, '1') : gateway;
}
