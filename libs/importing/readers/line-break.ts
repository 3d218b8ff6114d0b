import { MAX_RECORD_BYTES } from './reader.js';

const CR = 0x0d;
const LF = 0x0a;

/**
 * How the lines of a CSV file end: in CR alone where its header does, as old spreadsheets write it, else in LF or CR LF.
 * Gives the chunks back unchanged.
 */
export async function lineBreakOf(
  chunks: AsyncIterable<Uint8Array>,
  quote: string | null,
): Promise<{ isCr: boolean; chunks: AsyncGenerator<Uint8Array> }> {
  const read = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  const scan = new HeaderScan(quote);
  let [bytes, failure]: [number, { error: unknown } | undefined] = [0, undefined];
  while (scan.found === undefined && bytes < MAX_RECORD_BYTES) {
    const next = await read.next().catch((error: unknown) => {
      failure = { error };
      return { done: true, value: undefined } as const;
    });
    if (next.done === true) break;
    first.push(next.value);
    bytes += next.value.length;
    scan.push(next.value);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* first;
    if (failure !== undefined) throw failure.error;
    for (let next = await read.next(); next.done !== true; next = await read.next()) yield next.value;
  }
  return { isCr: scan.found === 'cr' || scan.endsInCr, chunks: all() };
}

/** Looks for the first line break outside quotes. */
class HeaderScan {
  found: 'cr' | 'lf' | undefined;
  private quoted = false;
  private afterCr = false;
  private readonly quote: number | undefined;

  constructor(quote: string | null) {
    this.quote = quote?.charCodeAt(0);
  }

  /** A header alone, whose CR nothing follows. */
  get endsInCr(): boolean {
    return this.found === undefined && this.afterCr;
  }

  push(chunk: Uint8Array): void {
    for (const byte of chunk) {
      if (this.afterCr) this.found = byte === LF ? 'lf' : 'cr';
      else if (byte === this.quote) this.quoted = !this.quoted;
      else if (!this.quoted && byte === LF) this.found = 'lf';
      else if (!this.quoted && byte === CR) this.afterCr = true;
      if (this.found !== undefined) return;
    }
  }
}
