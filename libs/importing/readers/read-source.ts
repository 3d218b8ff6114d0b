import type { Encoding } from './bytes.js';
import { utf8Chunks } from './bytes.js';
import type { CsvOptions } from './csv.js';
import { csvReader } from './csv.js';
import { jsonlReader } from './jsonl.js';
import type { ColumnRef, Reader, RowOrFault } from './reader.js';
import { xesReader } from './xes.js';

export const FORMATS = ['csv', 'jsonl', 'xes'] as const;
export type Format = (typeof FORMATS)[number];

/** How a file is to be read; nothing is sniffed. */
export interface SourceFormat extends CsvOptions {
  format: Format;
  encoding?: Encoding;
}

const READERS: Readonly<Record<Format, (options: SourceFormat) => Reader>> = {
  csv: csvReader,
  jsonl: () => jsonlReader,
  xes: () => xesReader,
};

/** The records of a file in its order, with only the columns asked for; faults in their places. */
export const readSource = (
  path: string,
  format: SourceFormat,
  columns: readonly ColumnRef[],
  onChunk?: (chunk: Uint8Array) => void,
): AsyncGenerator<RowOrFault> => READERS[format.format](format)(utf8Chunks(path, format.encoding ?? 'utf-8', onChunk), columns);
