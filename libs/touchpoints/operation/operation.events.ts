import type { EventDefinition, JsonObject } from '@touchline/core';
import { defineEvent } from '@touchline/core';

// Category `operation`, one stream for the platform: what its operators ordered. Stored shapes: never edit, only upcast.

/** What an operator can order; the word before the dot says what it is about. */
export type OperationName =
  | 'projection.pause'
  | 'projection.resume'
  | 'projection.retry'
  | 'projection.skip'
  | 'projection.rebuild'
  | 'projection.rebuild-cancel'
  | 'projection.rebuild-resume'
  | 'projection.drop-builds'
  | 'relay.retry'
  | 'intake.skip'
  | 'intake.take-over';

export interface OperationOrdered extends JsonObject {
  operation: OperationName;
  /** Which of its kind: the projection's name, a message's place; the kind itself where there is one only. */
  subject: string;
  /** The operator's name as it was then, or the account at the command line. */
  operator: string;
  /** Of a rebuild: switch although rows differ. */
  acceptDifferences?: boolean;
  /** Of a skip: the event that is left out, and the stream it stands in. */
  eventId?: string;
  stream?: string;
}

export interface OperationEvent {
  type: 'operation-ordered';
  data: OperationOrdered;
}

export const operationEvents: EventDefinition[] = [defineEvent({ type: 'operation-ordered', version: 1, touchpoint: false })];
