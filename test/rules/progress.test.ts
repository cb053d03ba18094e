import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { duration, Progress } from '../support/progress';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'progress-'));
const memory = path.join(folder, 'times.json');
const BUDGET = { first: 60, second: 300 };

afterAll(() => fs.rmSync(folder, { recursive: true }));

/** What a command of two steps prints, the first of which takes `seconds`. */
async function printed(quiet: boolean, seconds: number): Promise<string[]> {
  const lines: string[] = [];
  const log = jest.spyOn(console, 'log').mockImplementation((line) => void lines.push(line));
  jest.useFakeTimers();
  const progress = new Progress('example', BUDGET, quiet, memory);
  await progress.step('first', async () => jest.advanceTimersByTime(seconds * 1000));
  await progress.step('second', async () => jest.advanceTimersByTime(10_000));
  jest.useRealTimers();
  log.mockRestore();
  return lines;
}

test('a long command says what it does and how long is left, at first by a budget and then by what it took', async () => {
  expect(await printed(false, 40)).toEqual([
    '[1/2] first … (about 6 min left)',
    '      still at it after 30 s: first (about 6 min left)',
    '[2/2] second … (about 5 min left)',
  ]);
  expect(await printed(false, 1)).toEqual(['[1/2] first … (about 50 s left)', '[2/2] second … (about 10 s left)']);
});

test('with --quiet it says nothing, and what it took is remembered all the same', async () => {
  expect(await printed(true, 40)).toEqual([]);
  expect(JSON.parse(fs.readFileSync(memory, 'utf8'))).toEqual({ example: { first: 40, second: 10 } });
});

test('a memory that is broken is none', async () => {
  fs.writeFileSync(memory, '{');
  expect((await printed(false, 1))[0]).toBe('[1/2] first … (about 6 min left)');
});

test.each([
  [1, '1 s'],
  [89.2, '90 s'],
  [90, '2 min'],
  [600, '10 min'],
])('%d seconds are %s', (seconds, said) => {
  expect(duration(seconds)).toBe(said);
});
