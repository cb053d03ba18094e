import { describeWith } from '../support/engines';
import type { AssemblyFiles } from './assembly';
import { LANGUAGES } from './languages';

const synthesised = new Map<string, AssemblyFiles>();

for (const language of LANGUAGES) {
  describeWith([language.toolchain], language.name, () => {
    beforeAll(async () => {
      synthesised.set(language.name, await language.synthesise());
    }, 600_000);

    test('the app synthesises one stack', () => {
      expect(Object.keys(synthesised.get(language.name) ?? {})).toContain('ChargingPlatform.template.json');
    });

    test('templates and assets are the same bytes as those of TypeScript', () => {
      expect(synthesised.get(language.name)).toEqual(synthesised.get('TypeScript'));
    });
  });
}
