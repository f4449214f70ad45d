import { createReadStream } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { unpackLz4 } from './lz4.ts';
import { readRelease, type Release, type StanzaReader } from './package-lists.ts';

/** One repository's list of packages as apt keeps it. */
interface PackageList {
  readonly path: string;
  readonly release: Release;
}

/**
 * The lists in apt's folder (`/var/lib/apt/lists`; none before the first `apt update`), and names of those that are packed in a way that cannot be
 * read here.
 */
export async function packageLists(
  folder: string,
): Promise<{ readonly lists: readonly PackageList[]; readonly unreadable: readonly string[] }> {
  const names = await readdir(folder);
  const releases = names.filter((name) => /_(In)?Release$/.test(name));
  const packages = names.filter((name) => /_Packages(\.\w+)?$/.test(name));
  const readable = packages.filter((name) => /_Packages(\.(gz|lz4))?$/.test(name));
  const lists = readable.map(async (name) => {
    const file = releases
      .filter((release) => name.startsWith(release.replace(/(In)?Release$/, '')))
      .sort((a, b) => b.length - a.length)
      .at(0);
    return { path: join(folder, name), release: readRelease(file === undefined ? '' : await headOf(join(folder, file))) };
  });
  return { lists: await Promise.all(lists), unreadable: packages.filter((name) => !readable.includes(name)) };
}

/** The fields stand in the first lines; the checksums behind them take hundreds of kilobytes. */
async function headOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}

/** Reads a list into a reader, in pieces: that of Debian's main archive has 50 MB. */
export async function readList(path: string, reader: StanzaReader): Promise<void> {
  let rest = '';
  for await (const chunk of chunksOf(path)) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) reader.line(line);
  }
  reader.line(rest);
  reader.end();
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  if (path.endsWith('.lz4')) {
    yield* unpackLz4(await readFile(path));
    return;
  }
  const source = createReadStream(path, { highWaterMark: 1 << 20 });
  if (!path.endsWith('.gz')) {
    yield* source as AsyncIterable<Buffer>;
    return;
  }
  const plain = createGunzip();
  source.on('error', (failure) => plain.destroy(failure));
  yield* source.pipe(plain) as AsyncIterable<Buffer>;
}

/**
 * When apt last asked its repositories, seconds since 1970. The lists themselves carry the server's time; asking touches the folder in which apt
 * lays down what it fetches, also where nothing is new.
 */
export async function listsFetchedAt(apt: string): Promise<number> {
  const times = await Promise.all(
    ['lists', 'lists/partial', 'periodic/update-success-stamp'].map(async (name) =>
      stat(join(apt, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Math.max(...times) / 1000;
}
