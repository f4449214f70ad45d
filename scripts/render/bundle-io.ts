import { build, type Plugin } from 'esbuild';
import { join } from 'node:path';
import type { Tree } from '../base/tree.ts';
import type { AnyModule } from '../modules/spec.ts';

/** The stack's own running services, each as one JavaScript file for Node 24. Throws if sources do not build, which is a bug. */
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
 * Unused connection types of dockerode, each larger than all the rest: it loads them at its start, but uses them only for
 * ssh:// addresses and builds.
 */
const UNUSED = /^(ssh2|@grpc\/grpc-js|@grpc\/proto-loader)$/;
const withoutUnused: Plugin = {
  name: 'without-unused',
  setup: (plugin) => {
    plugin.onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: 'unused' }));
    plugin.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** One file from a service's sources and their packages: the image has no packages and does not strip types. */
export async function bundle(entry: string): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    logLevel: 'silent',
    // The driver's native variant and its Cloudflare sockets: loaded only on request.
    plugins: [withoutUnused],
    external: ['node:*', 'pg-native', 'pg-cloudflare'],
    // CommonJS packages load Node's modules with `require`, which ES modules do not have.
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`esbuild produced no file for ${entry}`);
  return file.text;
}
