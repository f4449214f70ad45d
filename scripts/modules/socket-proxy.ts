import type { DebianImage } from './parts.ts';

/** The GET-only proxy to the engine's socket, which several modules use. */
export const SOCKET_PROXY = 'docker-socket-proxy';
const CONFIG = 'exporters/docker-socket-proxy/haproxy.cfg';

const image: DebianImage = {
  package: 'haproxy',
  links: {},
  folders: { '/etc/pharos': 0 },
  changes: ['USER 0:0', 'WORKDIR /', 'ENTRYPOINT ["/usr/sbin/haproxy", "-W", "-db", "-f", "/etc/pharos/haproxy.cfg"]'],
  copies: { [CONFIG]: '/etc/pharos' },
};

/** What a module that uses it declares. */
export const socketProxy = {
  sources: ['exporters/docker-socket-proxy'],
  files: { [CONFIG]: 'docker-socket-proxy/haproxy.cfg' },
  readsAtStart: { [SOCKET_PROXY]: { folders: ['docker-socket-proxy/'] } },
  images: { [SOCKET_PROXY]: image },
  exemptions: {
    root: { [SOCKET_PROXY]: 'the socket belongs to root' },
    socket: { [SOCKET_PROXY]: 'the only service that may' },
  },
};
