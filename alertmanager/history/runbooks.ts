import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Marked } from 'marked';
import { escapeHtml, html, type Html } from './html.ts';
import { messagePage } from './pages.ts';
import { page } from './page.ts';

// Raw HTML in a runbook is shown as text: a page under /runbooks/ runs in the same origin as the alerts.
const markdown = new Marked({ renderer: { html: ({ text }) => escapeHtml(text) } });

/** Names of modules and alerts: nothing that could lead out of the folder. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

/** The list of all runbooks. */
export async function runbookIndex(folder: string): Promise<string> {
  const modules = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && NAME.test(entry.name))
    .map(({ name }) => name)
    .sort();
  const sections: Html[] = [];
  for (const module of modules) {
    const alerts = (await readdir(join(folder, module)))
      .filter((name) => name.endsWith('.md'))
      .map((name) => name.slice(0, -3))
      .sort();
    sections.push(
      html`<h2>${module}</h2>
        <ul>
          ${alerts.map((alert) => html`<li><a href="/runbooks/${module}/${alert}">${alert}</a></li>`)}
        </ul>`,
    );
  }
  return page(
    'Runbooks',
    html`<h1>Runbooks</h1>
      ${sections}`,
  );
}

/** One runbook as a page; undefined if it is missing. */
export async function runbookPage(folder: string, module: string, alert: string): Promise<string | undefined> {
  if (!NAME.test(module) || !NAME.test(alert)) return undefined;
  const text = await readFile(join(folder, module, `${alert}.md`), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return page(alert, { html: await markdown.parse(text) });
}

/** The page for a missing runbook. */
export function noRunbook(path: string): string {
  return messagePage('No such runbook', `There is no file runbooks/${path}.md. Write it in the stack's folder, then npm run reload.`);
}
