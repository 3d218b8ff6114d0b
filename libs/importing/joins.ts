import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { MappingFaults } from './faults.js';
import type { Join } from './mapping/mapping.js';
import type { Row } from './readers/reader.js';
import { readSource } from './readers/read-source.js';
import { Columns } from './values/columns.js';
import type { ReadValue, ValueScope } from './values/read-value.js';
import { valueReader } from './values/read-value.js';

/** Most records of a joined file, which is held in memory whole. */
export const MAX_JOINED_ROWS = 500_000;

/** How often records of the source had a partner, none, or no key to look for one. */
export interface JoinCounts {
  found: number;
  missing: number;
  withoutKey: number;
}

/** A joined file: its columns are gathered first, then it is loaded, then records find their partners. */
export class JoinedFile {
  readonly columns = new Columns();
  readonly counts: JoinCounts = { found: 0, missing: 0, withoutKey: 0 };
  /** SHA-256 of the file, once it is loaded; hex. */
  digest = '';
  private readonly rows = new Map<string, Row>();
  private readonly lookUp: ReadValue;
  private readonly keyPlace: number;

  constructor(
    readonly name: string,
    private readonly join: Join,
    scope: ValueScope,
  ) {
    this.keyPlace = this.columns.place(join.key);
    this.lookUp = valueReader(join.on, scope);
  }

  /** @throws MappingFaults where a key occurs twice, the file is broken, or it is too large to be held */
  async load(folder: string): Promise<void> {
    const path = resolve(folder, this.join.file);
    const faults: string[] = [];
    const digest = createHash('sha256');
    const format = this.join.format ?? { format: 'csv' };
    for await (const row of readSource(path, format, this.columns.list, (chunk) => void digest.update(chunk))) {
      if ('empty' in row) continue;
      if ('fault' in row) {
        faults.push(`line ${row.fault.line}: ${row.fault.reason}${row.fault.detail === undefined ? '' : `, ${row.fault.detail}`}`);
        continue;
      }
      const key = row.cells[this.keyPlace]?.trim();
      if (key === undefined || key === '') faults.push(`line ${row.line}: the key "${String(this.join.key)}" is empty`);
      else if (this.rows.has(key)) faults.push(`line ${row.line}: the key occurs twice; which one is meant is not known`);
      else this.rows.set(key, row);
      if (this.rows.size > MAX_JOINED_ROWS)
        throw new MappingFaults(path, [
          `has more than ${MAX_JOINED_ROWS} records; joined files are held in memory, so put its columns into the source itself`,
        ]);
      if (faults.length >= 20) break;
    }
    if (faults.length > 0) throw new MappingFaults(path, faults);
    this.digest = digest.digest('hex');
  }

  find(row: Row): readonly (string | null)[] | null {
    const key = this.lookUp(row);
    return key.fault !== undefined || key.value === null ? null : (this.rows.get(key.value.trim())?.cells ?? null);
  }

  /** To be called once for every record of the source. */
  count(row: Row): void {
    const key = this.lookUp(row);
    if (key.fault !== undefined || key.value === null) this.counts.withoutKey += 1;
    else if (this.rows.has(key.value.trim())) this.counts.found += 1;
    else this.counts.missing += 1;
  }

  /** Every record of the file itself, for users that are made from it. */
  all(): Iterable<Row> {
    return this.rows.values();
  }
}
