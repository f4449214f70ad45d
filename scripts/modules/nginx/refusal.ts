import type { Instance } from '../../base/instances.ts';
import { error, type Problem } from '../../base/problem.ts';

/** Text in the exporter's log where nginx answers with something else than its status page. */
export const REFUSED = /expected 200 response, got 4\d\d|failed to parse response body/;

/** What is wrong with an nginx whose status page the exporter cannot read, by the exporter's log. */
export function refusal({ name, url }: Pick<Instance, 'name' | 'url'>, log: string): Problem {
  const place = `nginx ${name}`;
  const { pathname } = new URL(url);
  const page = `location = ${pathname} { stub_status; allow 10.0.0.0/8; allow 172.16.0.0/12; allow 192.168.0.0/16; deny all; }`;
  if (/expected 200 response, got (401|403)/.test(log))
    return error(place, `refuses its page ${pathname}${reason(log)}`, `Allow the stack's network in nginx's configuration:\n${page}`);
  if (/expected 200 response, got 4\d\d|failed to parse response body/.test(log))
    return error(
      place,
      `has no stub_status page at ${pathname}${reason(log)}`,
      `Name the right page in NGINX_INSTANCES, or add it to nginx's configuration:\n${page}`,
    );
  return error(
    place,
    `does not answer the exporter${reason(log)}`,
    'Check the address in NGINX_INSTANCES, and that its network is in APP_NETWORKS.',
  );
}

function reason(log: string): string {
  const found = /(expected 200 response, got \d+|dial tcp[^"\\]+|no such host|Client\.Timeout[^"\\]*)/.exec(log)?.[1];
  return found === undefined ? '' : ` (${found.trim()})`;
}
