import { createHash } from 'node:crypto';
import type { Case } from './facts.js';
import type { Fault } from './faults.js';
import { UnreadableFile } from './faults.js';
import type { Plan } from './plan.js';
import { readCase } from './read-case.js';
import type { Row } from './readers/reader.js';
import { readSource } from './readers/read-source.js';
import { ExternalSort } from './external-sort.js';

/** Most records of one case, which is held in memory whole. */
export const MAX_CASE_ROWS = 100_000;

interface KeyedRow extends Row {
  key: string;
}

/** A source that was read to its end: nothing is recorded of a file that cannot be. */
export interface GroupedSource {
  /** Records that were read; those that say nothing at all are not among them. */
  rows: number;
  /** Of the file, without any value. */
  empty: number;
  /** Of those read: such as cannot be split into fields. */
  broken: number;
  /** Of those read: such as do not say which case they are of. */
  withoutCase: number;
  /** SHA-256 of the file, hex. */
  digest: string;
  /** Cases in the order of their keys, each with all its records, wherever they stood in the file. */
  cases(): AsyncGenerator<Case, void, undefined>;
  dispose(): Promise<void>;
}

/**
 * Reads a source once and brings the records of each case together, in bounded memory. Records without a key are faults.
 * Null where it was stopped on the way.
 * @throws UnreadableFile, MappingFaults
 */
export async function groupCases(
  plan: Plan,
  path: string,
  on: { faults: (faults: Fault[]) => Promise<void>; bytes: (count: number) => void; stopped: () => boolean },
): Promise<GroupedSource | null> {
  const sort = new ExternalSort<KeyedRow>(byKey, sizeOf);
  const digest = createHash('sha256');
  const counts = { rows: 0, empty: 0, broken: 0, withoutCase: 0 };
  const onChunk = (chunk: Uint8Array): void => {
    digest.update(chunk);
    on.bytes(chunk.length);
  };
  try {
    for await (const row of readSource(path, plan.mapping.file, plan.columns, onChunk)) {
      if (on.stopped()) {
        await sort.dispose();
        return null;
      }
      if ('empty' in row) {
        counts.empty += 1;
        continue;
      }
      counts.rows += 1;
      if ('fault' in row) {
        counts.broken += 1;
        await on.faults([row.fault]);
        continue;
      }
      for (const join of plan.joins) join.count(row);
      const key = plan.caseKey(row);
      if (key.fault === undefined) await sort.add({ key: key.value ?? '', ...row });
      else {
        counts.withoutCase += 1;
        await on.faults([{ line: row.line, column: key.fault.column, reason: key.fault.reason }]);
      }
    }
    // Nothing read is never success.
    const { rows, empty } = counts;
    if (rows === 0) throw new UnreadableFile(`the file holds no record${empty === 0 ? '' : ` but ${empty} without any value`}`);
  } catch (error) {
    await sort.dispose();
    throw error;
  }
  return { ...counts, digest: digest.digest('hex'), cases: () => casesOf(plan, sort), dispose: () => sort.dispose() };
}

const byKey = (a: KeyedRow, b: KeyedRow): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.line - b.line);

const sizeOf = ({ key, cells }: KeyedRow): number => cells.reduce((size, cell) => size + (cell?.length ?? 0) + 20, key.length + 100);

async function* casesOf(plan: Plan, sort: ExternalSort<KeyedRow>): AsyncGenerator<Case, void, undefined> {
  let rows: KeyedRow[] = [];
  for await (const some of sort.sorted())
    for (const row of some) {
      const key = rows[0]?.key;
      if (key !== undefined && key !== row.key) {
        yield readCase(plan, key, rows);
        rows = [];
      }
      rows.push(row);
      if (rows.length > MAX_CASE_ROWS)
        throw new UnreadableFile(
          `more than ${MAX_CASE_ROWS} records have the key of line ${rows[0]?.line ?? 0}; is "case" the right column?`,
        );
    }
  const last = rows[0];
  if (last !== undefined) yield readCase(plan, last.key, rows);
}
