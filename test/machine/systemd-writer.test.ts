import { unitText, writeUnit } from '../../src/machine/systemd-writer';

test('writes sections, settings and lists', () => {
  expect(writeUnit({ Unit: { Description: 'x' }, Timer: { OnCalendar: ['a', 'b'], Number: 3 } })).toBe(
    '[Unit]\nDescription=x\n\n[Timer]\nOnCalendar=a\nOnCalendar=b\nNumber=3\n',
  );
});

test('a percent sign of a user begins no specifier', () => {
  expect(unitText('calendar', '100%h')).toBe('100%%h');
});

test.each(['a\nExecStart=/bin/sh', 'a\r'])('refuses %j', (value) => {
  const message = `'calendar' must not hold line breaks or other control characters, got ${JSON.stringify(value)}`;
  expect(() => unitText('calendar', value)).toThrow(message);
  expect(() => writeUnit({ Timer: { calendar: value } })).toThrow(message);
});

test('refuses a backslash at the end, which would take in the next line', () => {
  expect(() => unitText('calendar', 'a\\')).toThrow(`'calendar' must not end in a backslash, got "a\\\\"`);
});
