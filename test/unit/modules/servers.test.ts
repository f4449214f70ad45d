import { describe, expect, it } from 'vitest';
import { linesAbout } from '../../../scripts/modules/servers.ts';

const shop = { host: 'mysql' };
const blog = { host: 'blog-db' };

describe('the lines of a log about one of several servers', () => {
  it.each([
    ['those that name it', 'a blog-db:3306 is down\nb mysql:3306 is down\nc', 'b mysql:3306 is down'],
    ['without such a line those that name none', 'a blog-db:3306 is down\nError pinging mysqld: denied', 'Error pinging mysqld: denied'],
    ['none, where all name another', 'lookup blog-db. failed', ''],
  ])('are %s', (_, log, lines) => {
    expect(linesAbout(log, shop, [shop, blog])).toBe(lines);
  });

  it('are all of them where it is the only one', () => {
    expect(linesAbout('a\nb', shop, [shop])).toBe('a\nb');
  });
});
