import type { Tree } from '../base/tree.ts';
import { error, type Problem } from '../base/problem.ts';

/** Templates that Alertmanager brings itself, such as `slack.default.title`. */
const ITS_OWN = /^(__\w+|\w+\.default\.\w+)$/;

/**
 * Templates that Alertmanager's files ask for and none defines. amtool does not look for them; the message would fail each time that it is to be sent.
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
          `asks for the template "${name}", which nothing in alertmanager/templates/ defines`,
          'Mend the name; no such message could be sent.',
        ),
      ),
  );
}
