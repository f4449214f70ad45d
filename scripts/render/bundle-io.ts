import { build, type Plugin } from 'esbuild';
import { join } from 'node:path';
import type { Tree } from '../base/tree.ts';
import type { AnyModule } from '../modules/spec.ts';

/** The stack's own services that run, each as one file of JavaScript for Node 24. Throws where sources do not build, which is a bug. */
export async function bundleServices(root: string, modules: readonly AnyModule[], services: ReadonlySet<string>): Promise<Tree> {
  const wanted = modules.flatMap(({ bundles = [] }) => bundles).filter(({ service }) => services.has(service));
  return new Map(await Promise.all(wanted.map(async ({ path, entry }) => [path, await bundle(join(root, entry))] as const)));
}

/** The example application and the load on it, likewise. */
export async function bundleExample(root: string): Promise<{ readonly server: string; readonly load: string }> {
  const [server, load] = await Promise.all(['server', 'load'].map(async (name) => bundle(join(root, `exporters/apps/example/${name}.ts`))));
  return { server: server ?? '', load: load ?? '' };
}

/**
 * Ways to an engine that no service takes, each larger than everything else together: dockerode asks for them at its start, and uses them for
 * addresses with ssh:// and for builds.
 */
const UNUSED = /^(ssh2|@grpc\/grpc-js|@grpc\/proto-loader)$/;
const withoutUnused: Plugin = {
  name: 'without-unused',
  setup: (plugin) => {
    plugin.onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: 'unused' }));
    plugin.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** One file out of a service's sources and the packages that they use: the image holds no packages and strips no types. */
export async function bundle(entry: string): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    logLevel: 'silent',
    // The driver's faster twin, and its way out of Cloudflare's workers: it asks for them only where they are chosen.
    plugins: [withoutUnused],
    external: ['node:*', 'pg-native', 'pg-cloudflare'],
    // Packages in the older format ask for Node's own modules by `require`, which a file in the newer one does not have.
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`esbuild gave no file for ${entry}`);
  return file.text;
}
