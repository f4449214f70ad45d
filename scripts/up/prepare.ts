import { join } from 'node:path';
import type { ComposeModel } from '../base/compose-model.ts';
import { inputFailure, stackFailure } from '../base/failure.ts';
import { readTree } from '../base/files.ts';
import { interruptible } from '../base/interruptible.ts';
import { error, errorsOf, type Problem } from '../base/problem.ts';
import type { StackNetwork } from '../base/subnet.ts';
import type { Tree } from '../base/tree.ts';
import { mergeCompose } from '../engine/compose.ts';
import { containerdSocket } from '../engine/containerd.ts';
import { hostPaths, serverName } from '../engine/host.ts';
import { hostProblems } from '../engine/host-check.ts';
import { appNetworkProblems, planNetwork } from '../engine/networks.ts';
import type { Workspace } from '../engine/workspace.ts';
import { ensureImages, type ImageSet } from '../images/io.ts';
import { modules } from '../modules/index.ts';
import { select, wantedProfiles, type Selection } from '../modules/selection.ts';
import type { SecretFile } from '../modules/parts.ts';
import { bundleServices } from '../render/bundle-io.ts';
import { composeProblems } from '../render/compose-invariants.ts';
import { expectedOf, type Expected } from '../render/expected.ts';
import { withComposeFile } from '../render/publish-io.ts';
import { sourceProblems } from '../rules/all.ts';
import { composeEnv } from '../settings/settings.ts';
import { placesOf } from '../settings/io.ts';
import { ownSecrets, planSecrets } from '../settings/secrets.ts';
import type { Settings } from '../settings/settings.ts';
import { renderInputs, type Inputs } from './render.ts';
import { readSources } from './sources-io.ts';

/** A configuration that was rendered and checked by our own rules, but not applied yet. */
export interface Prepared {
  readonly settings: Settings;
  readonly selection: Selection;
  readonly network: StackNetwork;
  readonly images: ImageSet;
  readonly model: ComposeModel;
  readonly tree: Tree;
  readonly secrets: readonly SecretFile[];
  readonly expected: Expected;
  /** Receivers that are skipped, because none of their channels is set. */
  readonly silentReceivers: readonly string[];
  /** The rendered files' sources, for checks of the checked-in text. */
  readonly sources: Tree;
}

/** Renders the configuration that the settings ask for. Throws a `Failure` with every problem that prevents it. */
export async function prepare(place: Workspace, settings: Settings, options: { readonly checkHost: boolean }): Promise<Prepared> {
  const network = await planNetwork(place.docker, settings.plain);
  const merged = await mergeCompose(place.exec, place.root, wantedProfiles(modules, settings.plain), composeEnv(settings.plain, network));
  const images = await findImages(place, merged, settings);
  return place.report.step('settings rendered', async (detail) => {
    const inputs = await readInputs(place, { settings, network, merged, images });
    const prepared = await check(place, inputs, options.checkHost);
    detail(prepared.selection.modules.map(({ name }) => name).join(', '));
    return prepared;
  });
}

/** Finds an image for every service. Throws a `Failure` if an essential one is missing. */
async function findImages({ root, docker, exec, report, signal, mayInstall }: Workspace, merged: ComposeModel, { plain }: Settings) {
  const images = await report.step('images', async (detail) =>
    ensureImages({
      exec: interruptible(exec, signal),
      docker,
      root,
      wanted: Object.entries(merged.services).map(([service, { image }]) => ({ service, image })),
      mirror: plain.DEBIAN_MIRROR,
      mayInstall,
      detail,
      note: report.note,
    }),
  );
  const missing = images.leftOut.filter(({ service }) => ['prometheus', 'alertmanager', 'history'].includes(service));
  const fix = 'npm run images -- load FILE, with a file that `npm run images -- save FILE` made on a host with a registry.';
  if (missing.length > 0) throw stackFailure(missing.map(({ service, reason }) => error(`image of ${service}`, reason, fix)));
  return images;
}

/** Reads what rendering needs of the checkout and the host. */
async function readInputs({ root, docker }: Workspace, known: Pick<Inputs, 'settings' | 'network' | 'merged' | 'images'>): Promise<Inputs> {
  const { plain } = known.settings;
  const missing = new Map(known.images.leftOut.map(({ service, reason }) => [service, reason]));
  const selection = select(modules, plain, missing);
  const asked = modules.flatMap((module) => module.hostPaths?.(known.merged, plain) ?? []);
  return {
    ...known,
    selection,
    sources: await readSources(root),
    secretFiles: await readTree(join(root, 'secrets'), '.'),
    bundles: await bundleServices(root, modules, selection.services),
    host: { name: serverName(), paths: await hostPaths(asked), containerdSocket: await containerdSocket(docker) },
    secretsDir: join(root, 'secrets'),
  };
}

/** Renders, and checks the result against our own rules. */
async function check({ root, docker, report }: Workspace, inputs: Inputs, checkHost: boolean): Promise<Prepared> {
  const { settings, selection, network, images, sources, secretFiles } = inputs;
  const { plain } = settings;
  const secretPlan = planSecrets(settings, secretFiles);
  const { rendered, tree, model } = renderInputs(inputs, secretPlan);
  const isRendered = errorsOf([...rendered.problems, ...rendered.alertmanagerProblems]).length === 0;
  const input = [
    ...secretPlan.problems,
    ...rendered.problems,
    ...(await moduleProblems(root, inputs)),
    ...(isRendered ? [...sourceProblems(sources), ...composeProblems(model, plain.BIND_ADDRESS)] : []),
    ...(await appNetworkProblems(docker, plain)),
  ];
  const stack = [
    ...rendered.alertmanagerProblems,
    ...(checkHost ? await hostProblems(docker, root, { model, settings: plain, network }) : []),
  ];
  if (errorsOf(input).length > 0) throw inputFailure([...input, ...stack]);
  if (errorsOf(stack).length > 0) throw stackFailure(stack);
  report.problems([...input, ...stack]);
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
}

/** What modules find in their own files and on the host. */
async function moduleProblems(root: string, { settings: { plain }, selection, sources, host }: Inputs): Promise<readonly Problem[]> {
  const at = await placesOf(root);
  return selection.modules.flatMap((module) => [
    ...(module.problems?.(sources, plain) ?? []),
    ...(module.hostProblems?.(plain, host.paths, at) ?? []),
  ]);
}
