const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Tells which line a byte of a stream stands on. Holds only the chunks that were not yet asked about. */
export class LineOffsets {
  private readonly chunks: Uint8Array[] = [];
  /** Offset of the first byte held, and the number of line breaks before it. */
  private offset = 0;
  private breaks = 0;
  private readonly lineBreak: number;
  private last: number;

  /** `isCr` where lines end in CR alone. */
  constructor(isCr = false) {
    this.lineBreak = isCr ? RETURN : NEWLINE;
    this.last = this.lineBreak;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.chunks.push(chunk);
    this.last = chunk[chunk.length - 1]!;
  }

  /** Line, from 1, of the byte at `offset`; offsets must not go back. */
  lineAt(offset: number): number {
    for (let first = this.chunks[0]; first !== undefined && this.offset < offset; first = this.chunks[0]) {
      const taken = Math.min(offset - this.offset, first.length);
      for (let at = first.indexOf(this.lineBreak); at >= 0 && at < taken; at = first.indexOf(this.lineBreak, at + 1)) this.breaks += 1;
      if (taken === first.length) this.chunks.shift();
      else this.chunks[0] = first.subarray(taken);
      this.offset += taken;
    }
    return this.breaks + 1;
  }

  get endsInNewline(): boolean {
    return this.last === this.lineBreak;
  }
}
