import { evidence } from '../../src/backup/evidence.lambda-shared';
import { PRESET_POLICY } from '../backup/preset-policy';
import type { Benchmark, BenchmarkRow } from './benchmark';

const RESOURCES = 200;
const DAYS = 5 * 365;
const DAY = 24 * 3600 * 1000;

/** The evidence of 200 resources with a point for each night of five years, far more than a vault keeps. */
export const benchmark: Benchmark = {
  name: 'Evidence of backups',
  async run(): Promise<BenchmarkRow[]> {
    const now = new Date('2031-08-15T12:00:00Z');
    const resources = Array.from({ length: RESOURCES }, (_, index) => ({ arn: `arn:${index}`, steady: true }));
    const points = resources.flatMap(({ arn }) =>
      Array.from({ length: DAYS }, (_, night) => ({
        arn: `${arn}:${night}`,
        resource: arn,
        resourceType: 'RDS',
        createdAt: new Date(now.getTime() - night * DAY - 11 * 3_600_000),
        bytes: 1,
      })),
    );
    const before = process.memoryUsage().rss;
    const start = process.hrtime.bigint();
    const rows = evidence(PRESET_POLICY, resources, points, new Date(now.getTime() - DAYS * DAY), now);
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    if (rows.some(({ status }) => status === 'MISSING')) {
      throw new Error('the benchmark misses points that exist');
    }
    const mebibytes = Math.max(0, process.memoryUsage().rss - before) / 2 ** 20;
    return [
      {
        what: `hold ${points.length.toLocaleString('en')} points against the policy`,
        ours: seconds,
        reference: 2,
        unit: 's',
        against: 'the limit asked for',
        goal: { atMost: 1 },
      },
      {
        what: 'memory that it takes beside the points',
        ours: mebibytes,
        reference: 256,
        unit: 'MiB',
        against: 'the limit asked for',
        goal: { atMost: 1 },
      },
    ];
  },
};
