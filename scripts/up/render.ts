import { renderAlertmanager } from '../alertmanager/render.ts';
import { ownSecretFiles } from '../alertmanager/secret-files.ts';
import { withDigestRule } from '../base/digest.ts';
import type { ComposeModel } from '../base/compose-model.ts';
import type { StackNetwork } from '../base/subnet.ts';
import type { Tree } from '../base/tree.ts';
import type { ImageSet } from '../images/io.ts';
import { modules } from '../modules/index.ts';
import type { Selection } from '../modules/selection.ts';
import type { ComposeHost } from '../modules/parts.ts';
import { renderCompose, type ComposePlan } from '../render/compose.ts';
import { configDigests } from '../render/config-digests.ts';
import { renderTree, type RenderResult } from '../render/tree.ts';
import { historySecrets, type SecretPlan } from '../settings/secrets.ts';
import type { Settings } from '../settings/settings.ts';

/** Everything that rendering needs, read from the checkout, the engine and the host. */
export interface Inputs {
  readonly settings: Settings;
  readonly selection: Selection;
  readonly network: StackNetwork;
  readonly images: ImageSet;
  /** The merged Compose files. */
  readonly merged: ComposeModel;
  readonly sources: Tree;
  /** Texts of the files under `secrets/`, by name. */
  readonly secretFiles: Tree;
  /** Bundled services, by their path below `.effective/`. */
  readonly bundles: Tree;
  readonly host: ComposeHost & { readonly name: string };
  /** Absolute path of `secrets/`. */
  readonly secretsDir: string;
}

/** Renders the files of `.effective/` and the Compose model that runs. */
export function renderInputs(inputs: Inputs, secrets: SecretPlan) {
  const rendered = renderFiles(inputs, secrets);
  const tree = withDigestRule(new Map([...rendered.tree, ...inputs.bundles]));
  return { rendered, tree, model: renderCompose(inputs.merged, composePlan(inputs, secrets, rendered, tree)) };
}

function renderFiles({ settings, selection, network, sources, secretFiles, host }: Inputs, secrets: SecretPlan): RenderResult {
  return renderTree({
    sources,
    settings: settings.plain,
    host: { serverName: settings.plain.SERVER_NAME ?? host.name, gateway: network.gateway },
    all: modules,
    modules: selection.modules,
    services: selection.services,
    secretFiles: secretFiles.keys(),
    alertmanager: (config) =>
      renderAlertmanager(config, secrets.configured, settings.channels, ownSecretFiles(secretFiles.keys(), settings.plain)),
  });
}

function composePlan(inputs: Inputs, secrets: SecretPlan, rendered: RenderResult, tree: Tree): ComposePlan {
  const { settings, selection, network, images, host, secretsDir } = inputs;
  const { plain } = settings;
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
    secretsDir,
    changes: modules.map(
      ({ compose }) =>
        (model) =>
          compose?.(model, plain, host),
    ),
    configDigests: configDigests(modules, tree, new Map(secrets.files.map(({ file, content }) => [file, content]))),
  };
}
