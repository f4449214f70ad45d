import { error, type Problem } from '../base/problem.ts';

/** Which files of a folder Prometheus loads, as its configuration says; SLO files are rendered by `up`, which takes both endings. */
const LOADED: readonly { readonly folder: RegExp; readonly loaded: RegExp; readonly form: string }[] = [
  { folder: /^prometheus\/rules\//, loaded: /^prometheus\/rules\/[^/]+\.yml$/, form: 'prometheus/rules/<name>.yml' },
  { folder: /^prometheus\/scrape\//, loaded: /^prometheus\/scrape\/[^/]+\.yml$/, form: 'prometheus/scrape/<name>.yml' },
  { folder: /^prometheus\/targets\//, loaded: /^prometheus\/targets\/[^/]+\/[^/]+\.yml$/, form: 'prometheus/targets/<job>/<name>.yml' },
];

/** Files that look like configuration but are not loaded, because of their name or folder. */
export function unloadedFiles(paths: Iterable<string>): readonly Problem[] {
  return [...paths].flatMap((path) => {
    const rule = LOADED.find(({ folder }) => folder.test(path));
    if (rule === undefined || rule.loaded.test(path) || !/\.(ya?ml|json)$/.test(path)) return [];
    const renamed = path.replace(/\.\w+$/, '.yml');
    // JSON is YAML too.
    const fix = rule.loaded.test(renamed) ? `mv ${path} ${renamed}` : `Move it: it must be a ${rule.form}.`;
    return [error(path, `is not loaded: Prometheus reads ${rule.form.replace(/<\w+>/g, '*')}`, fix)];
  });
}
