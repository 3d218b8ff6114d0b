import type { DecideContext, Decider } from '@touchline/core';
import { accept, identityFault, instantAfter, refuse } from '@touchline/core';
import type { ErasureBegun, ErasureEvent } from './erasure.events.js';
import type { ErasureStanding } from './erasure.fold.js';
import { erasureFold } from './erasure.fold.js';

export type ErasureCommand = { customerId: string } & (
  { kind: 'begin'; erasure: ErasureBegun; occurredAt: string } | { kind: 'put-off' } | { kind: 'complete' }
);

export type ErasureRejection = 'erasure.not-begun';

const MINUTE = 60_000;
/** How long it is put off the first time, the second, and from the third on: what it waits for may take an operator. */
const PUT_OFF_MS = [1 * MINUTE, 5 * MINUTE, 15 * MINUTE] as const;
const LONGEST_MS = PUT_OFF_MS[2];

/** The course of an erasure (ADR 0015). What is so already changes nothing: whoever goes on may be the second. */
export const erasureDecider: Decider<ErasureStanding, ErasureCommand, ErasureEvent, DecideContext, ErasureRejection> = {
  fold: erasureFold,

  decide({ begun, attempts, completed }, command, { now }) {
    const subjects = { customer: command.customerId };
    if (command.kind === 'begin')
      return begun === null ? accept({ type: 'erasure-begun', data: command.erasure, occurredAt: command.occurredAt, subjects }) : accept();
    if (begun === null) return refuse(notBegun);
    if (completed) return accept();
    if (command.kind === 'complete') return accept({ type: 'erasure-completed', data: { putOff: attempts }, occurredAt: now, subjects });
    const until = instantAfter(now, PUT_OFF_MS[attempts] ?? LONGEST_MS);
    return accept({ type: 'erasure-put-off', data: { attempt: attempts + 1, until }, occurredAt: now, subjects });
  },
};

const notBegun = identityFault<ErasureRejection>('erasure.not-begun', 'nobody has asked for the erasure of this customer');
