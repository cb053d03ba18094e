import { requireEnv } from '../../src/runtime/env.lambda-shared';

afterEach(() => {
  delete process.env.TABLE_NAME;
});

test('gives the value', () => {
  process.env.TABLE_NAME = 'entries';
  expect(requireEnv('TABLE_NAME')).toBe('entries');
});

test.each([undefined, ''])('names the variable when it is %p', (value) => {
  if (value !== undefined) {
    process.env.TABLE_NAME = value;
  }
  expect(() => requireEnv('TABLE_NAME')).toThrow(
    new Error('environment variable TABLE_NAME is not set; the construct that defines this function sets it'),
  );
});
