import { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file with certificates. */
interface CertificateFile {
  readonly path: string;
  /** When the first of its certificates ends, seconds since 1970: the chain breaks there. */
  readonly expires: number;
}

/** What was found below a path. */
interface CertificateScan {
  readonly files: readonly CertificateFile[];
  /** Files with the ending of a certificate that are none or cannot be read, and folders that cannot be entered. */
  readonly unreadable: readonly string[];
}

/** `live/<name>/fullchain.pem` is two folders deep. */
const MAX_DEPTH = 3;
/** Files that are shown: each is a series. */
export const MAX_FILES = 200;
/** No certificate chain is larger; a bundle of authorities is, and is not what is watched. */
const MAX_BYTES = 256 * 1024;

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** When the first certificate of a file ends, seconds since 1970; undefined where it holds none. PEM with any number of them, or DER. */
function expiryOf(bytes: Buffer): number | undefined {
  const text = bytes.toString('latin1');
  const blocks: readonly (string | Buffer)[] = text.includes('-----BEGIN') ? (text.match(BLOCK) ?? []) : [bytes];
  try {
    const ends = blocks.map((block) => Date.parse(new X509Certificate(block).validTo) / 1000);
    return ends.length === 0 || ends.some(Number.isNaN) ? undefined : Math.min(...ends);
  } catch {
    return undefined;
  }
}

/** Keys, requests and parameters stand beside certificates, under the same endings. */
function isAnotherKind(text: string): boolean {
  const kinds = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, kind = '']) => kind);
  return kinds.length > 0 && !kinds.some((kind) => /^(X509 |TRUSTED )?CERTIFICATE$/.test(kind));
}

/** Looks for `*.pem`, `*.crt`, `*.cer` in a folder and those below it, or at one file. Throws where the path is missing or closed. */
export async function scanCertificates(path: string): Promise<CertificateScan> {
  const files: CertificateFile[] = [];
  const unreadable: string[] = [];
  const look = async (file: string, named: boolean): Promise<void> => {
    if (files.length >= MAX_FILES) return;
    const size = await stat(file).then(
      (found) => found.size,
      () => undefined,
    );
    const isBundle = (size ?? 0) > MAX_BYTES;
    if (isBundle && !named) return;
    const bytes = size === undefined || isBundle ? undefined : await readFile(file).catch(() => undefined);
    if (bytes !== undefined && isAnotherKind(bytes.toString('latin1'))) return;
    const expires = bytes === undefined ? undefined : expiryOf(bytes);
    if (expires !== undefined) files.push({ path: file, expires });
    else if (named || !/(^|[./_-])(priv|key)/i.test(file.slice(path.length))) unreadable.push(file);
  };
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    // Let's Encrypt: `live` links to what is in use, `archive` has every certificate that ever was, and the others hold requests and keys.
    const isLetsEncrypt = ['live', 'archive'].every((name) => entries.some((entry) => entry.name === name && entry.isDirectory()));
    const looked = isLetsEncrypt ? entries.filter(({ name }) => name === 'live') : entries;
    for (const entry of looked.sort((a, b) => a.name.localeCompare(b.name))) {
      const inside = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (depth < MAX_DEPTH) await walk(inside, depth + 1).catch(() => void unreadable.push(inside));
      } else if (/\.(pem|crt|cer)$/i.test(entry.name)) await look(inside, false);
    }
  };
  if ((await stat(path)).isDirectory()) await walk(path, 1);
  else await look(path, true);
  return { files, unreadable };
}
