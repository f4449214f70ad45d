import { parseArguments } from './base/args.ts';
import { main } from './base/command.ts';
import { renderImages } from './images/show.ts';
import { inputFailure, stackFailure } from './base/failure.ts';
import { error } from './base/problem.ts';
import { listImages, loadImages, saveImages } from './images/list.ts';
import { openWorkspace } from './engine/workspace.ts';

const USAGE = 'npm run images [-- save FILE | load FILE] [-- --json]';

/** Lists every image of the stack, or carries them to a host without a registry. */
await main(async (context) => {
  const { values, positionals } = parseArguments(context.args, { usage: USAGE, options: { json: { type: 'boolean' } }, positionals: true });
  const [action, file, ...rest] = positionals;
  const known = action === undefined || ((action === 'save' || action === 'load') && file !== undefined && rest.length === 0);
  if (!known) throw inputFailure([error('arguments', `"${positionals.join(' ')}" is not something this command does`, USAGE)]);
  const place = await openWorkspace(context);
  if (action === 'load') await loadImages(place, file ?? '');
  const rows = await listImages(place);
  if (action === 'save') {
    const saved = await saveImages(place, rows, file ?? '');
    if (saved.length === 0) throw stackFailure([error('images', 'none of them is on this host yet', 'npm run up')]);
    place.report.result(`${saved.length} images are in ${file ?? ''}. On the other host: npm run images -- load ${file ?? ''}`);
    return;
  }
  place.report.result(values.json === true ? JSON.stringify(rows, null, 2) : renderImages(rows));
});
