import type { DemoSite } from './cast.js';
import { MEDIA, SITES, demoPerson } from './cast.js';
import type { Fields, Loss, Trouble } from './texts.js';
import { LOSSES, NEEDS, NOTES, TROUBLE } from './texts.js';

/** One thing that happened, `day` days and `minute` minutes (UTC) into its story. */
export type Step = { day: number; minute: number; note?: string } & (
  | { act: 'call' | 'schedule' | 'hand-over' }
  | { act: 'visit'; first: boolean; people: number }
  | { act: 'follow-up'; reached: boolean }
  | { act: 'declared'; kind: string; fields: Fields }
  | { act: 'quote' | 'revise' | 'sign'; price: number }
  | { act: 'cancel'; reason: string }
  | ({ act: 'lose' } & Loss)
  | ({ act: 'complain' } & Omit<Trouble, 'resolution'>)
  | { act: 'acknowledge' | 'close' }
  | { act: 'resolve'; resolution: string }
);

export interface Story {
  /** Unique among the stories; holds nothing personal, as it is stored in clear. */
  reference: string;
  /** Null where nobody left their details (未留资). */
  person: { name: string; phone: string } | null;
  site: DemoSite;
  productLine: string;
  product: string;
  consultant: string;
  media: string;
  /** How many days before the first start it began. */
  daysAgo: number;
  steps: Step[];
}

/** The same numbers every time (mulberry32), so that every demonstration shows the same people. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const OVER_DAYS = 200;

/** Customers at every stage from a first call to long after, and people who left no details. */
export const stories = (): Story[] =>
  SITES.flatMap((site, index) => storiesOf(site, { known: 60, passing: 20, firstPerson: 1 + index * 100 }));

function storiesOf(site: DemoSite, { known, passing, firstPerson }: { known: number; passing: number; firstPerson: number }): Story[] {
  const draw = new Draw(chance(firstPerson + 1));
  return Array.from({ length: known + passing }, (_, index) => {
    const productLine = draw.one(Object.keys(site.productLines));
    const { product, price } = draw.one(site.productLines[productLine] ?? []);
    const daysAgo = 1 + draw.below(OVER_DAYS);
    const steps = index < known ? new Course(draw, site, product, price).steps : passingBy(draw);
    return {
      reference: `${site.id} ${index}`,
      person: index < known ? demoPerson(firstPerson + index) : null,
      site,
      productLine,
      product,
      consultant: draw.one(site.consultants),
      media: draw.one(MEDIA),
      daysAgo,
      // What has not happened by yesterday is not told: the story is still open.
      steps: steps.filter(({ day }) => day < daysAgo),
    };
  });
}

class Draw {
  constructor(private readonly next: () => number) {}
  below = (limit: number): number => Math.floor(this.next() * limit);
  happens = (share: number): boolean => this.next() < share;
  one = <T>(list: readonly T[]): T => list[this.below(list.length)]!;
  /** Between nine and five in China. */
  minute = (): number => 60 + this.below(480);
}

const passingBy = (draw: Draw): Step[] =>
  draw.happens(0.5)
    ? [{ day: 0, minute: draw.minute(), act: 'call' }]
    : [{ day: 0, minute: draw.minute(), act: 'visit', first: true, people: 1 + draw.below(3) }];

/** How one customer's purchase goes, step by step, until it ends or is left open. */
class Course {
  readonly steps: Step[] = [];
  private day = 0;

  constructor(
    private readonly draw: Draw,
    private readonly site: DemoSite,
    private readonly product: string,
    private readonly price: number,
  ) {
    this.run();
  }

  private run(): void {
    const { draw, site } = this;
    const { shares } = site;
    if (draw.happens(0.6)) {
      this.add({ act: 'call', note: draw.one(NOTES.call) });
      if (!draw.happens(shares.visits)) return this.driftOff();
      this.later(3);
    }
    this.visit(true);
    if (!draw.happens(shares.quoted)) return this.driftOff();
    this.later(6);
    if (draw.happens(0.6)) this.visit(false);
    this.add({ act: 'quote', price: this.price });
    this.followUp();
    const agreed = draw.happens(0.5) ? Math.round((this.price * 0.985) / 100_000) * 100_000 : this.price;
    if (agreed < this.price) this.later(4).add({ act: 'revise', price: agreed });
    if (!draw.happens(shares.signed)) return this.driftOff();
    this.later(5).add({ act: 'sign', price: agreed });
    if (draw.happens(0.08)) this.later(6).add({ act: 'cancel', reason: '贷款未获批' });
    else if (draw.happens(shares.handedOver)) this.handOver();
  }

  private visit(first: boolean): void {
    const { draw } = this;
    const minute = draw.minute();
    const at = (after: number) => ({ minute: minute + after });
    this.add({ act: 'visit', first, people: 1 + draw.below(3), note: draw.one(first ? NOTES.visit : NOTES.again), minute });
    if (!first) return;
    if (draw.happens(0.85)) this.add({ act: 'declared', kind: 'needs-recorded', fields: draw.one(NEEDS[this.site.industry]), ...at(20) });
    if (draw.happens(0.85))
      this.add({ act: 'declared', kind: 'product-presented', fields: { product: this.product, minutes: 25 }, ...at(50) });
  }

  private handOver(): void {
    const { draw } = this;
    this.later(8).add({ act: 'schedule' });
    this.day += this.site.daysToHandover;
    this.add({ act: 'hand-over' });
    this.later(5).followUp();
    if (!draw.happens(0.4)) return;
    const { resolution, ...complaint } = draw.one(TROUBLE[this.site.industry]);
    this.later(15).add({ act: 'complain', ...complaint });
    this.later(1).add({ act: 'acknowledge', note: '已致歉,说明由客服经理跟进。' });
    if (draw.happens(0.8)) this.later(4).add({ act: 'resolve', resolution });
    else return;
    if (draw.happens(0.7)) this.later(5).add({ act: 'close', note: '回访满意。' });
  }

  /** Phoned once or twice more; then lost, or still open. */
  private driftOff(): void {
    this.later(4).followUp();
    if (this.draw.happens(0.7)) this.later(20).add({ act: 'lose', ...this.draw.one(LOSSES) });
  }

  private followUp(): void {
    const reached = this.draw.happens(0.75);
    this.later(3).add({ act: 'follow-up', reached, ...(reached && { note: this.draw.one(NOTES.followUp) }) });
  }

  private later(days: number): this {
    this.day += 1 + this.draw.below(days);
    return this;
  }

  private add(step: DistributiveOmit<Step, 'day' | 'minute'> & { minute?: number }): void {
    this.steps.push({ day: this.day, minute: this.draw.minute(), ...step });
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
