import type { Decider } from '@touchline/core';
import { accept, stateless } from '@touchline/core';
import type { OperationEvent, OperationOrdered } from './operation.events.js';

/** An order is a fact, whatever comes of it; there is nothing to refuse. */
export const operationDecider: Decider<null, OperationOrdered, OperationEvent> = {
  fold: stateless,
  decide: (_state, order, { now }) => accept({ type: 'operation-ordered', data: order, occurredAt: now, subjects: {} }),
};
