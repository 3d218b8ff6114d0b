import { UnreadableFile } from '../faults.js';
import { TruncatedInput, MAX_RECORD_BYTES } from './reader.js';

export interface Line {
  number: number;
  text: string;
  /** False for a last line without a line break. */
  ended: boolean;
}

/**
 * Lines of a UTF-8 stream, without their breaks. After a compressed stream that ends too early comes what there is of
 * its last line, not ended.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, maxLength = MAX_RECORD_BYTES): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let rest = '';
  let number = 0;
  try {
    for await (const chunk of chunks) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) yield { number: ++number, text: part.endsWith('\r') ? part.slice(0, -1) : part, ended: true };
      if (rest.length > maxLength) throw new UnreadableFile(`line ${number + 1} is longer than ${maxLength} characters`);
    }
  } catch (error) {
    if (!(error instanceof TruncatedInput)) throw error;
    yield { number: number + 1, text: rest, ended: false };
    return;
  }
  if (rest !== '') yield { number: number + 1, text: rest, ended: false };
}
