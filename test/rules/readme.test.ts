import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
const english = read('README.md');
const spanish = read('README.es.md');

describe('README.es.md says what README.md says', () => {
  it.each([
    ['headings by level', /^#+(?= )/gm],
    ['code blocks', /^```[\s\S]*?^```$/gm],
    ['rows of tables that begin with code', /^\| `[^|]+\|/gm],
    ['items of lists', /^\* /gm],
  ])('%s', (_what, pattern) => {
    expect(found(english, pattern)).not.toHaveLength(0);
    expect(found(spanish, pattern)).toEqual(found(english, pattern));
  });
});

describe.each([
  ['README.md', english],
  ['README.es.md', spanish],
])('links of %s', (_file, text) => {
  const links = found(text, /\]\(([^)]+)\)/g);

  it('lead to files that exist', () => {
    const files = links.filter((link) => !/^(https:|#)/.test(link)).map((link) => link.replace(/#.*/, ''));
    expect(files).not.toHaveLength(0);
    expect(files.filter((file) => !fs.existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  it('lead to headings that exist', () => {
    const anchors = found(text, /^#+ (.+)$/gm).map((heading) => `#${heading.toLowerCase().replaceAll(' ', '-')}`);
    expect(links.filter((link) => link.startsWith('#') && !anchors.includes(link))).toEqual([]);
  });
});

function read(file: string): string {
  return fs.readFileSync(path.join(ROOT, file), 'utf8');
}

/** What `pattern` finds: its group if it has one. */
function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([whole, group]) => group ?? whole);
}
