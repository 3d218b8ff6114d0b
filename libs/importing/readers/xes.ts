import { SaxesParser } from 'saxes';
import { UnreadableFile } from '../faults.js';
import type { ColumnRef, Reader, RowOrFault } from './reader.js';
import { CUT, TruncatedInput, MAX_RECORD_BYTES } from './reader.js';
import { xesText } from './xes-text.js';

const VALUES = new Set(['string', 'date', 'int', 'float', 'boolean', 'id']);
/** Most events of one trace, which are held until it ends. */
const MAX_TRACE_EVENTS = 100_000;
/** Most that the values of one trace hold, in characters: a small packed file may unpack to anything. */
const MAX_TRACE_CHARACTERS = 64 * MAX_RECORD_BYTES;

/**
 * XES (IEEE 1849): one record an event. Columns are the keys of its attributes, such as `concept:name` and
 * `time:timestamp`; those of its trace come with `case:` before them, wherever they stand in it. Nested and list attributes
 * are left out, and so is any namespace prefix.
 */
export const xesReader: Reader = async function* (chunks, columns) {
  const found: RowOrFault[] = [];
  const events = new EventCollector(columns, found);
  const parser = new SaxesParser({ position: true });
  let failed: Error | undefined;
  const place = (): string => `line ${parser.line}, column ${parser.column}`;
  parser.on('opentag', (tag) => {
    failed ??= events.open(localName(tag.name), tag.attributes as Record<string, string>, parser.line, place);
  });
  parser.on('closetag', (tag) => events.close(localName(tag.name)));
  // Its message begins with the line and the column.
  parser.on('error', (error) => (failed ??= new UnreadableFile(`this is no XES, or broken XML: ${error.message}`)));

  const decoder = new TextDecoder();
  let cut = false;
  let [pending, seen] = [0, 0];
  try {
    for await (const chunk of chunks) {
      const text = decoder.decode(chunk, { stream: true });
      // The parser would tell where such a text ends.
      if (!events.started && parser.position === 0 && /^\s*[^<\s]/.test(text)) throw noMarkup(text);
      parser.write(text);
      pending = events.count > seen ? 0 : pending + chunk.length;
      seen = events.count;
      if (failed !== undefined) throw failed;
      yield* found.splice(0);
      if (pending > 16 * MAX_RECORD_BYTES) throw new UnreadableFile(`no event ends within ${pending} bytes at line ${parser.line}`);
    }
  } catch (error) {
    if (!(error instanceof TruncatedInput)) throw error;
    cut = true;
  }
  if (!events.started) throw new UnreadableFile(`this is no XES: it ends at ${place()} without a <log>`);
  // What an unfinished document still lacks at its end is a cut, not broken XML.
  if (!cut && events.ended) return;
  events.endTrace();
  yield* found.splice(0);
  yield { fault: { line: events.line ?? parser.line, column: '', reason: CUT, detail: 'the file ends before the log does' } };
};

function noMarkup(text: string): UnreadableFile {
  const blank = /^\s*/.exec(text)?.[0] ?? '';
  const line = blank.split('\n').length;
  return new UnreadableFile(`this is no XES: line ${line}, column ${blank.length - blank.lastIndexOf('\n')} is text, where a <log> begins`);
}

/** `x:event` of whatever namespace is an event: programs write the prefix they please. */
const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Gathers the attributes of one event at a time; a trace's events are held until it ends, and with it all it says itself. */
class EventCollector {
  started = false;
  ended = false;
  count = 0;
  /** Line of the event that is open. */
  line: number | undefined;
  private trace = new Map<string, string>();
  private event = new Map<string, string>();
  private held: { line: number; event: Map<string, string> }[] = [];
  private characters = 0;
  private readonly path: string[] = [];
  private readonly names: readonly string[];

  constructor(
    columns: readonly ColumnRef[],
    private readonly found: RowOrFault[],
  ) {
    this.names = columns.map(String);
  }

  /** What makes the file unreadable, if anything. */
  open(name: string, attributes: Readonly<Record<string, string>>, line: number, place: () => string): UnreadableFile | undefined {
    const parent = this.path.at(-1);
    this.path.push(name);
    if (parent === undefined) {
      if (name !== 'log') return new UnreadableFile(`this is no XES: ${place()} has <${name}>, where a <log> begins`);
      this.started = true;
    } else if (name === 'trace') this.trace = new Map();
    else if (name === 'event') {
      this.event = new Map();
      this.line = line;
    } else if (VALUES.has(name) && (parent === 'trace' || parent === 'event')) this.note(parent, name, attributes);
    if (this.characters > MAX_TRACE_CHARACTERS)
      return new UnreadableFile(`the values of the trace at ${place()} have more than ${MAX_TRACE_CHARACTERS} characters`);
    return this.held.length > MAX_TRACE_EVENTS
      ? new UnreadableFile(`the trace at ${place()} has more than ${MAX_TRACE_EVENTS} events`)
      : undefined;
  }

  close(name: string): void {
    this.path.pop();
    if (name === 'log') this.ended = true;
    else if (name === 'trace') this.endTrace();
    else if (name === 'event' && this.line !== undefined) {
      this.count += 1;
      this.held.push({ line: this.line, event: this.event });
      this.line = undefined;
      // An event of the log itself belongs to no trace.
      if (this.path.at(-1) === 'log') this.endTrace();
    }
  }

  endTrace(): void {
    for (const { line, event } of this.held)
      this.found.push({ line, cells: this.names.map((name) => event.get(name) ?? this.trace.get(name) ?? null) });
    this.held = [];
    this.characters = 0;
    this.trace = new Map();
  }

  private note(parent: 'trace' | 'event', type: string, { key = '', value = '' }: Readonly<Record<string, string>>): void {
    const name = parent === 'trace' ? `case:${key}` : key;
    if (!this.names.includes(name)) return;
    this.characters += value.length;
    (parent === 'trace' ? this.trace : this.event).set(name, xesText(type, value));
  }
}
