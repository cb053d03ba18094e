import { readUnsuppressRequest } from '../../src/mail/unsuppress-request.lambda-shared';

const good = { address: 'driver@example.com', actor: ' ana ', reason: 'ticket 77' };

test('takes who, what and why', () => {
  expect(readUnsuppressRequest(good)).toEqual({ ...good, actor: 'ana' });
  expect(readUnsuppressRequest({ ...good, reason: 'x'.repeat(200) }).reason).toHaveLength(200);
});

test.each([
  undefined,
  null,
  {},
  { ...good, address: 7 },
  { ...good, address: 'driver' },
  { ...good, address: 'A <a@example.com>' },
])('refuses the address of %j', (event) => {
  expect(() => readUnsuppressRequest(event)).toThrow("'address' must be a mail address such as driver@example.com");
});

test.each(['actor', 'reason'])('refuses no %s, and one too long', (name) => {
  for (const value of [undefined, '', '  ', 7, 'x'.repeat(201)]) {
    expect(() => readUnsuppressRequest({ ...good, [name]: value })).toThrow(
      `'${name}' must be 1 to 200 characters: an address is released by somebody, for a reason`,
    );
  }
});
