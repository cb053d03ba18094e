import * as fs from 'node:fs';
import * as path from 'node:path';

const MEMORY = path.join(__dirname, '..', '..', '.progress.json');
const HEARTBEAT_SECONDS = 30;

/** Seconds that each step of a command took the last time on this machine. */
type Times = Record<string, Record<string, number>>;

/** Says which step of a long command runs and how long is left, by what the steps took the last time, or else by a budget. */
export class Progress {
  private readonly times: Record<string, number>;
  private readonly waiting: string[];
  private readonly count: number;
  private begun = 0;

  /**
   * @param command what the times are remembered under
   * @param budget the steps in their order, with the seconds that each is expected to take
   */
  constructor(
    private readonly command: string,
    private readonly budget: Readonly<Record<string, number>>,
    private readonly quiet: boolean,
    private readonly memory = MEMORY,
  ) {
    this.waiting = Object.keys(budget);
    this.count = this.waiting.length;
    this.times = this.remembered()[command] ?? {};
  }

  /** Does a step, remembers how long it took, and every half minute says that it still runs. */
  public async step<T>(title: string, act: () => Promise<T>): Promise<T> {
    const start = Date.now();
    this.begun++;
    this.say(`[${Math.min(this.begun, this.count)}/${this.count}] ${title} …${this.left(title, 0)}`);
    const heartbeat = setInterval(() => {
      const seconds = Math.round((Date.now() - start) / 1000);
      this.say(`      still at it after ${seconds} s: ${title}${this.left(title, seconds)}`);
    }, HEARTBEAT_SECONDS * 1000);
    try {
      const result = await act();
      this.remember(title, (Date.now() - start) / 1000);
      return result;
    } finally {
      clearInterval(heartbeat);
      this.waiting.splice(0, this.waiting.length, ...this.waiting.filter((step) => step !== title));
    }
  }

  /** What is left of the step under way, and all that follow it. */
  private left(title: string, spent: number): string {
    const expected = (step: string) => this.times[step] ?? this.budget[step] ?? 0;
    const following = this.waiting.filter((step) => step !== title).reduce((sum, step) => sum + expected(step), 0);
    const seconds = Math.max(expected(title) - spent, 0) + following;
    return seconds < 1 ? '' : ` (about ${duration(seconds)} left)`;
  }

  private say(line: string): void {
    if (!this.quiet) {
      console.log(line);
    }
  }

  private remember(title: string, seconds: number): void {
    const all = this.remembered();
    all[this.command] = { ...all[this.command], [title]: Math.round(seconds * 10) / 10 };
    fs.writeFileSync(this.memory, `${JSON.stringify(all, undefined, 2)}\n`);
  }

  /** A memory that cannot be read is none: it is only for estimates. */
  private remembered(): Times {
    try {
      return JSON.parse(fs.readFileSync(this.memory, 'utf8'));
    } catch {
      return {};
    }
  }
}

export function duration(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
