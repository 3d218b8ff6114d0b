import type { Case } from './facts.js';

/** What strikes one about a source, for whoever knows it to judge; nothing of it changes what is recorded. */
export interface Observed {
  /** Of the facts that could be read. */
  times: { first: string; last: string } | null;
  /** Whom most cases name, told by the first of them, since nobody is shown: a placeholder, maybe. */
  commonestCustomer: { cases: number; ofCases: number; line: number } | null;
  /** By fact: of how many days of the month how many are above 12. None of many: day and month are swapped, maybe. */
  days: Record<string, { times: number; above12: number }>;
  /** Spellings of one media, the commonest first, where there are several. */
  media: string[][];
}

/** Counters for customers; of more, those that are named seldom are let go. */
const MOST_COUNTED = 10_000;
const MOST_SPELLINGS = 1_000;
const LAST_MONTH = 12;

/** Looks at the cases as they pass, in bounded memory. */
export class Observations {
  private times: Observed['times'] = null;
  private readonly days = new Map<string, { times: number; above12: number }>();
  private readonly customers = new Map<string, { cases: number; line: number }>();
  private withCustomer = 0;
  private readonly media = new Map<string, Map<string, number>>();
  private spellings = 0;

  add({ journey, facts }: Case): void {
    for (const { name, occurredAt, dayOfMonth } of facts) {
      if (this.times === null) this.times = { first: occurredAt, last: occurredAt };
      else if (occurredAt < this.times.first) this.times.first = occurredAt;
      else if (occurredAt > this.times.last) this.times.last = occurredAt;
      if (dayOfMonth !== undefined) this.addDay(name, dayOfMonth);
    }
    if (journey === null) return;
    const customer = journey.customer?.phone ?? journey.customer?.identifier;
    if (customer !== undefined) this.addCustomer(customer, journey.line);
    if (journey.media !== undefined) this.addMedia(journey.media);
  }

  get observed(): Observed {
    return {
      times: this.times,
      commonestCustomer: this.commonest(),
      days: Object.fromEntries(this.days),
      media: [...this.media.values()].flatMap((spellings) =>
        spellings.size < 2 ? [] : [[...spellings].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([text]) => text)],
      ),
    };
  }

  private addDay(name: string, day: number): void {
    const days = this.days.get(name) ?? { times: 0, above12: 0 };
    days.times += 1;
    if (day > LAST_MONTH) days.above12 += 1;
    this.days.set(name, days);
  }

  /** Whoever has more than one case in so many keeps a counter, whatever the others do. */
  private addCustomer(customer: string, line: number): void {
    this.withCustomer += 1;
    const known = this.customers.get(customer);
    if (known !== undefined) known.cases += 1;
    else if (this.customers.size < MOST_COUNTED) this.customers.set(customer, { cases: 1, line });
    else for (const [each, counted] of this.customers) if ((counted.cases -= 1) === 0) this.customers.delete(each);
  }

  private commonest(): Observed['commonestCustomer'] {
    let most: { cases: number; line: number } | null = null;
    for (const each of this.customers.values())
      if (most === null || each.cases > most.cases || (each.cases === most.cases && each.line < most.line)) most = each;
    return most === null ? null : { ...most, ofCases: this.withCustomer };
  }

  private addMedia(text: string): void {
    const key = text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '');
    const spellings = this.media.get(key) ?? new Map<string, number>();
    const count = spellings.get(text);
    if (count === undefined && this.spellings === MOST_SPELLINGS) return;
    if (count === undefined) this.spellings += 1;
    this.media.set(key, spellings.set(text, (count ?? 0) + 1));
  }
}
