import type { JsonObject } from '@touchline/core';
import type { Fault } from './faults.js';

/** The customer as the source knows them. */
export interface SourceCustomer {
  phone?: string;
  /** The source's own name or number for the customer. */
  identifier?: string;
  name?: string;
}

/** What the source says of a journey as a whole. */
export interface SourceJourney {
  /** Of the record that states it. */
  line: number;
  siteId: string;
  productLine: string;
  customer?: SourceCustomer;
  ownerId?: string;
  product?: string;
  media?: string;
  attributes: Record<string, string>;
}

/** One fact of the source, ready to be a command. */
export interface Fact {
  /** The mapping's name for it. */
  name: string;
  line: number;
  /** What tells it from others of its name within the case, where the mapping says so: then it stands once. */
  reference?: string;
  /** Each record is a fact of its own: none is a change of another. */
  each: boolean;
  touchpoint: string;
  /** The instant stated; of a day alone its beginning. */
  statedAt: string;
  /** When it happened: of a day alone not before what happened on it before. */
  occurredAt: string;
  /** Set where no more than the day is known. */
  precision?: 'day';
  /** Then also where the day ends. */
  until?: string;
  /** As the source writes it. */
  dayOfMonth?: number;
  channel: string;
  direction: 'in' | 'out';
  responsibleId: string;
  note?: string;
  fields: JsonObject;
}

/** All that one case of the source comes to. Facts are in order of time, then of their place in the file. */
export interface Case {
  key: string;
  rows: number;
  /** Records that no fact is drawn from. */
  rowsWithoutFact: number;
  /** Null where the source does not say enough to open it; every fact is then among the faults. */
  journey: SourceJourney | null;
  facts: Fact[];
  faults: Fault[];
  /** Facts that could not be made of what the source says. */
  reported: number;
}
