import * as fs from 'node:fs';
import * as path from 'node:path';
import { readMessage } from '../../src/monitoring/read.lambda-shared';
import { chatOf, jsonOf, subjectOf, textOf } from '../../src/monitoring/render.lambda-shared';
import { bodyOf, EVENT_NAMES, envelopeOf, MEANINGS } from './fixture';

const GOLDEN = path.join(__dirname, '..', 'fixtures', 'golden', 'messages');

/** How a message reads in the inbox, in a chat and to a program. */
function told(name: string): string {
  const message = readMessage(bodyOf(name), MEANINGS);
  return message === undefined
    ? 'Nobody is told.\n'
    : [
        `Subject: ${subjectOf(message)}`,
        '',
        textOf(message, 'Europe/Madrid'),
        '',
        '--- chat',
        chatOf(message, 'Europe/Madrid').text,
        '',
        '--- JSON',
        JSON.stringify(jsonOf(message), undefined, 2),
        '',
      ].join('\n');
}

test.each(EVENT_NAMES)('%s reads as its golden file', (name) => {
  expect(told(name)).toBe(fs.readFileSync(path.join(GOLDEN, `${name}.txt`), 'utf8'));
});

test('no golden file is left over', () => {
  expect(fs.readdirSync(GOLDEN).sort()).toEqual(EVENT_NAMES.map((name) => `${name}.txt`).sort());
});

test('addresses of customers and tokens of others go nowhere', () => {
  const all = EVENT_NAMES.map(told).join('\n');
  expect(all).not.toMatch(/maria\.driver|lockToken|nobodys-business/);
});

test.each(['', 'null', '[]', '"text"', '{}', '\u0000', '{"Message":null}'])('%p is handed on, not lost', (body) => {
  expect(readMessage(body, MEANINGS)).toMatchObject({ severity: 'HIGH', status: 'EVENT' });
});

test('what comes from a topic of another region is urgent unless it says otherwise', () => {
  const elsewhere = 'arn:aws:sns:us-east-1:111122223333:Edge-LOW';
  expect(readMessage(envelopeOf('something', elsewhere), MEANINGS)?.severity).toBe('HIGH');
  const alarm = JSON.stringify({
    AlarmName: 'a',
    NewStateValue: 'ALARM',
    AlarmDescription: '[LOW] Slow. https://r.example.com/#x',
  });
  expect(readMessage(envelopeOf(alarm, elsewhere), MEANINGS)).toMatchObject({ severity: 'LOW', what: 'Slow' });
});
