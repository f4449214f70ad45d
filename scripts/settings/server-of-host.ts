import { host as hostName, type Kind } from '../base/kinds.ts';

/** Reads one `host=server` item of `TARGET_SERVERS`. */
export const serverOfHost: Kind<{ readonly host: string; readonly server: string }> = (item) => {
  const [, host, server] = /^([^=]+)=([^=]+)$/.exec(item) ?? [];
  if (host === undefined || server === undefined)
    return { wrong: `"${item}" is not a host, = and a server`, fix: 'Write it as shop-db.example.com=db-1' };
  const wrong = [host, server].map((name) => hostName(name)).find((parsed) => 'wrong' in parsed);
  return wrong !== undefined && 'wrong' in wrong ? wrong : { value: { host, server } };
};
