/** One thing that the demo did, as the closing table shows it. */
interface Chapter {
  readonly title: string;
  readonly result: string;
  readonly seconds: number;
}

/** Tells what happens as it happens, and sums it up at the end. */
export class Story {
  private readonly chapters: Chapter[] = [];
  private readonly start = Date.now();

  constructor(private readonly quiet: boolean) {}

  /** Does one thing and remembers how long it took and what came of it, which `act` says in a few words. */
  public async chapter(title: string, act: () => Promise<string>): Promise<void> {
    const start = Date.now();
    this.say(`\n${title} …`);
    const result = await act();
    const seconds = (Date.now() - start) / 1000;
    this.chapters.push({ title, result, seconds });
    this.say(`  ${result} (${seconds.toFixed(1)} s)`);
  }

  /** A detail of the chapter under way. */
  public say(line: string): void {
    if (!this.quiet) {
      console.log(line);
    }
  }

  public summary(): string {
    const width = Math.max(...this.chapters.map(({ title }) => title.length));
    const rows = this.chapters.map(
      ({ title, result, seconds }) => `${title.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${result}`,
    );
    const minutes = ((Date.now() - this.start) / 60_000).toFixed(1);
    return ['', ...rows, `${'together'.padEnd(width)}  ${minutes.padStart(6)} min`].join('\n');
  }
}
