import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { templateProblems } from '../../../scripts/rules/template-names.ts';
import { readTree, ROOT } from '../../../scripts/base/files.ts';

const path = 'alertmanager/alertmanager.yml';
const checkedIn = async (change: (text: string) => string = (text) => text): Promise<readonly string[]> => {
  const templates = await readTree(ROOT, 'alertmanager/templates');
  const found = templateProblems(new Map([...templates, [path, change(readFileSync(join(ROOT, path), 'utf8'))]]));
  return found.map(({ place, message }) => `${place} ${message}`);
};

it('finds every template that the checked-in files ask for', async () => {
  expect(await checkedIn()).toEqual([]);
});

it('sees one that is mistyped, on its line', async () => {
  const [first, ...others] = await checkedIn((text) => text.replace('template "pharos.slack" ', 'template "pharos.slak" '));
  expect(first).toMatch(/^alertmanager\/alertmanager\.yml:\d+ uses the template "pharos\.slak"/);
  expect(others).toEqual([]);
});

it('sees one that a template asks for, and knows those of Alertmanager', () => {
  const text =
    '{{ define "mine" }}\n{{- template "slack.default.title" . }}{{ template "__subject" . }}\n{{- template "other" . }}{{ end }}';
  expect(templateProblems(new Map([['alertmanager/templates/mine.tmpl', text]])).map(({ place }) => place)).toEqual([
    'alertmanager/templates/mine.tmpl:3',
  ]);
});
