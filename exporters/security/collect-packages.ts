import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gauge, type Family } from '../common/text.ts';
import { listsFetchedAt, packageLists, readList } from './apt-files.ts';
import { orState, type Collected, type Collector, type Source, type SourceState } from './collected.ts';
import { installedPackages, rebootRequired, UpdateFinder, type InstalledPackages, type PendingUpdates } from './package-lists.ts';

const STATUS = '/var/lib/dpkg/status';
const APT = '/var/lib/apt';

/** What comparing all lists gave; it takes a second of CPU, so it is done again only where a file changed. */
interface Compared {
  readonly key: string;
  readonly pending: PendingUpdates;
  readonly unreadable: number;
  /** Without lists nothing is known, which is not the same as nothing pending. */
  readonly empty: boolean;
}

/** Pending updates of Debian and Ubuntu, when they were last looked for and applied, and whether a new kernel waits for a reboot. */
export class PackageCollector implements Collector {
  readonly name = 'packages';
  readonly #host: string;
  readonly #kernel: string;
  #compared: Compared | undefined;

  /** @param kernel the release of the running kernel, as from `uname -r` */
  constructor(host: string, kernel: string) {
    this.#host = host;
    this.#kernel = kernel;
  }

  async collect(): Promise<Collected> {
    const status = await orState(async () => {
      const path = this.#host + STATUS;
      return { installed: installedPackages(await readFile(path, 'utf8')), changed: (await stat(path)).mtimeMs / 1000 };
    });
    // Not a host of Debian's family: there is nothing to compare.
    if ('state' in status) return { sources: [{ path: STATUS, state: status.state }], families: [] };
    const { installed, changed } = status.value;
    const lists = await orState(async () => this.#compare(installed));
    const reboot = rebootRequired(installed, this.#kernel);
    const sources: readonly Source[] = [
      { path: STATUS, state: 'ok' },
      { path: `${APT}/lists`, state: 'state' in lists ? lists.state : stateOf(lists.value) },
    ];
    return {
      sources,
      families: [
        gauge('security_packages_installed', 'Installed packages.', installed.size),
        gauge('security_packages_changed_timestamp_seconds', 'When packages were last installed, updated or removed.', changed),
        ...(reboot === undefined
          ? []
          : [gauge('security_reboot_required', '1 where a newer kernel is installed than the one that runs.', reboot ? 1 : 0)]),
        ...('value' in lists && !lists.value.empty ? updateFamilies(lists.value.pending) : []),
        ...('value' in lists
          ? [
              gauge(
                'security_package_lists_fetched_timestamp_seconds',
                'When apt last asked its repositories what they offer.',
                await listsFetchedAt(this.#host + APT),
              ),
            ]
          : []),
      ],
    };
  }

  async #compare(installed: InstalledPackages): Promise<Compared> {
    const { lists, unreadable } = await packageLists(join(this.#host, APT, 'lists'));
    const files = [this.#host + STATUS, ...lists.map(({ path }) => path)];
    const key = (await Promise.all(files.map(async (path) => [path, (await stat(path)).size, (await stat(path)).mtimeMs].join()))).join(
      '\n',
    );
    if (this.#compared?.key === key) return this.#compared;
    const finder = new UpdateFinder(installed);
    for (const { path, release } of lists) if (!release.manual) await readList(path, finder.reader(release));
    this.#compared = { key, pending: finder.pending, unreadable: unreadable.length, empty: lists.length === 0 };
    return this.#compared;
  }
}

function stateOf({ unreadable, empty }: Compared): SourceState {
  if (unreadable > 0) return 'unreadable';
  return empty ? 'absent' : 'ok';
}

function updateFamilies({ all, security, held }: PendingUpdates): readonly Family[] {
  return [
    gauge('security_updates_pending', 'Packages of which a newer version is offered.', all),
    gauge('security_updates_pending_security', 'Packages of which a newer version is offered as a security update.', security),
    gauge('security_updates_held', 'Packages that are held back by hand and of which a newer version is offered.', held),
  ];
}
