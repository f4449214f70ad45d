import { CATEGORIES, SEVERITIES } from '../../scripts/rules/labels.ts';
import type { KnownValues } from './alert.ts';
import { html, type Html } from './html.ts';
import type { AlertQuery } from './query.ts';

/** The worst first. */
export const WORST_FIRST = SEVERITIES.toReversed();

/** The form above a list: common filters in one line, the rest folded until used. */
export function filters({ status, equal, text, since, until, acknowledged }: AlertQuery, known: KnownValues): Html {
  const more = [equal.alertname, equal.instance, equal.service, since, until, acknowledged].some((value) => value !== undefined);
  const inner = html`<summary>More filters</summary>
    <div class="row">
      ${suggest('alertname', 'alert name', known.alertname, equal.alertname)}
      ${suggest('instance', 'instance', known.instance, equal.instance)} ${suggest('service', 'service', known.service, equal.service)}
      ${select('acknowledged', 'acknowledged or not', ['yes', 'no'], acknowledged === undefined ? undefined : acknowledged ? 'yes' : 'no')}
      <span class="dates">
        <label>from <input type="date" name="since" value="${since?.slice(0, 10) ?? ''}" /></label>
        <label>to <input type="date" name="until" value="${until?.slice(0, 10) ?? ''}" /></label>
      </span>
    </div>`;
  return html`<form method="get" action="/">
    <div class="row">
      ${select('status', 'any state', ['firing', 'resolved'], status)} ${select('severity', 'any severity', WORST_FIRST, equal.severity)}
      ${select('category', 'any category', CATEGORIES, equal.category)}
      <input type="search" name="q" placeholder="alert, instance, service, text" aria-label="text" value="${text ?? ''}" />
      <button>Filter</button>
    </div>
    ${more ? html`<details open>${inner}</details>` : html`<details>${inner}</details>`}
  </form>`;
}

function select(name: string, any: string, options: readonly string[], selected: string | undefined): Html {
  const choices = options.map((option) =>
    option === selected ? html`<option selected>${option}</option>` : html`<option>${option}</option>`,
  );
  return html`<select name="${name}" aria-label="${name}">
    <option value="">${any}</option>
    ${choices}
  </select>`;
}

function suggest(name: string, hint: string, values: readonly string[], value: string | undefined): Html {
  return html`<input name="${name}" list="known-${name}" placeholder="${hint}" aria-label="${hint}" value="${value ?? ''}" />
    <datalist id="known-${name}">${values.map((known) => html`<option value="${known}"></option>`)}</datalist>`;
}
