import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { handler } from '../../src/waf/log-parser.lambda';
import { describeWith, MOTO } from '../support/engines';
import { address, wafLine } from '../support/waf-logs';
import { Moto } from '../waf/entries-moto';

/** One more than an IP set holds, so that nothing on the way may be cut at that number. */
const OFFENDERS = 10_001;
const ADDRESSES = 100_000;
const THRESHOLD = 3;
const WINDOW_SECONDS = 300;
const WINDOW = (Math.floor(Date.now() / 1000 / WINDOW_SECONDS) - 1) * WINDOW_SECONDS;
/** What the function is given by `WafLogParser`. */
const LAMBDA_TIMEOUT_MS = 10 * 60_000;

describeWith([MOTO], 'a flood in one log file', () => {
  let moto: Moto;

  beforeAll(async () => {
    moto = await Moto.start();
    Object.assign(process.env, {
      ...moto.environment,
      ENTRY_TABLE_NAME: await moto.newTable('entries'),
      ENTRY_TABLE_REGION: moto.config.region,
      COUNT_TABLE_NAME: await moto.newCountTable('counts'),
      NEVER_BLOCK: '[]',
      OFFENCES: JSON.stringify([
        { kind: 'blocked requests', threshold: THRESHOLD, windowSeconds: WINDOW_SECONDS, blockSeconds: 3_600 },
      ]),
      DIRECT_HOSTS: '["*"]',
      CHARGE_POINT_HOSTS: '[]',
      LOG_ANALYTICS_NAME: 'Test',
    });
  }, 60_000);
  afterAll(() => moto.stop());

  test(
    `all ${OFFENDERS} offenders among ${ADDRESSES} addresses become entries, and nobody else, within the function's time`,
    async () => {
      const s3 = new S3Client({ ...moto.config, forcePathStyle: true });
      const CreateBucketConfiguration = { LocationConstraint: 'eu-south-2' as const };
      await s3.send(new CreateBucketCommand({ Bucket: 'waf', CreateBucketConfiguration }));
      const lines = Array.from({ length: ADDRESSES }, (_, index) => {
        const requests = index < OFFENDERS ? THRESHOLD : THRESHOLD - 1;
        return `${wafLine({ timestamp: WINDOW * 1000, clientIp: address(index), action: 'BLOCK', rule: 'AWSManagedRulesSQLiRuleSet' })}\n`.repeat(
          requests,
        );
      });
      await s3.send(new PutObjectCommand({ Bucket: 'waf', Key: 'source/flood.gz', Body: gzipSync(lines.join('')) }));
      jest.spyOn(process.stdout, 'write').mockReturnValue(true);

      await handler({ detail: { bucket: { name: 'waf' }, object: { key: 'source/flood.gz' } } });

      jest.restoreAllMocks();
      const found = new Set<string>();
      for await (const { Items = [] } of paginateScan({ client: moto.dynamo }, { TableName: 'entries' })) {
        for (const { cidr } of Items) {
          found.add(cidr);
        }
      }
      expect(found).toEqual(new Set(Array.from({ length: OFFENDERS }, (_, index) => `${address(index)}/32`)));
    },
    LAMBDA_TIMEOUT_MS,
  );
});
