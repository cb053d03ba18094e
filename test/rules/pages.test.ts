import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
const english = read('README.md');
const spanish = read('README.es.md');

describe('README.es.md says what README.md says', () => {
  it.each([
    ['headings by level', /^#+(?= )/gm],
    ['code blocks', /^```[\s\S]*?^```$/gm],
    ['pictures', /!\[[^\]]*\]\(([^)]+)\)/g],
    ['rows of tables that begin with code', /^\| `[^|]+\|/gm],
    ['items of lists', /^\* /gm],
  ])('%s', (_what, pattern) => {
    expect(found(english, pattern)).not.toHaveLength(0);
    expect(found(spanish, pattern)).toEqual(found(english, pattern));
  });
});

const pages = ['README.md', 'README.es.md', 'CONTRIBUTING.md', ...fs.readdirSync(path.join(ROOT, 'docs'))]
  .filter((file) => file.endsWith('.md'))
  .map((file) => (fs.existsSync(path.join(ROOT, file)) ? file : `docs/${file}`));

it.each(pages)('links of %s lead to files and headings that exist', (page) => {
  const links = found(read(page), /\]\(([^)\s]+)\)/g).filter((link) => !link.startsWith('https:'));

  const broken = links.filter((link) => {
    const [file, heading] = link.split('#');
    const target = file === '' ? page : path.join(path.dirname(page), file);
    return (
      !fs.existsSync(path.join(ROOT, target)) || (heading !== undefined && !headingsOf(read(target)).includes(heading))
    );
  });
  expect(broken).toEqual([]);
});

it.each([
  ['README.md', 'en'],
  ['README.es.md', 'es'],
])('%s tells the sums of docs/costs.md in tens', (page, language) => {
  const sums = found(read('docs/costs.md'), /\| \*\*together\*\* \|\s*\| \*\*([\d.]+)\*\* \|/g);

  expect(sums).toHaveLength(2);
  for (const sum of sums) {
    expect(read(page)).toContain(`${(Math.round(Number(sum) / 10) * 10).toLocaleString(language)} USD`);
  }
});

/** Names of the headings as GitHub makes them. */
function headingsOf(text: string): string[] {
  return found(text, /^#+ (.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function read(file: string): string {
  return fs.readFileSync(path.join(ROOT, file), 'utf8');
}

/** What `pattern` finds: its group if it has one. */
function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([whole, group]) => group ?? whole);
}
