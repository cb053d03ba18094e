import * as fs from 'node:fs';
import * as path from 'node:path';
import type { BenchmarkRow } from '../bench/benchmark';
import { BUDGET, BUNDLE } from '../bench/budget';
import { plot } from '../bench/plot';
import { described } from '../bench/results';

const BENCHMARKS = path.join(__dirname, '..', 'bench');
const REACHED = '#4393c3';
const MISSED = '#cf222e';

function row(ours: number, goal: BenchmarkRow['goal']): BenchmarkRow {
  return { what: 'do it', ours, reference: 2, unit: 's', against: 'how others do it', goal };
}

test('every benchmark has its share of the quarter of an hour that all may take', () => {
  const names = fs.readdirSync(BENCHMARKS).flatMap((file) => /^(.+)\.bench\.ts$/.exec(file)?.[1] ?? []);
  expect(Object.keys(BUDGET)).toEqual([BUNDLE, ...names.sort()]);
  expect(Object.values(BUDGET).reduce((sum, seconds) => sum + seconds, 0)).toBeLessThanOrEqual(900);
});

describe.each([
  ['a most that is kept', row(3, { atMost: 1.5 }), '1.50', '≤ 1.5', true],
  ['a most that is not', row(3.2, { atMost: 1.5 }), '1.60', '≤ 1.5', false],
  ['a least that is kept', row(3, { atLeast: 1.5 }), '1.50', '≥ 1.5', true],
  ['a least that is not', row(2.8, { atLeast: 1.5 }), '1.40', '≥ 1.5', false],
])('%s', (_what, measured, ratio, goal, reached) => {
  test('is told as such', () => {
    expect(described(measured)).toMatchObject({ ratio, goal, reached });
  });

  test('is drawn as such', () => {
    const svg = plot({ when: '2026-11-24', machine: 'two processors', rows: [measured] });
    expect([svg.includes(REACHED), svg.includes(MISSED)]).toEqual([reached, !reached]);
    expect(svg).toContain(`${ratio}, goal ${goal}`);
    expect(svg).toContain('2026-11-24, two processors');
  });
});

test.each([
  [0.1214, '0.121'],
  [99.94, '99.9'],
  [100, '100'],
  [12_345.6, '12,346'],
])('%d is told as %s', (ours, said) => {
  expect(described(row(ours, { atMost: 1 })).ours).toBe(said);
});
