import { Progress } from '../support/progress';

/** One thing that the demo did, as the closing table and the report show it. */
export interface Chapter {
  readonly title: string;
  readonly result: string;
  readonly seconds: number;
}

/** What the demo does, in its order, with the seconds that each takes on two cores the first time. */
const BUDGET = {
  'Fetch the emulator, once': 60,
  'Bundle the Lambda functions': 15,
  'Synthesise with strict validation and three rule packs': 15,
  'Start the emulator': 2,
  'Bootstrap and deploy with the plain CDK CLI': 40,
  'An attacker knocks 150 times': 10,
  'Ask Athena who it was': 2,
  'An operator blocks and releases an address': 2,
  'A partner uploads a file by SFTP': 20,
  'A mail bounces': 1,
  'An alarm fires': 2,
  'When backups run next': 1,
  'A night without a recovery point': 5,
  '40 charge points boot through NGINX': 20,
  'A second look: cdk diff': 5,
  'Write the report': 10,
  'Clean up: cdk destroy': 20,
};

export type Title = keyof typeof BUDGET;

/** Tells what happens as it happens, and sums it up at the end. */
export class Story {
  public readonly chapters: Chapter[] = [];
  private readonly start = Date.now();
  private readonly progress: Progress;

  /** @param omitted what will not be done this time */
  constructor(
    private readonly quiet: boolean,
    omitted: readonly Title[],
  ) {
    const planned = Object.entries(BUDGET).filter(([title]) => !omitted.includes(title as Title));
    this.progress = new Progress('demo', Object.fromEntries(planned), quiet);
  }

  /** Does one thing and remembers how long it took and what came of it, which `act` says in a few words. */
  public async chapter(title: Title, act: () => Promise<string>): Promise<void> {
    const start = Date.now();
    this.say('');
    const result = await this.progress.step(title, act);
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
