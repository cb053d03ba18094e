import { log } from '../../src/runtime/logger.lambda-shared';

function written(action: () => void): unknown[] {
  const spy = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    action();
    return spy.mock.calls.map(([line]) => JSON.parse(String(line)));
  } finally {
    spy.mockRestore();
  }
}

test('writes one JSON line with level, message and fields', () => {
  expect(written(() => log.info('object parsed', { lines: 3 }))).toEqual([
    { level: 'INFO', message: 'object parsed', lines: 3 },
  ]);
});

test('an error shows its name and reason, not its stack', () => {
  expect(written(() => log.error('feed failed', new TypeError('bad URL'), { feed: 'drop' }))).toEqual([
    { level: 'ERROR', message: 'feed failed', feed: 'drop', error: 'TypeError', reason: 'bad URL' },
  ]);
  expect(written(() => log.error('feed failed', 'odd'))).toEqual([
    { level: 'ERROR', message: 'feed failed', error: 'string', reason: 'odd' },
  ]);
});
