import pc from 'picocolors';
import type { ImageRow } from './list.ts';

/** A line per image: service, pinned name, present or not, where from. */
export function renderImages(rows: readonly ImageRow[]): string {
  const width = (of: (row: ImageRow) => string): number => Math.max(...rows.map((row) => of(row).length));
  const [serviceWidth, nameWidth] = [width(({ service }) => service), width(({ pinned }) => pinned)];
  return rows
    .map(({ service, pinned, from, present, bytes, debianPackage }) => {
      const origin = {
        pinned: pc.green(`present, ${Math.round(bytes / 1e6)} MB`),
        debian: pc.yellow(`built here as ${present} from Debian's ${debianPackage}, ${Math.round(bytes / 1e6)} MB`),
        missing: pc.red(
          debianPackage === ''
            ? 'missing; only its registry has it'
            : `missing; comes from its registry, or from Debian's ${debianPackage}`,
        ),
      }[from];
      return `  ${service.padEnd(serviceWidth)}  ${pinned.padEnd(nameWidth)}  ${origin}`;
    })
    .join('\n');
}
