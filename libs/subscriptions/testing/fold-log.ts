import type { Projection, RecordedEvent } from '@touchline/core';
import type { FoldedRow, StandingEvent } from '../fold.js';
import { standingEvents } from '../fold.js';
import { foldBatch } from '../fold-batch.js';
import { IncrementalFold } from '../incremental-fold.js';

export type Rows<Row extends object> = Map<string, FoldedRow<Row>>;

/** Folds a log batch by batch, as the engine does, on rows kept as JSON; `reads` counts the streams that were folded anew. */
export async function foldLog<Row extends object>(
  projection: Projection<Row>,
  log: readonly RecordedEvent[],
  batchSize: number,
): Promise<{ rows: Rows<Row>; reads: number }> {
  const kept = new Map<string, string>();
  const row = (key: string): [string, FoldedRow<Row>][] => {
    const text = kept.get(key);
    return text === undefined ? [] : [[key, JSON.parse(text) as FoldedRow<Row>]];
  };
  let reads = 0;
  for (let from = 0; from < log.length; from += batchSize) {
    const changes = await foldBatch(new IncrementalFold(projection), projection.name, log.slice(from, from + batchSize), {
      rows: async (keys) => new Map(keys.flatMap(row)),
      stream: async (name) => {
        reads += 1;
        return log.slice(0, from + batchSize).filter(({ stream }) => stream === name);
      },
      open: async (events) => [...events],
      skipped: async () => null,
    });
    for (const [key, change] of changes) {
      if (change === null) kept.delete(key);
      else kept.set(key, JSON.stringify(change));
    }
  }
  return { rows: new Map([...kept.keys()].sort().flatMap(row)), reads };
}

/** The rows as the definition says: every key's events by occurrence, corrected ones replaced (ADR 0009). */
export function foldWhole<Row extends object>(projection: Projection<Row>, log: readonly RecordedEvent[]): Rows<Row> {
  const rows: [string, FoldedRow<Row>][] = [];
  for (const stream of new Set(log.map((event) => event.stream))) {
    const standing = standingEvents(log.filter((event) => event.stream === stream));
    for (const key of new Set(standing.flatMap((event) => keysEverTouched(projection, event)))) {
      const row = foldKey(projection, standing, key);
      if (row !== null) rows.push([key, JSON.parse(JSON.stringify(row)) as FoldedRow<Row>]);
    }
  }
  return new Map(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every key an event ever touched, in any of its versions. */
export function keysEverTouched<Row extends object>(projection: Projection<Row>, { event, versions }: StandingEvent): string[] {
  const asOriginal = versions.map(({ type, data, meta }) => ({ ...event, type, data, meta }));
  return [...new Set([event, ...asOriginal].flatMap((version) => projection.keys(version)))];
}

/** The row of a key from all the events of its stream, as the definition says; null for no row. */
export function foldKey<Row extends object>(
  projection: Projection<Row>,
  standing: readonly StandingEvent[],
  key: string,
): FoldedRow<Row> | null {
  let row: Row | null = null;
  let last: RecordedEvent | undefined;
  for (const { event, versions } of standing) {
    if (!projection.keys(event).includes(key)) continue;
    row = projection.evolve(row, event, key, versions);
    last = event;
  }
  return row === null || last === undefined ? null : { row, foldedAt: last.meta.occurredAt, foldedPosition: last.position };
}

/** What the rows say, without the place they are folded to, which a position in the log is part of. */
export const contentsOf = <Row extends object>(rows: Rows<Row>): [string, Row][] => [...rows].map(([key, { row }]) => [key, row]);
