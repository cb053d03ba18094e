import { block, commented, directive, literal, writeNginx } from '../../src/machine/nginx-writer';

test('writes directives, blocks and comments', () => {
  const lines = [commented('Why.', block('server', [], [directive('listen', 8081, 'default_server')]))];
  expect(writeNginx(lines)).toBe('# Why.\nserver {\n    listen 8081 default_server;\n}\n');
});

test.each([
  ['plain.example.com', 'plain.example.com'],
  ['$host$request_uri', '$host$request_uri'],
  ['', '""'],
  ['two words', '"two words"'],
  ['a;b', '"a;b"'],
  ['a{b}', '"a{b}"'],
  ['# no comment', '"# no comment"'],
  ["it's", `"it's"`],
  ['say "no"', `'say "no"'`],
  [`both ' and "`, `'both \\' and "'`],
  ['back\\slash', '"back\\\\slash"'],
])('quotes %j as %s', (value, written) => {
  expect(writeNginx([directive('set', value)])).toBe(`set ${written};\n`);
});

test.each(['line\nbreak', 'carriage\rreturn', 'nul\0', 'escape\u001b'])('refuses %j', (value) => {
  expect(() => literal('hostNames', value)).toThrow(
    `'hostNames' must not hold line breaks or other control characters, got ${JSON.stringify(value)}`,
  );
});

test('refuses a dollar sign of a user, which NGINX would take for a variable', () => {
  expect(() => literal('healthCheckPath', '/$uri')).toThrow(
    `'healthCheckPath' must not hold '$', which NGINX would take for a variable, got "/$uri"`,
  );
});

test('a value of a user means itself', () => {
  expect(writeNginx([directive('x', literal('x', 'a; return 200; #'))])).toBe('x "a; return 200; #";\n');
});
