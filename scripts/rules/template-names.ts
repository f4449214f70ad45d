import type { Tree } from '../base/tree.ts';
import { error, type Problem } from '../base/problem.ts';

/** Templates built into Alertmanager, such as `slack.default.title`. */
const ITS_OWN = /^(__\w+|\w+\.default\.\w+)$/;

/**
 * Templates that Alertmanager's files use but none defines. amtool does not check them; every such message would fail.
 *
 * @param sources the files of the checkout
 */
export function templateProblems(sources: Tree): readonly Problem[] {
  const files = [...sources].filter(([path]) => path === 'alertmanager/alertmanager.yml' || path.startsWith('alertmanager/templates/'));
  const defined = new Set(
    files.flatMap(([, text]) => [...text.matchAll(/\{\{-?\s*(?:define|block)\s+"([^"]+)"/g)].map(([, name]) => name)),
  );
  return files.flatMap(([path, text]) =>
    [...text.matchAll(/\{\{-?\s*template\s+"([^"]+)"/g)]
      .filter(([, name = '']) => !defined.has(name) && !ITS_OWN.test(name))
      .map(({ 1: name = '', index }) =>
        error(
          `${path}:${text.slice(0, index).split('\n').length}`,
          `uses the template "${name}", which nothing in alertmanager/templates/ defines`,
          'Correct the name; no such message could be sent.',
        ),
      ),
  );
}
