import { compareVersions } from './debian-version.ts';

/** An installed package. */
interface Installed {
  readonly version: string;
  /** Kept at its version by the administrator: apt does not offer updates of it. */
  readonly held: boolean;
}

/** Installed packages by `name:architecture`. */
export type InstalledPackages = ReadonlyMap<string, Installed>;

/** Reads stanzas line by line: hands out the wanted fields of each. */
export class StanzaReader {
  readonly #fields: ReadonlySet<string>;
  readonly #onStanza: (stanza: ReadonlyMap<string, string>) => void;
  #stanza = new Map<string, string>();

  constructor(fields: readonly string[], onStanza: (stanza: ReadonlyMap<string, string>) => void) {
    this.#fields = new Set(fields);
    this.#onStanza = onStanza;
  }

  line(line: string): void {
    if (line === '') {
      if (this.#stanza.size > 0) this.#onStanza(this.#stanza);
      this.#stanza = new Map();
      return;
    }
    // A line that goes on from the one before begins with a blank and is of no interest.
    const colon = line.indexOf(':');
    if (colon <= 0 || line.startsWith(' ')) return;
    const name = line.slice(0, colon);
    if (this.#fields.has(name)) this.#stanza.set(name, line.slice(colon + 1).trim());
  }

  end(): void {
    this.line('');
  }
}

/** The packages that dpkg's status file calls installed. */
export function installedPackages(status: string): InstalledPackages {
  const installed = new Map<string, Installed>();
  const reader = new StanzaReader(['Package', 'Status', 'Version', 'Architecture'], (stanza) => {
    const [wanted, , state] = (stanza.get('Status') ?? '').split(' ');
    if (state !== 'installed') return;
    const key = `${stanza.get('Package') ?? ''}:${stanza.get('Architecture') ?? ''}`;
    installed.set(key, { version: stanza.get('Version') ?? '', held: wanted === 'hold' });
  });
  for (const line of status.split('\n')) reader.line(line);
  reader.end();
  return installed;
}

/** What a repository says of itself. */
export interface Release {
  readonly security: boolean;
  /** Offers versions that apt installs only on request, such as backports. */
  readonly manual: boolean;
}

/** Reads the head of a `Release` or `InRelease` file. */
export function readRelease(text: string): Release {
  const field = (name: string): string => new RegExp(`^${name}: *(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  return {
    security: field('Label') === 'Debian-Security' || [field('Suite'), field('Codename')].some((name) => name.endsWith('-security')),
    manual: field('NotAutomatic') === 'yes',
  };
}

/** What can be updated. */
export interface PendingUpdates {
  readonly all: number;
  readonly security: number;
  /** Held packages of which there is a newer version. */
  readonly held: number;
}

/** Compares what repositories offer with what is installed, one list after the other. */
export class UpdateFinder {
  readonly #installed: InstalledPackages;
  readonly #newer = new Set<string>();
  readonly #newerSecure = new Set<string>();

  constructor(installed: InstalledPackages) {
    this.#installed = installed;
  }

  /** A reader for the lines of one repository's list of packages. */
  reader(release: Release): StanzaReader {
    return new StanzaReader(['Package', 'Version', 'Architecture'], (stanza) => {
      const key = `${stanza.get('Package') ?? ''}:${stanza.get('Architecture') ?? ''}`;
      const installed = this.#installed.get(key);
      if (installed === undefined || release.manual || compareVersions(stanza.get('Version') ?? '', installed.version) <= 0) return;
      this.#newer.add(key);
      if (release.security) this.#newerSecure.add(key);
    });
  }

  get pending(): PendingUpdates {
    const held = (key: string): boolean => this.#installed.get(key)?.held === true;
    const free = (keys: ReadonlySet<string>): number => [...keys].filter((key) => !held(key)).length;
    return { all: free(this.#newer), security: free(this.#newerSecure), held: [...this.#newer].filter(held).length };
  }
}

/**
 * Whether a newer kernel of the same flavour is installed than the one that runs; undefined where the running one is not from a package
 * (a container's host, a kernel of one's own), so that nothing can be said.
 */
export function rebootRequired(installed: InstalledPackages, running: string): boolean | undefined {
  const kernels = [...installed.keys()].flatMap((key) => /^linux-image-(?:unsigned-)?(\d[^:]*):/.exec(key)?.[1] ?? []);
  if (!kernels.includes(running)) return undefined;
  const flavour = (release: string): string => /-([a-z][a-z0-9-]*)$/.exec(release)?.[1] ?? '';
  return kernels.some((kernel) => flavour(kernel) === flavour(running) && compareVersions(kernel, running) > 0);
}
