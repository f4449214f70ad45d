import { build } from 'esbuild';
import { join } from 'node:path';

/**
 * The alert history service as one file of JavaScript for Node 24: the image holds no packages and strips no types.
 * Throws where the service's sources do not build, which is a bug.
 */
export async function bundleHistory(root: string): Promise<string> {
  const result = await build({
    entryPoints: [join(root, 'alertmanager/history/server.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    logLevel: 'silent',
    external: ['node:*'],
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error('esbuild gave no file for the history service');
  return file.text;
}
