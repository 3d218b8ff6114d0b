import { TENANT } from '@touchline/demo/cast.js';
import type { EventStore } from '@touchline/event-store';
import type { PersonalKeys } from '@touchline/sealing';
import { chanceFrom } from '@touchline/testing/crash/chance.js';
import { LONG_HISTORIES } from '../size.js';
import type { Size } from '../size.js';
import type { Pattern } from './patterns.js';
import { EVENTS_PER_CUSTOMER } from './patterns.js';
import type { RetellDeps, Retold } from './retell.js';
import { Retelling } from './retell.js';

export const SEED = 20_260_401;
/** Customers in between their first and their last event; any of them may be the next that something happens to. */
const AT_A_TIME = 2_000;
const WAITING = 1_024;
const FIRST_RECORDED = Date.parse('2025-01-01T00:00:00.000Z');
const YEAR_MS = 365 * 86_400_000;

export interface LogDeps extends RetellDeps {
  store: EventStore;
  keys: PersonalKeys;
}

export const patternOf = (patterns: readonly Pattern[], customer: number): Pattern => patterns[customer % patterns.length]!;

/** Writes a year of so many customers, as they come and go; then some with a long history of a few streams. */
export async function writeLog(deps: LogDeps, patterns: readonly Pattern[], size: Pick<Size, 'events' | 'longHistory'>): Promise<void> {
  const customers = Math.floor(size.events / EVENTS_PER_CUSTOMER);
  const writer = new Writer(deps.store);
  const chance = chanceFrom(deps.seed);
  const stepMs = Math.floor(YEAR_MS / (customers * EVENTS_PER_CUSTOMER));
  let at = FIRST_RECORDED;
  let next = 0;
  const active: { retelling: Retelling; customer: number; done: number }[] = [];
  for (;;) {
    if (active.length < AT_A_TIME && next < customers) {
      const fresh = Array.from({ length: Math.min(500, customers - next) }, (_, n) => next + n);
      next += fresh.length;
      const begun = fresh.map((customer) => ({
        retelling: new Retelling(deps, patternOf(patterns, customer), customer),
        customer,
        done: 0,
      }));
      await deps.keys.keysFor(
        TENANT,
        begun.map(({ retelling }) => retelling.subject),
      );
      active.push(...begun);
    }
    if (active.length === 0) break;
    const place = chance.below(active.length);
    const one = active[place]!;
    at += stepMs;
    await writer.write(await one.retelling.tell(patternOf(patterns, one.customer).events[one.done]!, at));
    one.done += 1;
    if (one.done < EVENTS_PER_CUSTOMER) continue;
    const last = active.pop();
    if (last !== undefined && last !== one) active[place] = last;
  }
  for (let n = 0; n < LONG_HISTORIES && size.longHistory > 0; n++)
    for await (const retold of longHistory(deps, patterns, customers + n, size.longHistory, at)) await writer.write(retold);
  await writer.end();
}

/** Courses of a customer with a long history: with the customer's own stream and a complaint these make five streams. */
const COURSES = 3;

/** A whole pattern with a complaint, and further journeys beside it; their calls told as often as it takes. */
async function* longHistory(
  deps: LogDeps,
  patterns: readonly Pattern[],
  customer: number,
  length: number,
  at: number,
): AsyncGenerator<Retold> {
  const pattern = longPattern(patterns);
  const ofJourney = pattern.events.filter(({ category }) => category === 'journey');
  const call = ofJourney.find(({ type }) => type === 'call-made');
  if (call === undefined) throw new Error('the pattern has no call');
  const courses = Array.from({ length: COURSES }, (_, course) => new Retelling(deps, pattern, customer, course));
  await deps.keys.keysFor(
    TENANT,
    courses.map(({ subject }) => subject),
  );
  let count = 0;
  for (const [course, retelling] of courses.entries())
    for (const event of course === 0 ? pattern.events : ofJourney) yield retelling.tell(event, at + count++);
  for (; count < length; count++) yield courses[count % COURSES]!.tell(call, at + count * 1_000);
}

/** Of the customers with a long history, whose numbers follow those of the others. */
export const longPattern = (patterns: readonly Pattern[]): Pattern =>
  patterns.find(({ events }) => events.some(({ category }) => category === 'complaint')) ?? patterns[0]!;

/** Appends in order, many of them on their way at once. */
class Writer {
  private readonly waiting: Promise<unknown>[] = [];

  constructor(private readonly store: EventStore) {}

  async write({ stream, revision, event }: Retold): Promise<void> {
    const appended = this.store.append(stream, revision === 0 ? 'no-stream' : revision - 1, [event]);
    appended.catch(() => undefined);
    this.waiting.push(appended);
    if (this.waiting.length >= WAITING) await this.end();
  }

  async end(): Promise<void> {
    await Promise.all(this.waiting.splice(0));
  }
}
