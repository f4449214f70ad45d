import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { composeEnv } from '../settings/compose-env.ts';
import { composeProblems } from '../render/compose-invariants.ts';
import type { ComposeModel } from '../engine/compose-model.ts';
import { configDigests, withDigestRule } from '../base/digest.ts';
import { inputFailure, stackFailure } from '../base/failure.ts';
import { sourceProblems } from '../rules/all.ts';
import { error, errorsOf } from '../base/problem.ts';
import { renderAlertmanager } from '../alertmanager/render.ts';
import { renderCompose, type ComposePlan } from '../render/compose.ts';
import { expectedOf, renderTree, type Expected, type RenderResult } from '../render/tree.ts';
import type { Tree } from '../render/scrape.ts';
import { ownSecretFiles } from '../alertmanager/secret-files.ts';
import { historySecrets, ownSecrets, planSecrets, type SecretFile, type SecretPlan } from '../settings/secrets.ts';
import { select, wantedProfiles, type Selection } from '../modules/selection.ts';
import { askedPaths, certificateProblems, type HostPaths } from '../modules/security/mounts.ts';
import type { Settings } from '../settings/settings.ts';
import type { StackNetwork } from '../engine/subnet.ts';
import { bundleContainerExporter, bundleHistory, bundleSecurityCollector, bundleVector } from '../render/bundle.ts';
import { mergeCompose } from '../engine/compose.ts';
import { readTree } from '../base/files.ts';
import { containerdSocket } from '../engine/containerd.ts';
import { hostProblems } from '../engine/host-check.ts';
import { hostPaths, serverName } from '../engine/host.ts';
import { ensureImages, type ImageSet } from '../images/io.ts';
import { appNetworkProblems, planNetwork } from '../engine/networks.ts';
import { withComposeFile } from '../render/publish.ts';
import { placeOf } from '../settings/io.ts';
import { modules } from '../modules/index.ts';
import { canaryProblems } from '../modules/vector/canaries.ts';
import { interruptible } from '../base/interruptible.ts';
import type { Workplace } from '../engine/workplace.ts';

/** A configuration that was rendered and checked by our own rules; nothing of it is in force yet. */
export interface Prepared {
  readonly settings: Settings;
  readonly selection: Selection;
  readonly network: StackNetwork;
  readonly images: ImageSet;
  readonly model: ComposeModel;
  readonly tree: Tree;
  readonly secrets: readonly SecretFile[];
  readonly expected: Expected;
  /** Receivers that are left out, because no channel of theirs is set. */
  readonly silentReceivers: readonly string[];
  /** Files of the checkout that the render read, for what is checked where it stands. */
  readonly sources: Tree;
}

/** Renders the configuration that the settings ask for. Throws a `Failure` with every problem that stands in the way. */
export async function prepare(place: Workplace, settings: Settings, options: { readonly checkHost: boolean }): Promise<Prepared> {
  const { root, docker, exec, report } = place;
  const { plain } = settings;
  const network = await planNetwork(docker, plain);
  const merged = await mergeCompose(exec, root, wantedProfiles(modules, plain), composeEnv(plain, network));
  const images = await report.step('images', (detail) =>
    ensureImages({
      exec: interruptible(exec, place.signal),
      docker,
      root,
      wanted: imagesOf(merged),
      mirror: plain.DEBIAN_MIRROR,
      mayInstall: place.mayInstall,
      detail,
      note: report.note,
    }),
  );
  const selection = select(modules, plain, new Map(images.leftOut.map(({ service, reason }) => [service, reason])));
  requireCore(images);
  return report.step('settings rendered', async (detail) => {
    const sources = await readSources(root);
    const secretFiles = await readTree(join(root, 'secrets'), '.');
    const secretPlan = planSecrets(settings, secretFiles);
    const rendered = render(settings, selection, network, secretPlan, sources, secretFiles);
    const bundles: readonly (readonly [string, string])[] = [
      ['history/server.mjs', await bundleHistory(root)],
      ['container-exporter/server.mjs', await bundleContainerExporter(root)],
      ['security-collector/server.mjs', await bundleSecurityCollector(root)],
      // The largest by far, and only of use to those who have vectors.
      ...(selection.services.has('vector-exporter') ? [['vector/server.mjs', await bundleVector(root)] as const] : []),
    ];
    const tree = withDigestRule(new Map([...rendered.tree, ...bundles]));
    const asked = await hostPaths(askedPaths(merged, plain.SECURITY_CERTIFICATES));
    const model = renderCompose(
      merged,
      composePlan(root, settings, selection, network, images, secretPlan, rendered, tree, await containerdSocket(docker), asked),
    );
    const own =
      errorsOf([...rendered.problems, ...rendered.alertmanagerProblems]).length > 0
        ? []
        : [...sourceProblems(sources), ...composeProblems(model, plain.BIND_ADDRESS)];
    const problems = [
      ...secretPlan.problems,
      ...rendered.problems,
      ...canaryProblems(sources, plain),
      ...(selection.services.has('security-collector')
        ? certificateProblems(plain.SECURITY_CERTIFICATES, asked, await placeOf(root, 'SECURITY_CERTIFICATES'))
        : []),
      ...own,
      ...(await appNetworkProblems(docker, plain)),
    ];
    const stack = [
      ...rendered.alertmanagerProblems,
      ...(options.checkHost ? await hostProblems(docker, root, plain, { model, network }) : []),
    ];
    if (errorsOf([...problems, ...stack]).length > 0)
      throw errorsOf(problems).length > 0 ? inputFailure([...problems, ...stack]) : stackFailure(stack);
    report.problems([...problems, ...stack]);
    detail(`${selection.modules.map(({ name }) => name).join(', ')}`);
    return {
      settings,
      selection,
      network,
      images,
      model,
      tree: withComposeFile(tree, model),
      secrets: [...secretPlan.files, ...ownSecrets(rendered.alertmanagerSecrets, secretFiles, secretPlan.files)],
      silentReceivers: rendered.silentReceivers,
      expected: expectedOf(tree),
      sources,
    };
  });
}

/** Without these there is nothing to show and nobody to tell. */
function requireCore({ leftOut }: ImageSet): void {
  const missing = leftOut.filter(({ service }) => ['prometheus', 'alertmanager', 'history'].includes(service));
  if (missing.length > 0)
    throw stackFailure(
      missing.map(({ service, reason }) =>
        error(
          `image of ${service}`,
          reason,
          'npm run images -- load FILE, with a file that `npm run images -- save FILE` made on a host with a registry.',
        ),
      ),
    );
}

function imagesOf(model: ComposeModel): readonly { readonly service: string; readonly image: string }[] {
  return Object.entries(model.services).map(([service, { image }]) => ({ service, image }));
}

/** Folders of the checkout that hold configuration, and the tests that belong to it. */
const SOURCE_FOLDERS = [
  'prometheus',
  'alertmanager/templates',
  'grafana/provisioning',
  'grafana/dashboards',
  'loki',
  'exporters/blackbox',
  'exporters/docker-socket-proxy',
  'exporters/vector',
  'runbooks',
  'test/rules',
];

async function readSources(root: string): Promise<Tree> {
  const trees = await Promise.all(
    SOURCE_FOLDERS.filter((folder) => existsSync(join(root, folder))).map((folder) => readTree(root, folder)),
  );
  const alertmanager = await readTree(root, 'alertmanager');
  return new Map([
    ...trees.flatMap((tree) => [...tree]),
    ...[...alertmanager].filter(([path]) => path === 'alertmanager/alertmanager.yml'),
  ]);
}

function render(
  settings: Settings,
  selection: Selection,
  network: StackNetwork,
  secrets: SecretPlan,
  sources: Tree,
  secretFiles: Tree,
): RenderResult {
  return renderTree({
    sources,
    settings: settings.plain,
    host: { serverName: settings.plain.SERVER_NAME ?? serverName(), gateway: network.gateway },
    all: modules,
    modules: selection.modules,
    services: selection.services,
    secretFiles: secretFiles.keys(),
    alertmanager: (config) =>
      renderAlertmanager(config, secrets.configured, settings.channels, ownSecretFiles(secretFiles.keys(), settings.plain)),
  });
}

function composePlan(
  root: string,
  { plain }: Settings,
  selection: Selection,
  network: StackNetwork,
  images: ImageSet,
  secrets: SecretPlan,
  rendered: RenderResult,
  tree: Tree,
  containerdSocket: string | undefined,
  asked: HostPaths,
): ComposePlan {
  return {
    images: new Map([...images.images].map(([service, { name }]) => [service, name])),
    leftOut: new Set(selection.leftOut.map(({ service }) => service)),
    network,
    appNetworks: plain.APP_NETWORKS,
    reaching: new Set(selection.modules.flatMap(({ reaches }) => reaches)),
    secretMounts: new Map([
      ['alertmanager', rendered.alertmanagerSecrets],
      ['history', historySecrets(secrets.configured)],
    ]),
    secretsDir: join(root, 'secrets'),
    containerdSocket,
    certificates: plain.SECURITY_CERTIFICATES,
    hostPaths: asked,
    configDigests: configDigests(tree, new Map(secrets.files.map(({ file, content }) => [file, content]))),
  };
}
