import { error, type Problem } from '../base/problem.ts';
import { parseYaml, type Tree } from '../base/tree.ts';
import type { AnyModule } from '../modules/spec.ts';

/** What is wrong with the user's target files. */
export function targetFileProblems(sources: Tree, modules: readonly AnyModule[]): readonly Problem[] {
  return [...sources].flatMap(([path, text]) => {
    if (!/^prometheus\/targets\/.*\.ya?ml$/.test(path)) return [];
    const { doc, problems } = parseYaml(path, text);
    if (doc === undefined) return problems;
    const groups: unknown = doc.toJS();
    const wellFormed = groups === null || (Array.isArray(groups) && groups.every(isTargetGroup));
    return wellFormed
      ? urlTargets(path, text, modules)
      : [error(path, 'is not a list of target groups', 'Write it as\n- targets: [shop-backend:3000]\n  labels: { service: shop-backend }')];
  });
}

/** A URL instead of host:port. Prometheus would reject the whole configuration without naming the file. */
function urlTargets(path: string, text: string, modules: readonly AnyModule[]): readonly Problem[] {
  if (modules.some(({ name, urlTargets: expected }) => expected === true && path.startsWith(`prometheus/targets/${name}/`))) return [];
  const lines = text.split('\n');
  return lines.flatMap((line, index) =>
    [...line.replace(/(^|\s)#.*$/, '').matchAll(/https?:\/\/([\w.:[\]-]+)([^\s'",\]]*)/g)]
      .filter(() => /targets:|^\s*-\s/.test(line))
      .map(([url, host = '', page = '']) => {
        const secure = url.startsWith('https') ? ' and the label __scheme__: https' : '';
        const port = /:\d+$/.test(host) ? host : `${host}:${secure === '' ? 80 : 443}`;
        const labels = page === '' || page === '/' || page === '/metrics' ? '' : ` and the label __metrics_path__: ${page}`;
        return error(`${path}:${index + 1}`, `"${url}" is a URL where host:port belongs`, `${port}${labels}${secure}`);
      }),
  );
}

function isTargetGroup(group: unknown): boolean {
  if (typeof group !== 'object' || group === null || !('targets' in group) || !Array.isArray(group.targets)) return false;
  const labels = 'labels' in group ? group.labels : {};
  return group.targets.every((target) => typeof target === 'string') && typeof labels === 'object';
}
