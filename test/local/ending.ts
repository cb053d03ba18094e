import * as fs from 'node:fs';

/** What must be undone whatever happens: the end of the story, an error, Ctrl-C. */
export class Ending {
  private readonly acts: (() => Promise<void>)[] = [];
  private kept = false;

  constructor(private readonly folder: string) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        console.error(`\n${signal}: cleaning up …`);
        void this.run().finally(() => process.exit(130));
      });
    }
  }

  public add(act: () => Promise<void>): void {
    this.acts.unshift(act);
  }

  public keep(): void {
    this.kept = true;
  }

  public async run(): Promise<void> {
    const acts = this.kept ? [] : this.acts.splice(0);
    for (const act of acts) {
      await act().catch((error) => console.error(`while cleaning up: ${(error as Error).message}`));
    }
    if (!this.kept) {
      // A program that is just ending may write a last file meanwhile.
      fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
    }
  }
}
