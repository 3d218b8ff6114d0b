import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Fault } from './faults.js';
import { ExternalSort } from './external-sort.js';

export interface ReportCounts {
  faults: number;
  /** Records with at least one fault. */
  rows: number;
  byReason: Record<string, number>;
}

/** Gathers what is wrong with a source and writes it in the order of the file, whatever order it was found in. */
export class Report {
  private readonly faults = new ExternalSort<Fault>(byPlace, (fault) => 60 + (fault.value?.length ?? 0) + (fault.detail?.length ?? 0));

  async add(faults: readonly Fault[]): Promise<void> {
    for (const fault of faults) await this.faults.add(fault);
  }

  /** Writes the report as CSV and counts it; a report of an earlier run is replaced only by a whole one. */
  async write(path: string): Promise<ReportCounts> {
    const counts: ReportCounts = { faults: 0, rows: 0, byReason: {} };
    const unfinished = `${path}.part`;
    try {
      await pipeline(Readable.from(this.lines(counts)), createWriteStream(unfinished, { mode: 0o600 }));
      await rename(unfinished, path);
    } finally {
      await rm(unfinished, { force: true });
      await this.dispose();
    }
    return counts;
  }

  async dispose(): Promise<void> {
    await this.faults.dispose();
  }

  private async *lines(counts: ReportCounts): AsyncGenerator<string> {
    yield `${BOM}line,column,reason,value,detail,fact\n`;
    let last = 0;
    for await (const faults of this.faults.sorted()) {
      for (const { line, reason } of faults) {
        counts.faults += 1;
        if (line !== last) counts.rows += 1;
        last = line;
        counts.byReason[reason] = (counts.byReason[reason] ?? 0) + 1;
      }
      yield faults.map(lineOf).join('');
    }
  }
}

function byPlace(a: Fault, b: Fault): number {
  return (
    a.line - b.line ||
    compare(a.column, b.column) ||
    compare(a.reason, b.reason) ||
    compare(a.detail ?? '', b.detail ?? '') ||
    compare(a.fact ?? '', b.fact ?? '')
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const lineOf = ({ line, column, reason, value, detail, fact }: Fault): string =>
  `${[String(line), column, reason, value ?? '', detail ?? '', fact ?? ''].map(quoted).join(',')}\n`;

/** Tells a spreadsheet that the text is UTF-8. */
const BOM = '\ufeff';
/** A cell that begins so is run as a formula, also behind quotes. */
const FORMULA = /^[=+\-@\t\r]/;

/** A cell as RFC 4180 has it; what a spreadsheet would run is text behind an apostrophe. */
function quoted(cell: string): string {
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return text !== cell || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
