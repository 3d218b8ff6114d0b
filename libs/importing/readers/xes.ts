import { SaxesParser } from 'saxes';
import { UnreadableFile } from '../faults.js';
import type { ColumnRef, Reader, RowOrFault } from './reader.js';
import { CUT, CutShort, MAX_RECORD_BYTES } from './reader.js';

const VALUES = new Set(['string', 'date', 'int', 'float', 'boolean', 'id']);

/**
 * XES (IEEE 1849): one record an event. Columns are the keys of its attributes, such as `concept:name` and
 * `time:timestamp`; those of its trace come with `case:` before them. Nested and list attributes are left out.
 */
export const xesReader: Reader = async function* (chunks, columns) {
  const found: RowOrFault[] = [];
  const events = new EventCollector(columns, found);
  const parser = new SaxesParser({ position: true });
  let failed: Error | undefined;
  parser.on('opentag', (tag) => events.open(tag.name, tag.attributes as Record<string, string>, parser.line));
  parser.on('closetag', (tag) => events.close(tag.name));
  parser.on('error', (error) => (failed ??= error));

  const decoder = new TextDecoder();
  let cut = false;
  let pending = 0;
  try {
    for await (const chunk of chunks) {
      parser.write(decoder.decode(chunk, { stream: true }));
      pending = found.length > 0 ? 0 : pending + chunk.length;
      yield* found.splice(0);
      if (failed !== undefined) throw new UnreadableFile(`the XML is broken: ${failed.message}`);
      if (pending > 16 * MAX_RECORD_BYTES) throw new UnreadableFile(`no event ends within ${pending} bytes at line ${parser.line}`);
    }
  } catch (error) {
    if (!(error instanceof CutShort)) throw error;
    cut = true;
  }
  // What an unfinished document still lacks at its end is a cut, not broken XML.
  if (cut || !events.ended)
    yield { fault: { line: events.line ?? parser.line, column: '', reason: CUT, detail: 'the file ends before the log does' } };
};

/** Gathers the attributes of one event at a time; a trace's own are kept until the trace ends. */
class EventCollector {
  ended = false;
  /** Line of the event that is open. */
  line: number | undefined;
  private trace = new Map<string, string>();
  private event = new Map<string, string>();
  private readonly path: string[] = [];

  constructor(
    private readonly columns: readonly ColumnRef[],
    private readonly found: RowOrFault[],
  ) {}

  open(name: string, attributes: Readonly<Record<string, string>>, line: number): void {
    const parent = this.path.at(-1);
    this.path.push(name);
    if (name === 'trace') this.trace = new Map();
    else if (name === 'event') {
      this.event = new Map();
      this.line = line;
    } else if (VALUES.has(name) && (parent === 'trace' || parent === 'event')) {
      const { key = '', value = '' } = attributes;
      if (parent === 'trace') this.trace.set(`case:${key}`, value);
      else this.event.set(key, value);
    }
  }

  close(name: string): void {
    this.path.pop();
    if (name === 'log') this.ended = true;
    if (name !== 'event' || this.line === undefined) return;
    const cells = this.columns.map((column) => this.event.get(String(column)) ?? this.trace.get(String(column)) ?? null);
    this.found.push({ line: this.line, cells });
    this.line = undefined;
  }
}
