import type { Projection, RecordedEvent } from '@touchline/core';
import type { IsTie, Moment } from './as-of.js';
import { cooperativeYield } from './cooperative-yield.js';
import type { ChangedRows } from './stream-walk.js';
import { StreamWalk } from './stream-walk.js';

/** What an event changes of the rows of a view on the way from one moment to another; null and all rows at the beginning. */
export interface Step<Row extends object> {
  by: RecordedEvent | null;
  changed: ChangedRows<Row>;
}

/**
 * Goes from one moment to another event by event: first what became known, as it was recorded, then what happened, as it
 * happened. Where a moment lies further back, what it does not know yet is taken away again, the last first. Others have
 * their turn on the way.
 * @throws the signal's reason once it has ended
 */
export async function* walk<Row extends object>(
  view: Projection<Row>,
  histories: readonly (readonly RecordedEvent[])[],
  from: Moment,
  to: Moment,
  isTie: IsTie,
  signal?: AbortSignal,
): AsyncGenerator<Step<Row>> {
  const yieldTurn = cooperativeYield(signal);
  const streams: StreamWalk<Row>[] = [];
  for (const events of histories) {
    streams.push(new StreamWalk(view, events, from, isTie));
    await yieldTurn();
  }
  yield { by: null, changed: new Map(streams.flatMap((stream) => stream.rows())) };

  const learnt = streams.flatMap((stream) => stream.learns(to));
  for (const { stream, event, comes } of inOrder(learnt, ({ event }) => event.position)) {
    yield { by: event, changed: stream.know(event, comes) };
    await yieldTurn();
  }
  const happened = streams.flatMap((stream) => stream.happens(from, to));
  for (const { stream, each, comes } of inOrder(happened, ({ each }) => `${each.from} ${each.event.position}`)) {
    yield { by: each.versions.at(-1) ?? each.event, changed: stream.count(each, comes) };
    await yieldTurn();
  }
}

/** Brings rows by key to where they stand after a step. */
export function follow<Row extends object>(rows: Map<string, Row>, { changed }: Step<Row>): void {
  for (const [key, row] of changed) {
    if (row === null) rows.delete(key);
    else rows.set(key, row);
  }
}

/** What goes before what comes, the last first. */
function inOrder<T extends { comes: boolean }>(steps: readonly T[], keyOf: (step: T) => string): T[] {
  const sorted = [...steps].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return [...sorted.filter(({ comes }) => !comes).reverse(), ...sorted.filter(({ comes }) => comes)];
}
