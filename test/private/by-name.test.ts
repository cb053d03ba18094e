import { byName } from '../../src/private/by-name';

test('the order is that of the names, whatever the order of the map', () => {
  expect(Object.entries(byName({ PORT: '1', HOST: 'b', NAME: 'c' }))).toEqual([
    ['HOST', 'b'],
    ['NAME', 'c'],
    ['PORT', '1'],
  ]);
});

test('no map is an empty one', () => {
  expect(byName()).toEqual({});
});
