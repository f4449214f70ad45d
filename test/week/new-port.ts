import { added, since, weekEvent } from './shared/event.ts';
import { away, recreated } from './shared/happenings.ts';
import { TARGETS } from './shared/targets.ts';

/** A deployment of a service that listens on a further port of the network. */
export default weekEvent({
  title: 'a new deployment that opens a port',
  lasts: '15m',
  every: '15s',
  real: async ({ spawn }) => spawn('guarded-collector', 'timeout', '500', 'node', '-e', 'require("net").createServer().listen(8443)'),
  happenings: [
    ...recreated('web', '1m', '1m25s'),
    ...away('web', '1m', '1m25s'),
    since(
      '1m25s',
      added(TARGETS.node, { 'security_listening_port_since_timestamp_seconds{port="8443", protocol="tcp", scope="network"}': 85 }),
    ),
  ],
});
