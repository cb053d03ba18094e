import { emitMetrics } from '../../src/runtime/metrics.lambda-shared';

test('writes the embedded metric format', () => {
  const spy = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  emitMetrics('Platform/Waf', { Feed: 'drop' }, { Entries: 2, AgeSeconds: 5 }, 'Count');
  const [[line]] = spy.mock.calls;
  spy.mockRestore();
  expect(JSON.parse(String(line))).toEqual({
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'Platform/Waf',
          Dimensions: [['Feed']],
          Metrics: [
            { Name: 'Entries', Unit: 'Count' },
            { Name: 'AgeSeconds', Unit: 'Count' },
          ],
        },
      ],
    },
    Feed: 'drop',
    Entries: 2,
    AgeSeconds: 5,
  });
});
