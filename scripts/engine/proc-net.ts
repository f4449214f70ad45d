/** A listening socket from `/proc/net/tcp`. */
export interface ListeningSocket {
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

/** State 0A is TCP_LISTEN (linux/include/net/tcp_states.h). */
const LISTEN = '0A';

/** Parses the listening sockets from the text of `/proc/net/tcp` or `/proc/net/tcp6`. */
export function parseListeningSockets(text: string): readonly ListeningSocket[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [address = '', port = ''] = (fields[1] ?? '').split(':');
    return fields[3] === LISTEN ? [{ address: readAddress(address), port: Number.parseInt(port, 16), inode: fields[9] ?? '' }] : [];
  });
}

/** Kernel words are in host byte order: each group of 8 hex digits is one little-endian 32-bit word. */
function readAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)));
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.every((byte) => byte === 0)) return '::';
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (mapped) return bytes.slice(12).join('.');
  return bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1 ? '::1' : `[${hex.toLowerCase()}]`;
}
