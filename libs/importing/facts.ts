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
  /** Same fact, same reference, in every run: the command's id derives from it (D2). */
  reference: string;
  touchpoint: string;
  occurredAt: string;
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
  /** Null where the source does not say enough to open it; every fact is then among the faults. */
  journey: SourceJourney | null;
  facts: Fact[];
  faults: Fault[];
  /** Facts that could not be made of what the source says. */
  reported: number;
}
