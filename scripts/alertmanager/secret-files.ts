import { isScalar, visit } from 'yaml';
import { didYouMean, placeOf, type SourceDocument } from './shape.ts';
import { CHANNEL_SECRETS } from '../settings/channels.ts';
import { modules } from '../modules/index.ts';
import { instancesOf, passwordFiles } from '../modules/servers.ts';
import { error, warning, type Problem } from '../base/problem.ts';
import { SECRETS } from '../settings/secret-table.ts';
import type { PlainSettings } from '../settings/table.ts';

/** Where containers see the files of `secrets/`. */
export const SECRETS_MOUNT = '/run/secrets/';

const FOR_ALERTMANAGER: readonly string[] = Object.values(CHANNEL_SECRETS).map(({ file }) => file);

/** Names of all files under `secrets/` that belong to a setting. */
function knownFiles(settings: PlainSettings): readonly string[] {
  return [
    ...Object.values(SECRETS).map(({ file }) => file),
    ...modules.flatMap(({ name, servers, secretFiles = [] }) => [
      ...secretFiles,
      ...(servers === undefined ? [] : passwordFiles(name, instancesOf(servers, settings))),
    ]),
  ];
}

/** Secrets that the file names, each with its node; those of an anchor once, at the anchor. */
function namedSecrets({ doc }: SourceDocument): readonly { readonly file: string; readonly node: unknown }[] {
  const found: { file: string; node: unknown }[] = [];
  visit(doc, {
    Scalar(_, node) {
      if (isScalar(node) && typeof node.value === 'string' && node.value.startsWith(SECRETS_MOUNT))
        found.push({ file: node.value.slice(SECRETS_MOUNT.length), node });
    },
  });
  return found;
}

/** Files under `secrets/` of the user's own receivers: no setting owns them, `alertmanager.yml` names them. */
export function ownSecretFiles(existing: Iterable<string>, settings: PlainSettings): ReadonlySet<string> {
  const known = new Set(knownFiles(settings));
  return new Set([...existing].filter((file) => !known.has(file) && /^[\w-][\w.-]*$/.test(file)));
}

/** Secrets that `alertmanager.yml` names but that cannot exist: their receivers would be skipped silently. */
export function unknownSecrets(source: SourceDocument, own: ReadonlySet<string>): readonly Problem[] {
  return namedSecrets(source).flatMap(({ file, node }) => {
    if (FOR_ALERTMANAGER.includes(file) || own.has(file)) return [];
    const near = didYouMean(file, [...FOR_ALERTMANAGER, ...own]);
    return [
      error(
        placeOf(source, node),
        `names the secret ${file}, which no channel uses and no file secrets/${file} holds`,
        near ?? `For a receiver of your own write the secret into secrets/${file}; it is mounted for Alertmanager then.`,
      ),
    ];
  });
}

/** Files under `secrets/` that nothing reads. */
export function unreadSecrets(source: SourceDocument, own: ReadonlySet<string>, settings: PlainSettings): readonly Problem[] {
  const named = new Set(namedSecrets(source).map(({ file }) => file));
  return [...own]
    .filter((file) => !named.has(file))
    .map((file) =>
      warning(
        `secrets/${file}`,
        'is not used by anything',
        didYouMean(file, knownFiles(settings)) ?? 'Name it in alertmanager/alertmanager.yml, or remove it.',
      ),
    );
}
