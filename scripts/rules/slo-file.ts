import { parseYaml } from '../base/tree.ts';
import { closest, distance } from 'fastest-levenshtein';
import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { error, errorsOf, type Problem } from '../base/problem.ts';
import { HIGHEST_RATE, type ServiceSlos, type Slo } from './slo.ts';
import { availability, latency, ratesOf, type Indicator } from './slo-indicator.ts';

const EXAMPLE = 'prometheus/slo/README.md has a complete example.';
const FILE_KEYS = ['service', 'window', 'slos'];
const SLO_KEYS = ['indicator', 'objective', 'seconds', 'good', 'total'];
/** In less than a week, the window of three days would be half of it; Prometheus rarely keeps more than 90 days. */
const DAYS = { least: 7, most: 90, usual: 30 };
const PERCENT_LEAST = 100 * (1 - 1 / HIGHEST_RATE);

/** Reads `prometheus/slo/<service>.yml`; each mistake with its line. `slos` is set only without mistakes. */
export function readSloFile(path: string, text: string): { readonly slos?: ServiceSlos; readonly problems: readonly Problem[] } {
  const { doc, problems: broken } = parseYaml(path, text);
  if (doc === undefined) return { problems: broken };
  const reading = new Reading(path, text);
  const slos = reading.file(doc.contents);
  const lineOf = ({ place }: Problem): number => Number(place.split(':').at(-1));
  const problems = [...reading.problems].sort((a, b) => lineOf(a) - lineOf(b));
  return errorsOf(problems).length > 0 ? { problems } : { slos, problems };
}

class Reading {
  readonly problems: Problem[] = [];
  readonly #path: string;
  readonly #text: string;

  constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  #wrong(node: Node | null | undefined, message: string, fix: string): undefined {
    const line = this.#text.slice(0, node?.range?.[0] ?? 0).split('\n').length;
    this.problems.push(error(`${this.#path}:${line}`, message, fix));
  }

  file(node: Node | null): ServiceSlos {
    const none: ServiceSlos = { service: '', days: DAYS.usual, slos: [] };
    if (!isMap<Node, Node>(node)) return (this.#wrong(node, 'does not define a service and its SLOs', EXAMPLE), none);
    this.#knownKeys(node, FILE_KEYS);
    const service = this.#service(node);
    const slos = node.get('slos', true) as Node | undefined;
    if (!isSeq<Node>(slos) || slos.items.length === 0) {
      this.#wrong(slos ?? node, 'has no list slos', EXAMPLE);
      return none;
    }
    const seen = new Set<string>();
    return { service, days: this.#days(node), slos: slos.items.flatMap((item) => this.#slo(item, service, seen) ?? []) };
  }

  #knownKeys(map: YAMLMap<Node, Node>, known: readonly string[]): void {
    for (const { key } of map.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (known.includes(name)) continue;
      const near = closest(name, known);
      const fix = distance(name, near) <= 3 ? `Did you mean ${near}?` : `Known are ${known.join(', ')}.`;
      this.#wrong(key, `"${name}" is not known here`, fix);
    }
  }

  #service(map: YAMLMap<Node, Node>): string {
    const stem = /([^/]+)\.ya?ml$/.exec(this.#path)?.[1] ?? '';
    const node = map.get('service', true) as Node | undefined;
    const service = isScalar(node) && typeof node.value === 'string' ? node.value : '';
    if (!/^[A-Za-z0-9][\w.-]*$/.test(service))
      this.#wrong(node ?? map, 'does not name its service', `Add service: ${stem}, the label service of its metrics.`);
    else if (service !== stem)
      this.#wrong(
        node,
        `is for the service ${service}, but is named ${stem}`,
        `Rename it to prometheus/slo/${service}.yml, or correct the name.`,
      );
    return service;
  }

  #days(map: YAMLMap<Node, Node>): number {
    const node = map.get('window', true) as Node | undefined;
    if (node === undefined) return DAYS.usual;
    const days = Number(/^(\d+)d$/.exec(isScalar(node) ? String(node.value) : '')?.[1]);
    if (days >= DAYS.least && days <= DAYS.most) return days;
    this.#wrong(node, `window must be ${DAYS.least}d to ${DAYS.most}d`, 'Write it in days: window: 30d.');
    return DAYS.usual;
  }

  #slo(node: Node, service: string, seen: Set<string>): Slo | undefined {
    if (!isMap<Node, Node>(node)) return this.#wrong(node, 'is not an SLO', 'Write it as - { indicator: availability, objective: 99.9 }.');
    this.#knownKeys(node, SLO_KEYS);
    const name = this.#name(node, seen);
    const objective = this.#objective(node);
    const indicator = name === undefined ? undefined : this.#indicator(node, service, name);
    return name === undefined || objective === undefined || indicator === undefined ? undefined : { name, objective, ...indicator };
  }

  #name(map: YAMLMap<Node, Node>, seen: Set<string>): string | undefined {
    const node = map.get('indicator', true) as Node | undefined;
    const name = isScalar(node) ? String(node.value) : '';
    if (!/^[a-z][a-z0-9_-]*$/.test(name))
      return this.#wrong(
        node ?? map,
        'does not name its indicator',
        'availability, latency, or your own name (lower-case letters, digits, - and _) with good and total.',
      );
    if (seen.has(name)) return this.#wrong(node, `${name} is defined twice`, 'Keep one, or give your own indicator another name.');
    seen.add(name);
    return name;
  }

  #objective(map: YAMLMap<Node, Node>): number | undefined {
    const node = map.get('objective', true) as Node | undefined;
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value !== 'number')
      return this.#wrong(node ?? map, 'objective is not a number', 'Write the percent of good events: objective: 99.9.');
    if (value >= 100) return this.#wrong(node, `${value} % allows no error at all`, 'Lower it: 99.9 allows one of a thousand.');
    if (value > PERCENT_LEAST) return value;
    const meant = value > 0.9 && value < 1 ? ` ${Number((100 * value).toPrecision(6))} is what ${value} seems to mean.` : '';
    return this.#wrong(
      node,
      `at ${value} % even 100 % errors do not burn the budget ${HIGHEST_RATE} times too fast, so no alert could fire`,
      `Write percent, more than ${PERCENT_LEAST.toFixed(1)}.${meant}`,
    );
  }

  #indicator(map: YAMLMap<Node, Node>, service: string, name: string): Indicator | undefined {
    const builtIn = name === 'availability' || name === 'latency';
    const allowed = name === 'latency' ? ['seconds'] : builtIn ? [] : ['good', 'total'];
    for (const key of ['seconds', 'good', 'total'].filter((other) => !allowed.includes(other) && map.has(other)))
      this.#wrong(
        map.get(key, true),
        `${name} takes no ${key}`,
        key === 'seconds' ? 'Only latency has a bound.' : 'Give your own indicator another name.',
      );
    if (name === 'availability') return availability(service);
    return name === 'latency' ? this.#latency(map, service) : this.#own(map, name);
  }

  #latency(map: YAMLMap<Node, Node>, service: string): Indicator | undefined {
    const node = map.get('seconds', true) as Node | undefined;
    const seconds = isScalar(node) ? node.value : undefined;
    if (typeof seconds === 'number' && seconds > 0 && seconds <= 60) return latency(service, seconds);
    return this.#wrong(
      node ?? map,
      'latency needs seconds, between 0 and 60',
      'A bound of the buckets of http_request_duration_seconds, such as seconds: 0.5.',
    );
  }

  #own(map: YAMLMap<Node, Node>, name: string): Indicator | undefined {
    const [total, good] = ['total', 'good'].map((key) => {
      const node = map.get(key, true) as Node | undefined;
      if (!isScalar(node) || typeof node.value !== 'string')
        return this.#wrong(node ?? map, `${name} has no ${key}`, `Add ${key}: a counter, such as payments_total{service="shop"}.`);
      const rates = ratesOf(node.value);
      if ('rate' in rates) return rates.rate;
      return this.#wrong(node, `${key} of ${name} ${rates.wrong}`, 'Name the counters alone; rate and sum are added.');
    });
    return total === undefined || good === undefined ? undefined : { total, good, absentIsBad: true };
  }
}
