import type { DrillContext } from './drill.ts';
import type { DebianImage } from '../../support/debian-image.ts';

/** A container that belongs to a drill, or to the fleet of a module. Nothing else uses it, so it may be broken. */
export interface Target {
  /** Its host name in the network of the fleet; the container's name is this behind the prefix. */
  readonly name: string;
  /** A bash script that it runs. */
  readonly command?: string;
  /** The image that `command` runs in; without one, the image of the test databases. */
  readonly image?: DebianImage;
  /** A service of the stack whose image it runs instead of `command`. It is started when the stack is up. */
  readonly like?: string;
  /** What is passed to the program of `like`. */
  readonly args?: readonly string[];
  /** Further options of `docker run`. */
  readonly options?: readonly string[] | ((context: DrillContext) => readonly string[]);
  /** Runs once when it has started, before the stack watches it. */
  readonly prepare?: (context: DrillContext) => Promise<unknown>;
  /** How the stack watches it; without this, it does not. */
  readonly watch?: Watch;
}

/** What a user would write to have a target watched. */
export interface Watch {
  /** Items that are added to the lists of `.env`: `{ REDIS_INSTANCES: 'cache=redis://cache:6379' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Files of the project by path, with their text, or with what becomes of the text that is there. */
  readonly files?: Readonly<Record<string, string | ((text: string) => string)>>;
}

/** A program that has a page of metrics at port 8080. */
export const answering = `exec node -e 'require("http").createServer((q, r) => { r.setHeader("content-type", "text/plain; version=0.0.4"); r.end("up_since 1\\n"); }).listen(8080)'`;

/** An entry of a module's target files (`prometheus/targets/<job>/`), in a file of its own. */
export function targetFile(job: string, name: string, address: string, labels: Readonly<Record<string, string>> = {}): Watch {
  return { files: { [`prometheus/targets/${job}/${name}.yml`]: JSON.stringify([{ targets: [address], labels }]) } };
}

/**
 * A second server of what the stack has one of: a scrape job of its own, whose label `job` takes the place of the job's name. It is added to the
 * running configuration, because `npm run reload` looks for the targets of every job by the job's name.
 */
export function scrapeJob(job: string, name: string, port: number): Watch {
  const labels = { job, instance: name, service: name };
  // As often as the stack's own.
  const config = { job_name: `drill-${name}`, scrape_interval: '10s', static_configs: [{ targets: [`${name}:${port}`], labels }] };
  return { files: { [`.effective/prometheus/scrape/drill-${name}.yml`]: JSON.stringify({ scrape_configs: [config] }) } };
}
