import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Collected } from '../../exporters/security/collected.ts';

/** A folder that the security collector takes for the host's root, new for each test of a file. */
export interface HostFolder {
  readonly path: string;
  readonly put: (path: string, content: string | Buffer, mode?: number) => void;
}

/** Makes the folder before each test of the file that calls it, and removes it afterwards. */
export function hostFolder(): HostFolder {
  let path = '';
  beforeEach(() => void (path = mkdtempSync(join(tmpdir(), 'pharos-sec-host-'))));
  afterEach(() => rmSync(path, { recursive: true, force: true }));
  return {
    get path() {
      return path;
    },
    put: (file, content, mode = 0o644) => {
      mkdirSync(dirname(path + file), { recursive: true });
      writeFileSync(path + file, content);
      chmodSync(path + file, mode);
    },
  };
}

/** The value of a sample, by name and labels. */
export function valueOf(found: Collected, name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  const samples = found.families.find((family) => family.name === name)?.samples ?? [];
  return samples.find((sample) => Object.entries(labels).every(([label, value]) => sample.labels?.[label] === value))?.value;
}
