import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linesOf } from './readers/lines.js';

/** Memory that one sort may hold before it writes a run to disk, in characters of JSON. */
const DEFAULT_BUDGET = 32 * 1024 * 1024;

/**
 * Sorts more than memory holds: sorted runs go to a private temporary folder and are merged on reading. Items are plain
 * JSON. What was not read to its end is cleared by `dispose`.
 */
export class SpillSort<T> {
  private items: T[] = [];
  private held = 0;
  private readonly runs: string[] = [];
  private folder: string | undefined;

  constructor(
    private readonly compare: (a: T, b: T) => number,
    private readonly sizeOf: (item: T) => number,
    private readonly budget = DEFAULT_BUDGET,
  ) {}

  async add(item: T): Promise<void> {
    this.items.push(item);
    this.held += this.sizeOf(item);
    if (this.held >= this.budget) await this.spill();
  }

  async *sorted(): AsyncGenerator<T, void, undefined> {
    this.items.sort(this.compare);
    const sources = [...this.runs.map((path) => readRun<T>(path)), fromMemory(this.items)];
    const heads: { item: T; source: AsyncIterator<T> }[] = [];
    for (const source of sources) await advance(heads, source, this.compare);
    for (let next = heads.shift(); next !== undefined; next = heads.shift()) {
      yield next.item;
      await advance(heads, next.source, this.compare);
    }
  }

  async dispose(): Promise<void> {
    this.items = [];
    if (this.folder !== undefined) await rm(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }

  private async spill(): Promise<void> {
    // Readable by nobody else: the source may hold personal data.
    this.folder ??= await mkdtemp(join(tmpdir(), 'touchline-import-'));
    const path = join(this.folder, `${this.runs.length}.jsonl`);
    this.items.sort(this.compare);
    await writeFile(path, asLines(this.items), { mode: 0o600 });
    this.runs.push(path);
    this.items = [];
    this.held = 0;
  }
}

function* asLines(items: readonly unknown[]): Generator<string> {
  for (const item of items) yield `${JSON.stringify(item)}\n`;
}

async function* readRun<T>(path: string): AsyncGenerator<T, void, undefined> {
  for await (const { text } of linesOf(createReadStream(path) as AsyncIterable<Uint8Array>, Infinity)) yield JSON.parse(text) as T;
}

async function* fromMemory<T>(items: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* items;
}

/** Puts a source's next item among the heads, which stay in order; few runs make a linear search the simplest. */
async function advance<T>(
  heads: { item: T; source: AsyncIterator<T> }[],
  source: AsyncIterator<T>,
  compare: (a: T, b: T) => number,
): Promise<void> {
  const next = await source.next();
  if (next.done === true) return;
  const at = heads.findIndex((head) => compare(next.value, head.item) < 0);
  heads.splice(at < 0 ? heads.length : at, 0, { item: next.value, source });
}
