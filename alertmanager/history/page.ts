import { html, type Html } from './html.ts';

/** The one style of every page: readable on a phone at night, no fonts, no scripts, nothing from elsewhere. */
export const STYLE = `
:root { color-scheme: light dark; --bg: #fff; --fg: #1a1d21; --dim: #667079; --line: #dfe3e8; --card: #f6f7f9; --link: #0b5cad;
  --emergency: #8b1a8b; --critical: #c5221f; --warning: #b06000; --info: #1967d2; --ok: #188038; }
@media (prefers-color-scheme: dark) { :root { --bg: #14171a; --fg: #e6e8ea; --dim: #98a2ab; --line: #2d3338; --card: #1c2024; --link: #7ab7ff;
  --emergency: #e08be0; --critical: #ff7b72; --warning: #f0b35b; --info: #8ab4f8; --ok: #6cc788; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--bg); color: var(--fg); font: 16px/1.5 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: baseline; border-bottom: 1px solid var(--line); padding-bottom: .5rem; margin-bottom: 1rem; }
header b { font-size: 1.15rem; } a { color: var(--link); } .dim { color: var(--dim); } .right { margin-left: auto; }
form { margin-bottom: 1rem; } td form { margin: 0; } .row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; } details { margin-top: .5rem; } summary { cursor: pointer; color: var(--dim); } details .row { margin-top: .5rem; } .dates { display: flex; flex-wrap: wrap; gap: .5rem; }
.bar { display: flex; gap: 1rem; } .bar span { margin-right: auto; } .tag { border: 1px solid var(--line); border-radius: 999px; padding: 0 .5rem; font-size: .8rem; color: var(--dim); white-space: nowrap; }
select, input, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .3rem .55rem; min-width: 0; }
input[type=search] { flex: 1 1 12rem; } button { cursor: pointer; background: var(--link); color: var(--bg); border-color: var(--link); }
.alert { display: grid; grid-template-columns: 7.5rem 1fr auto; gap: 0 1rem; padding: .6rem .75rem; border: 1px solid var(--line); border-left-width: 5px; border-radius: 6px; margin-bottom: .5rem; background: var(--card); }
.alert.resolved { opacity: .75; } .alert p { margin: 0; overflow-wrap: anywhere; } .alert .when { text-align: right; white-space: nowrap; } .alert p > span:not(.tag) { display: block; }
.tag.quiet { color: var(--warning); border-color: currentColor; } .links { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; font-weight: 600; }
.sev { font-weight: 600; text-transform: uppercase; font-size: .8rem; letter-spacing: .03em; }
.emergency { border-left-color: var(--emergency); } .emergency .sev { color: var(--emergency); } .critical { border-left-color: var(--critical); } .critical .sev { color: var(--critical); }
.warning { border-left-color: var(--warning); } .warning .sev { color: var(--warning); } .info { border-left-color: var(--info); } .info .sev { color: var(--info); }
.firing .state { color: var(--critical); font-weight: 600; } .pending .state { color: var(--warning); font-weight: 600; } .alert.pending { border-style: dashed; border-left-style: solid; }
.resolved .state { color: var(--ok); }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; } th { width: 10rem; font-weight: 600; }
pre { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; font-size: .875rem; } code { font-family: ui-monospace, monospace; font-size: .9em; }
.wide { overflow-x: auto; } .noise { width: auto; min-width: 100%; } .noise th { width: auto; white-space: nowrap; vertical-align: bottom; } .noise td { padding: .3rem .6rem; overflow-wrap: normal; } .noise th { padding: .3rem .6rem; }
.story { list-style: none; padding: 0; margin: 1rem 0; } .story li { display: grid; grid-template-columns: 13rem 1fr; gap: 1rem; padding: .35rem .75rem; border-left: 3px solid var(--line); overflow-wrap: anywhere; }
.story .started, .story .stopped, .story .known, .story .grouped { color: var(--dim); } .story .began, .story .told { border-color: var(--critical); } .story .silenced, .story .inhibited { border-color: var(--warning); } .story .ended, .story .over, .story .acknowledged { border-color: var(--ok); }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } td.heat0 { color: var(--dim); }
td.heat1 { background: color-mix(in srgb, var(--warning) 10%, transparent); } td.heat2 { background: color-mix(in srgb, var(--warning) 25%, transparent); }
td.heat3 { background: color-mix(in srgb, var(--warning) 40%, transparent); } td.heat4 { background: color-mix(in srgb, var(--warning) 60%, transparent); font-weight: 600; }
@media (max-width: 40rem) { header { column-gap: .75rem; } h1 { font-size: 1.5rem; overflow-wrap: anywhere; } form select { flex: 1 1 40%; } details .row > *, .dates label { flex: 1 1 100%; }
  .alert { grid-template-columns: 1fr; } .alert p.what, .alert .when { display: flex; flex-wrap: wrap; gap: 0 .75rem; text-align: left; }
  table:not(.noise) :is(th, td) { display: block; width: auto; } table:not(.noise) th { border: 0; padding-bottom: 0; font-size: .85rem; color: var(--dim); } table:not(.noise) td { padding-top: 0; }
  .story li { grid-template-columns: 1fr; gap: 0; } }
`;

/** A whole page. */
export function page(title: string, content: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Pharos</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header>
          <b>Pharos</b> <a href="/">Alerts</a> <a href="/?status=firing">Firing</a> <a href="/noise">Noise</a>
          <a href="/runbooks/">Runbooks</a>
        </header>
        ${content}
      </body>
    </html> `.html;
}
