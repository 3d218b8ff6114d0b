import type { Projection, RecordedEvent } from '@touchline/core';
import type { FoldedRow } from '../fold.js';
import { foldKey, keysEverTouched, standingEvents } from '../fold.js';
import { foldBatch } from '../fold-batch.js';

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
    const changes = await foldBatch(projection, log.slice(from, from + batchSize), {
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

/** What the rows say, without the place they are folded to, which a position in the log is part of. */
export const contentsOf = <Row extends object>(rows: Rows<Row>): [string, Row][] => [...rows].map(([key, { row }]) => [key, row]);
