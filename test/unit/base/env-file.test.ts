import { describe, expect, it } from 'vitest';
import { editEnvText, envLine, parseEnvFile } from '../../../scripts/base/env-file.ts';

const messages = (text: string): string[] => parseEnvFile(text, '.env').problems.map(({ place, message }) => `${place} ${message}`);

describe('parseEnvFile', () => {
  it('reads values with and without quotes, and passes over comments and blank lines', () => {
    const { entries, problems } = parseEnvFile('# a\n\nA=1\nexport B=\'x # $y\'\nC="d e"  # note\nD=\n', '.env');
    expect(problems).toEqual([]);
    expect(entries).toEqual([
      { key: 'A', value: '1', line: 3 },
      { key: 'B', value: 'x # $y', line: 4 },
      { key: 'C', value: 'd e', line: 5 },
      { key: 'D', value: '', line: 6 },
    ]);
  });

  it('finds every mistake at once, each at its line', () => {
    expect(messages('A=1\r\nB\nC=a#b\nD=p$w\nE="$x"\nF=\'open\nA=2\n')).toEqual([
      '.env has Windows line endings (CRLF)',
      '.env:2 is not of the form KEY=value',
      '.env:3 C has an unquoted #, which starts a comment',
      '.env:4 D has a $ outside single quotes, which Docker Compose would expand',
      '.env:5 E has a $ outside single quotes, which Docker Compose would expand',
      '.env:6 F has a quote that is not closed',
      '.env:7 A is set a second time (first in line 1)',
    ]);
  });

  it('takes a comment behind a value for what it is', () => {
    expect(messages('A=1 # one\n')).toEqual([]);
    expect(parseEnvFile('A=1 # one\n', '.env').entries[0]?.value).toBe('1');
  });
});

describe('editEnvText', () => {
  it('replaces a line where it stands, appends the rest, and leaves everything else alone', () => {
    expect(editEnvText('# A=0\nA=1\nB=2', { A: 'x y', C: '3' })).toBe("# A=0\nA='x y'\nB=2\nC=3\n");
  });

  it('writes what it reads back', () => {
    for (const value of ['', 'plain', 'with space', 'a#b', 'p$w', 'ä"quote']) {
      expect(parseEnvFile(envLine('K', value), '.env')).toEqual({ entries: [{ key: 'K', value, line: 1 }], problems: [] });
    }
  });

  it('refuses what no env line can hold', () => {
    expect(() => envLine('K', "it's")).toThrow(RangeError);
  });
});
