import type { Fact } from './facts.js';

/**
 * Pure: the facts of a case in the order of their times. A day without a time is a day, not its midnight: it comes after
 * what the source says before it of that day, in the order of the file and, within a record, of the mapping. A loss before
 * all else is none that can be: nothing was opened yet.
 */
export function inOrder(facts: readonly Fact[]): { facts: Fact[]; tooEarly: Fact[] } {
  const days = new Days(facts);
  const sorted = facts.map((fact) => days.place(fact)).sort(byTime);
  const opens = sorted.findIndex(({ touchpoint }) => touchpoint !== 'journey-lost');
  const tooEarly = opens > 0 ? sorted.slice(0, opens) : [];
  return { facts: sorted.slice(tooEarly.length), tooEarly };
}

/** The days that facts state without a time, and the latest that was told of each so far. */
class Days {
  private readonly days: { from: string; until: string; latest: string }[];

  constructor(facts: readonly Fact[]) {
    const stated = new Map(facts.flatMap(({ statedAt, until }) => (until === undefined ? [] : [[`${statedAt} ${until}`, until] as const])));
    this.days = [...stated]
      .map(([key, until]) => ({ from: key.slice(0, -until.length - 1), until, latest: key.slice(0, -until.length - 1) }))
      .sort((a, b) => (a.from < b.from ? -1 : 1));
  }

  place(fact: Fact): Fact {
    const placed = fact.until === undefined ? fact : { ...fact, occurredAt: this.around(fact.statedAt)[0]?.latest ?? fact.statedAt };
    for (const day of this.around(placed.occurredAt)) if (placed.occurredAt > day.latest) day.latest = placed.occurredAt;
    return placed;
  }

  /** The days that an instant lies on, of one zone or of several; the one that begins with it before all. */
  private around(at: string): { until: string; latest: string }[] {
    let [low, high] = [0, this.days.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.days[middle]!.from <= at) low = middle + 1;
      else high = middle;
    }
    const found = [];
    // Days of several zones overlap; a few of them at most.
    for (let index = low - 1; index >= Math.max(0, low - MOST_AROUND); index -= 1)
      if (this.days[index]!.until > at) found.push(this.days[index]!);
    return found;
  }
}

const MOST_AROUND = 30;

/** Stable: facts of equal times keep the order they are stated in. */
const byTime = (a: Fact, b: Fact): number => (a.occurredAt < b.occurredAt ? -1 : a.occurredAt > b.occurredAt ? 1 : 0);
