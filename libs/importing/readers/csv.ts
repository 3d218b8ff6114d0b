import { parse } from 'csv-parse';
import { MappingFaults, UnreadableFile } from '../faults.js';
import { lineBreakOf } from './line-break.js';
import { LineOffsets } from './line-offsets.js';
import type { ColumnRef, Reader, RowOrFault } from './reader.js';
import { CUT, TruncatedInput, MAX_RECORD_BYTES } from './reader.js';

export interface CsvOptions {
  delimiter?: string;
  /** null where the source does not quote. */
  quote?: string | null;
  /** What stands before a quote that is part of a text; default the quote itself. */
  escape?: string;
}

interface CsvRecord {
  record: string[];
  info: { bytes: number; empty_lines: number };
}

/**
 * RFC 4180 with a header line. A record of another length than the header is reported, never padded. Quoting that
 * breaks in the middle leaves no way to tell where the next record begins, so the file is refused.
 * @throws UnreadableFile, MappingFaults where a column is missing or its name occurs twice
 */
export const csvReader = (options: CsvOptions = {}): Reader =>
  async function* (source, columns) {
    const quote = options.quote === undefined ? '"' : options.quote;
    const { isCr, chunks } = await lineBreakOf(source, quote);
    const lines = new LineOffsets(isCr);
    let broken: { code: string; records: number } | undefined;
    let cut = false;
    const parser = parse({
      info: true,
      delimiter: options.delimiter ?? ',',
      quote,
      ...(quote !== null && { escape: options.escape ?? quote }),
      record_delimiter: isCr ? ['\r\n', '\n', '\r'] : ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_RECORD_BYTES,
      skip_records_with_error: true,
      on_skip: (error) => {
        if (error !== undefined) broken ??= { code: error.code, records: Number(error['records']) };
        return undefined;
      },
    });
    void feed(chunks, parser, lines).then(
      () => parser.end(),
      (error: unknown) => {
        cut = error instanceof TruncatedInput;
        if (cut) parser.end();
        else parser.destroy(error as Error);
      },
    );

    let places: number[] | undefined;
    let seen = 0;
    let width = 0;
    let end = { bytes: 0, emptyLines: 0 };
    let short: { line: number; fields: number } | undefined;
    const startOf = (info: CsvRecord['info']): number => lines.lineAt(end.bytes) + info.empty_lines - end.emptyLines;
    for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
      // What the parser made of the bytes behind a fault is no record.
      if (seen === broken?.records) break;
      seen += 1;
      if (short !== undefined) yield wrongWidth(short, width);
      short = undefined;
      const line = startOf(info);
      end = { bytes: info.bytes, emptyLines: info.empty_lines };
      if (places === undefined) {
        places = locate(record, columns);
        width = record.length;
      } else if (record.every((cell) => cell.trim() === '')) yield { empty: line };
      else if (record.length !== width) short = { line, fields: record.length };
      else yield { line, cells: places.map((place) => record[place] ?? null) };
    }
    const nextLine = lines.lineAt(end.bytes);
    if (broken !== undefined && broken.code !== 'CSV_QUOTE_NOT_CLOSED') throw brokenRecord(broken, nextLine);
    // A last record that stops in the middle, and without a line break, is not a record.
    const unfinished = broken !== undefined || cut || (short !== undefined && short.fields < width && !lines.endsInNewline);
    if (short !== undefined && !unfinished) yield wrongWidth(short, width);
    if (unfinished) yield cutAt(broken === undefined && short !== undefined ? short.line : nextLine);
    if (places === undefined && !unfinished) throw new UnreadableFile('the file is empty: it has no header line');
  };

async function feed(chunks: AsyncIterable<Uint8Array>, parser: ReturnType<typeof parse>, lines: LineOffsets): Promise<void> {
  for await (const chunk of chunks) {
    lines.push(chunk);
    if (!parser.write(chunk) && !parser.destroyed) await roomIn(parser);
    if (parser.destroyed) return;
  }
}

function roomIn(parser: ReturnType<typeof parse>): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      parser.off('drain', go).off('close', go);
      resolve();
    };
    parser.on('drain', go).on('close', go);
  });
}

function locate(header: readonly string[], columns: readonly ColumnRef[]): number[] {
  const faults: string[] = [];
  const places = columns.map((column) => {
    if (typeof column === 'number') {
      if (column > header.length) faults.push(`there is no column ${column}, the header has ${header.length}${shownOf(header)}`);
      return column - 1;
    }
    const place = header.indexOf(column);
    if (place < 0) faults.push(`there is no column "${column}"${nearest(column, header)}; there are${shownOf(header)}`);
    else if (header.lastIndexOf(column) !== place) {
      const at = header.flatMap((name, index) => (name === column ? [index + 1] : []));
      faults.push(`column "${column}" occurs ${at.length} times; name it by its place: ${at.join(' or ')}`);
    }
    return place;
  });
  if (faults.length > 0) throw new MappingFaults('the header of the file', faults);
  return places;
}

const MOST_SHOWN = 60;

const shownOf = (header: readonly string[]): string =>
  `: ${header
    .slice(0, MOST_SHOWN)
    .map((name) => JSON.stringify(name))
    .join(', ')}${header.length > MOST_SHOWN ? ` and ${header.length - MOST_SHOWN} more` : ''}`;

/** The column that differs in nothing but case, width or blanks. */
function nearest(column: string, header: readonly string[]): string {
  const bare = (name: string): string =>
    name
      .normalize('NFKC')
      .replace(/[\s\p{Cf}]/gu, '')
      .toLowerCase();
  const found = header.find((name) => bare(name) === bare(column));
  return found === undefined ? '' : ` (is ${JSON.stringify(found)} meant?)`;
}

const wrongWidth = (short: { line: number; fields: number }, width: number): RowOrFault => ({
  fault: { line: short.line, column: '', reason: 'record.field-count', detail: `${short.fields} fields, the header has ${width}` },
});

const cutAt = (line: number): RowOrFault => ({
  fault: { line, column: '', reason: CUT, detail: 'the file ends inside this record' },
});

const brokenRecord = (error: { code: string }, line: number): UnreadableFile =>
  new UnreadableFile(
    error.code === 'CSV_MAX_RECORD_SIZE'
      ? `the record that begins on line ${line} is longer than ${MAX_RECORD_BYTES} bytes; is a quote not closed?`
      : `the quoting of the record that begins on line ${line} is broken, so what follows cannot be split into records; does the source put something else than a second quote before a quote (file.escape)?`,
  );
