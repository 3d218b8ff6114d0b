import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from '@nestjs/common';
import { createParamDecorator } from '@nestjs/common';
import type { Caller } from '@touchline/core';
import { PLATFORM, streamName } from '@touchline/core';
import type { CommandDeps, CommandRequest } from '@touchline/event-store';
import { handleCommand } from '@touchline/event-store';
import { answer } from '@touchline/http';
import { operationDecider } from '@touchline/touchpoints/operation/operation.decider.js';
import type { OperationOrdered } from '@touchline/touchpoints/operation/operation.events.js';

const STREAM = streamName('operation', PLATFORM, 'orders');

/** Who orders something of the platform: an operator over HTTP, or an account at the command line. */
export interface Operator {
  /** As colleagues know them. */
  name: string;
  request: Omit<CommandRequest, 'ifMatch'>;
}

export type Order = Pick<OperationOrdered, 'operation' | 'subject' | 'acceptDifferences' | 'eventId' | 'stream'>;

/** An order as it was recorded. */
export interface Recorded extends OperationOrdered {
  orderedAt: string;
  /** Id of the operator as a user; of the command line its name. */
  by: string;
}

/** What operators order, recorded before it is done, so that nothing is done without a name. */
export class Operations {
  constructor(private readonly deps: CommandDeps) {}

  /** Under the same key the same order, recorded once. @throws Refused where the key was another order's */
  async order({ name, request }: Operator, order: Order): Promise<void> {
    const command = { ...order, operator: name };
    const asked = { ...request, tenant: PLATFORM };
    answer(await handleCommand(this.deps, { stream: STREAM, decider: operationDecider, command, request: asked }));
  }

  /** The newest first. */
  async list(limit: number): Promise<Recorded[]> {
    const orders: Recorded[] = [];
    for await (const stored of this.deps.streams.store.readStream(STREAM, { direction: 'backwards', limit })) {
      const { data, meta } = this.deps.registry.decode(stored);
      orders.push({ ...(data as OperationOrdered), orderedAt: meta.recordedAt, by: meta.actor.id });
    }
    return orders;
  }
}

/** The operator who calls a route of the platform. */
export const OrderedBy = createParamDecorator((_data: unknown, context: ExecutionContext): Operator => {
  const { caller, metadata } = context.switchToHttp().getRequest<{ caller?: Caller; metadata?: CommandRequest }>();
  if (caller === undefined || metadata === undefined) throw new Error('this route has no metadata: it is public or no POST');
  // If-Match is about a record on somebody's screen, and nobody sees this one.
  const { ifMatch: _, ...request } = metadata;
  return { name: caller.displayName, request };
});

/** Somebody at a machine of the platform, known there by this name. */
export function operatorAtShell(name: string): Operator {
  const id = randomUUID();
  const trace = { commandId: id, requestHash: id, correlationId: id, causationId: id };
  return { name, request: { tenant: PLATFORM, actor: { kind: 'system', id: 'cli' }, ...trace } };
}
