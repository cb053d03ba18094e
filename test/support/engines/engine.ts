import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..', '..');

/** Where engines are installed: below the checkout, out of git, so that a fresh clone begins with none. */
export const ENGINES_FOLDER = path.join(ROOT, '.engines');

/** A program that shows behaviour which the library's own code cannot: the emulator, NGINX, MySQL, a DNS server. */
export interface Engine {
  /** As people read it where it is missing: `NGINX`. */
  readonly name: string;
  /** Whether it can be used on this machine now. */
  isInstalled(): boolean;
  /** Fetches it from a package registry, or says why it cannot. Leaves an installed engine alone. */
  install(): Promise<void>;
}

/** An engine that cannot be installed on this machine, which is no fault on a laptop. */
export class EngineUnavailable extends Error {
  public readonly name = 'EngineUnavailable';
}

/**
 * A suite that needs engines. Where one is missing it is a skip that names the engine, and with `CI=true` a failure.
 * Tasks install engines before they start; nothing is installed while tests run.
 */
export function describeWith(engines: readonly Engine[], title: string, define: () => void): void {
  const missing = engines.filter((engine) => !engine.isInstalled()).map(({ name }) => name);
  if (missing.length === 0) {
    describe(title, define);
    return;
  }
  const sentence = `${title}: needs ${missing.join(' and ')}, which is not installed`;
  const report = process.env.CI ? test : test.skip;
  report(sentence, () => {
    throw new Error(`${sentence}; run "npx projen engines:install"`);
  });
}
