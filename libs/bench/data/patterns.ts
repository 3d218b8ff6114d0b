import type { CommandServices } from '@touchline/commands/services.js';
import type { EventMetadata, JsonObject, Position, StreamCategory } from '@touchline/core';
import { parseStreamName } from '@touchline/core';
import { demoPerson } from '@touchline/demo/cast.js';
import type { Story } from '@touchline/demo/stories.js';
import { stories } from '@touchline/demo/stories.js';
import { tell } from '@touchline/demo/tell.js';
import type { StoredEvent } from '@touchline/event-store';
import { identify } from '@touchline/identity';
import type { Platform } from '@touchline/platform';

/** Events of one customer, their identifier and registration among them. */
export const EVENTS_PER_CUSTOMER = 20;
const PATTERNS = 60;
const START = Date.parse('2026-01-01T00:00:00.000Z');
/** People of the demonstration have numbers below. */
const FIRST_PERSON = 5_000;

/** An event of a story, with texts into which other ids are put by replacing. */
export interface ToldEvent {
  type: string;
  category: StreamCategory;
  entity: string;
  /** JSON of data and of metadata, in clear. */
  data: string;
  meta: string;
}

/** One customer's story as the deciders told it; told again of everybody else, under other ids. */
export interface Pattern {
  phone: string;
  /** What the stream of the telephone number is named by. */
  digest: string;
  customer: string;
  /** Ids of the journey and the complaint, in the order of their first events. */
  others: string[];
  siteId: string;
  events: ToldEvent[];
}

/** Has the deciders tell some stories of one length, on a log where the demonstration's group is; nothing is sealed. */
export async function recordPatterns(platform: Platform): Promise<Pattern[]> {
  const plain = unsealed(platform);
  const patterns: Pattern[] = [];
  for (const [index, story] of stories().entries()) {
    if (story.person === null || patterns.length === PATTERNS) continue;
    const named = (attempt: string, person: number): Story => ({ ...story, reference: `${attempt} ${index}`, person: demoPerson(person) });
    const length = (await told(plain, named('first', FIRST_PERSON + 2 * index))).length;
    if (length > EVENTS_PER_CUSTOMER) continue;
    // Each of the calls that make it long enough is one event.
    const last = story.steps.at(-1)?.day ?? 0;
    const calls = Array.from({ length: EVENTS_PER_CUSTOMER - length }, (_, n) => callAgain(last + n + 1));
    const longer = named('longer', FIRST_PERSON + 2 * index + 1);
    const events = await told(plain, { ...longer, steps: [...story.steps, ...calls] });
    if (events.length !== EVENTS_PER_CUSTOMER) throw new Error(`a story has ${events.length} events`);
    patterns.push({ ...patternOf(events), phone: longer.person?.phone ?? '', siteId: story.site.id });
  }
  return patterns;
}

const callAgain = (day: number): Story['steps'][number] => ({ day, minute: 300, act: 'follow-up', reached: true, note: '再次电话回访。' });

/** The same services, but what they record stays in clear. */
function unsealed({ services, settings }: Platform): CommandServices {
  const deps = { ...services.deps, sealing: { seal: ({ data }: { data: JsonObject }) => Promise.resolve(data) } };
  const identity = { deps, secret: settings.secrets.identityHmacSecret };
  return { ...services, deps, identify: (metadata, met) => identify(identity, metadata, met) };
}

async function told(services: CommandServices, story: Story): Promise<StoredEvent[]> {
  const { store } = services.deps.streams;
  const after: Position | null = await store.head();
  await tell(services, story, START);
  const events: StoredEvent[] = [];
  for await (const event of store.readAll({ after })) events.push(event);
  return events;
}

function patternOf(events: readonly StoredEvent[]): Pick<Pattern, 'digest' | 'customer' | 'others' | 'events'> {
  const ids = new Map<string, string>();
  const toldEvents = events.map(({ type, stream, data, metadata }): ToldEvent => {
    const parts = parseStreamName(stream);
    if (parts === null) throw new Error(`${stream} is no stream of ours`);
    ids.set(parts.id, parts.category);
    const { hash: _, previousHash: __, ...meta } = JSON.parse(metadata) as EventMetadata;
    return { type, category: parts.category as StreamCategory, entity: parts.id, data, meta: JSON.stringify(meta) };
  });
  const named = (category: string): string => [...ids].find(([, each]) => each === category)?.[0] ?? '';
  const others = [...ids].flatMap(([id, category]) => (category === 'identifier' || category === 'customer' ? [] : [id]));
  return { digest: named('identifier'), customer: named('customer'), others, events: toldEvents };
}
