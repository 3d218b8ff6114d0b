const NEWLINE = 0x0a;
/** A line longer than this is looked through no more than this far back. */
const MOST_HELD = 1024 * 1024;

/**
 * Tells where in a stream the bytes stand that are no text of its encoding. Since a decoder keeps what is left of a
 * character for itself, the bytes from the last line break on are held, and decoded once more, one after the other.
 */
export class UndecodedBytes {
  private held: Uint8Array[] = [];
  private heldBytes = 0;
  private offset = 0;
  private lines = 0;
  private readonly unit: number;

  constructor(private readonly encoding: string) {
    this.unit = encoding.startsWith('utf-16') ? 2 : 1;
  }

  /** These bytes were decoded. */
  passed(chunk: Uint8Array): void {
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) this.lines += 1;
    const end = chunk.lastIndexOf(NEWLINE);
    // In no encoding of one byte or more is a line break part of another character; in those of two it is.
    if (this.unit === 1 && end >= 0) {
      this.offset += this.heldBytes + end + 1;
      this.hold(chunk.subarray(end + 1), true);
    } else this.hold(chunk);
    while (this.heldBytes > MOST_HELD && this.held.length > 1) {
      const dropped = this.held.shift()?.length ?? 0;
      this.offset += dropped;
      this.heldBytes -= dropped;
    }
  }

  /** Where the first byte stands that cannot be decoded: in this chunk, or at the end of what passed. */
  faultIn(chunk: Uint8Array = new Uint8Array()): string {
    const bytes = Buffer.concat([...this.held, chunk]);
    const at = firstUndecoded(bytes, this.encoding, this.offset > 0);
    const value = bytes[at];
    let line = this.lines + 1;
    for (let found = bytes.indexOf(NEWLINE, this.heldBytes); found >= 0 && found < at; found = bytes.indexOf(NEWLINE, found + 1)) line += 1;
    const shown = value === undefined ? 'the end' : `0x${value.toString(16).padStart(2, '0')}`;
    return `${shown} at byte ${this.offset + at} (line ${line}) is no part of such a text`;
  }

  private hold(bytes: Uint8Array, alone = false): void {
    if (alone) [this.held, this.heldBytes] = [[], 0];
    if (bytes.length === 0) return;
    this.held.push(bytes);
    this.heldBytes += bytes.length;
  }
}

/** Offset of the first byte of the first character that is none. */
function firstUndecoded(bytes: Uint8Array, encoding: string, ignoreBOM: boolean): number {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM });
  let start = 0;
  try {
    for (let at = 0; at < bytes.length; at += 1) if (decoder.decode(bytes.subarray(at, at + 1), { stream: true }) !== '') start = at + 1;
    decoder.decode();
  } catch {
    return start;
  }
  return bytes.length;
}
