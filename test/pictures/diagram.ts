import type { Inventory, Item, Room } from '../support/inventory';

/** Its types are those of an ES module, though it is one of CommonJS too. */
const graphviz: {
  instance(): Promise<{ renderString(dot: string, options: { format: 'svg' }): string }>;
} = require('@viz-js/viz');

/** Fill and line of each room. */
export const COLORS: Record<Room, readonly [fill: string, line: string]> = {
  app: ['#ffffff', '#6b7280'],
  backup: ['#e0e7ff', '#4f46e5'],
  database: ['#ede9fe', '#7c3aed'],
  dns: ['#e0f2fe', '#0284c7'],
  edge: ['#fef3c7', '#b45309'],
  fleet: ['#dcfce7', '#15803d'],
  mail: ['#fce7f3', '#be185d'],
  monitoring: ['#f1f5f9', '#475569'],
  network: ['#dbeafe', '#2563eb'],
  sftp: ['#ccfbf1', '#0f766e'],
  waf: ['#fee2e2', '#dc2626'],
};

/** Graphviz knows the widths of Arial's letters without a font file, so layout is the same on every machine. */
const FONT = 'Arial';
const SHOWN_FONTS = 'Helvetica,Arial,sans-serif';

/** How far apart in references the two ends of an arrow may be. */
const FARTHEST = 5;

export interface Look {
  readonly fill: string;
  readonly line: string;
  /** For frames that arrows enter from above. */
  readonly labelBelow?: boolean;
}

export interface ArrowOptions {
  /** Layout is not to follow it. */
  readonly loose?: boolean;
  /** It points to what stands higher. */
  readonly upward?: boolean;
  /** Control rather than traffic. */
  readonly dashed?: boolean;
}

/** A picture of resources. Every box is a resource of the templates, and every arrow between two follows their references. */
export class Diagram {
  private readonly lines: string[] = [];
  private readonly items = new Map<string, Item>();

  constructor(
    private readonly inventory: Inventory,
    attributes: string,
  ) {
    this.lines.push(
      `graph [fontname="${FONT}" fontsize=11 bgcolor=white pad=0.15 ${attributes}]`,
      `node [fontname="${FONT}" fontsize=11 shape=box style="filled,rounded" margin="0.12,0.06" height=0.4 fontcolor="#111827"]`,
      `edge [fontname="${FONT}" fontsize=9 color="#475569" fontcolor="#334155" arrowsize=0.65 penwidth=1.1]`,
    );
  }

  /** A box of a resource: a title, and what the templates say of it. */
  public box(id: string, item: Item, title: string, ...facts: string[]): this {
    const [fill, line] = COLORS[item.room];
    this.items.set(id, item);
    this.lines.push(
      `${id} [fillcolor="${fill}" color="${line}" tooltip=${quoted(item.path)} label=<${text(title, facts)}>]`,
    );
    return this;
  }

  /** Somebody or something outside of the templates. */
  public outsider(id: string, title: string, ...facts: string[]): this {
    this.lines.push(`${id} [shape=box style="rounded" color="#9ca3af" label=<${text(title, facts)}>]`);
    return this;
  }

  /** A frame around boxes, which `content` draws. */
  public frame(id: string, title: string, look: Look, content: () => void): this {
    const label = `<b>${escaped(title)}</b>`;
    this.lines.push(
      `subgraph cluster_${id} { label=<${label}> labeljust=l labelloc=${look.labelBelow ? 'b' : 't'} fontcolor="${look.line}" style="filled,rounded" fillcolor="${look.fill}" color="${look.line}" margin=10`,
    );
    content();
    this.lines.push('}');
    return this;
  }

  public arrow(from: string, to: string, options: ArrowOptions = {}): this {
    this.demandReferences(from, to);
    const { loose, upward, dashed } = options;
    const [above, below] = upward ? [to, from] : [from, to];
    this.lines.push(
      `${above} -> ${below} [${upward ? 'dir=back' : ''} ${loose ? 'constraint=false' : ''} ${dashed ? 'style=dashed' : 'weight=8'}]`,
    );
    return this;
  }

  /** What colours and lines mean, below everything. */
  public legend(rooms: readonly Room[]): this {
    const cells = rooms.map((room) => {
      const [fill, line] = COLORS[room];
      return `<td bgcolor="${fill}" color="${line}" border="1" style="rounded"><font point-size="9"> ${room} </font></td>`;
    });
    const lines = '<td><font point-size="9">    —— traffic    - - - control and records</font></td>';
    this.lines.push(
      `label=<<table border="0" cellspacing="5" cellpadding="3"><tr>${cells.join('')}${lines}</tr></table>> labelloc=b`,
    );
    return this;
  }

  /** What stands side by side, from top to bottom. */
  public rows(rows: readonly string[]): this {
    const first = rows.map((row) => row.split(' ')[0]).join(' -> ');
    return this.place(...rows.map((row) => `{rank=same; ${row}}`), `${first} [style=invis]`);
  }

  /** Lines of DOT that only place things. */
  public place(...lines: string[]): this {
    this.lines.push(...lines);
    return this;
  }

  public async render(): Promise<string> {
    const viz = await graphviz.instance();
    const svg = viz.renderString(`digraph {\n${this.lines.join('\n')}\n}\n`, { format: 'svg' });
    return svg.replaceAll(`font-family="${FONT}"`, `font-family="${SHOWN_FONTS}"`);
  }

  private demandReferences(from: string, to: string): void {
    const [source, target] = [this.items.get(from), this.items.get(to)];
    if (source && target && this.inventory.distance(source, target) > FARTHEST) {
      throw new Error(`no reference joins ${source.path} to ${target.path}: the arrow would be an invention`);
    }
  }
}

export function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function text(title: string, facts: readonly string[]): string {
  const small = facts.map((fact) => `<br/><font point-size="9" color="#374151">${escaped(fact)}</font>`);
  return `<b>${escaped(title)}</b>${small.join('')}`;
}

function quoted(value: string): string {
  return JSON.stringify(value);
}
