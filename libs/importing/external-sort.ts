import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Memory that one sort may hold before it writes a run to disk, in characters of JSON. */
const DEFAULT_BUDGET = 16 * 1024 * 1024;
/** Items that are written, and given out, together. */
const AT_A_TIME = 256;

/**
 * Sorts more than memory holds: sorted runs go to a private temporary folder and are merged on reading. Items are plain
 * JSON. What was not read to its end is cleared by `dispose`.
 */
export class ExternalSort<T> {
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

  /** In order, some at a time. */
  async *sorted(): AsyncGenerator<T[], void, undefined> {
    // What is read takes its time, and lies on disk meanwhile where the rest does.
    if (this.runs.length > 0) await this.spill();
    this.items.sort(this.compare);
    const heads: Head<T>[] = [];
    for (const source of [...this.runs.map((path) => readRun<T>(path)), fromMemory(this.items)])
      await advance(heads, { items: [], at: 0, source }, this.compare);
    let some: T[] = [];
    for (let next = heads.shift(); next !== undefined; next = heads.shift()) {
      some.push(next.items[next.at]!);
      next.at += 1;
      if (next.at < next.items.length) place(heads, next, this.compare);
      else await advance(heads, next, this.compare);
      if (some.length < AT_A_TIME) continue;
      yield some;
      some = [];
    }
    yield some;
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

/** In pieces of some size, each of which is written at once. */
function* asLines(items: readonly unknown[]): Generator<string> {
  for (let first = 0; first < items.length; first += AT_A_TIME)
    yield items
      .slice(first, first + AT_A_TIME)
      .map((item) => `${JSON.stringify(item)}\n`)
      .join('');
}

async function* readRun<T>(path: string): AsyncGenerator<T[], void, undefined> {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    // Lines are JSON, and so are all of them between brackets.
    if (lines.length > 0) yield JSON.parse(`[${lines.join(',')}]`) as T[];
  }
}

async function* fromMemory<T>(items: readonly T[]): AsyncGenerator<readonly T[], void, undefined> {
  yield items;
}

/** A source with its items that were read, of which those before `at` are given out. */
interface Head<T> {
  items: readonly T[];
  at: number;
  source: AsyncIterator<readonly T[]>;
}

/** Puts a source's next item among the heads. */
async function advance<T>(heads: Head<T>[], head: Head<T>, compare: (a: T, b: T) => number): Promise<void> {
  while (head.at === head.items.length) {
    const next = await head.source.next();
    if (next.done === true) return;
    head.items = next.value;
    head.at = 0;
  }
  place(heads, head, compare);
}

/** The heads stay in order of their next items; few runs make a linear search the simplest. */
function place<T>(heads: Head<T>[], head: Head<T>, compare: (a: T, b: T) => number): void {
  const item = head.items[head.at]!;
  const at = heads.findIndex((other) => compare(item, other.items[other.at]!) < 0);
  heads.splice(at < 0 ? heads.length : at, 0, head);
}
