import type { EventMetadata, JsonObject } from '@touchline/core';
import { streamName, toIso } from '@touchline/core';
import { TENANT } from '@touchline/demo/cast.js';
import type { EventToAppend } from '@touchline/event-store';
import { encodeEvent } from '@touchline/event-store';
import type { Sealing } from '@touchline/event-store';
import type { Pattern, ToldEvent } from './patterns.js';
import { digestOf, entityOf, idOf, phoneOf } from './people.js';

export interface RetellDeps {
  seed: number;
  secret: string;
  sealing: Sealing;
}

export interface Retold {
  stream: string;
  revision: number;
  event: EventToAppend;
}

/** One customer's course, event by event: the pattern's with other ids, sealed and chained as a command would. */
export class Retelling {
  private readonly ids = new Map<string, string>();
  private readonly ends = new Map<string, { revision: number; hash: string }>();
  private count = 0;

  constructor(
    private readonly deps: RetellDeps,
    pattern: Pattern,
    private readonly customer: number,
    /** Another course of the same customer: further journeys, further complaints. */
    private readonly course = 0,
  ) {
    const phone = phoneOf(customer);
    this.ids.set(pattern.phone, phone);
    this.ids.set(pattern.digest, digestOf(deps.secret, phone));
    this.ids.set(pattern.customer, entityOf(deps.seed, customer, 'customer'));
    for (const [place, id] of pattern.others.entries()) this.ids.set(id, entityOf(deps.seed, customer, `${course} ${place}`));
  }

  /** Whose key its fields are sealed with. */
  get subject(): string {
    return `customer:${entityOf(this.deps.seed, this.customer, 'customer')}`;
  }

  /** The n-th event of the pattern, `recordedAt` in ms; told again and again where it stands for many alike. */
  async tell(told: ToldEvent, recordedAt: number): Promise<Retold> {
    const { seed, sealing } = this.deps;
    const stream = streamName(told.category, TENANT, this.ids.get(told.entity) ?? told.entity);
    const end = this.ends.get(stream) ?? { revision: -1, hash: '' };
    const name = `${this.customer} ${this.course} ${this.count}`;
    const [id, commandId] = [idOf(seed, `event ${name}`), idOf(seed, `command ${name}`)];
    this.count += 1;
    const meta = JSON.parse(this.renamed(told.meta)) as EventMetadata;
    const clear = JSON.parse(this.renamed(told.data)) as JsonObject;
    const data = await sealing.seal({ id, tenant: TENANT, type: told.type, data: clear, subjects: meta.subjects });
    const recorded = { ...meta, occurredAt: toIso(recordedAt - 60_000), recordedAt: toIso(recordedAt), commandId };
    const revision = end.revision + 1;
    const { hash, ...event } = encodeEvent(
      { id, stream, revision, type: told.type, data, meta: { ...recorded, correlationId: commandId, causationId: commandId } },
      end.hash,
    );
    this.ends.set(stream, { revision, hash });
    return { stream, revision, event };
  }

  private renamed(text: string): string {
    let renamed = text;
    for (const [from, to] of this.ids) renamed = renamed.replaceAll(from, to);
    return renamed;
  }
}
