import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UnreadableFile } from '../faults.js';
import { TruncatedInput } from './reader.js';
import { UndecodedBytes } from './undecoded-bytes.js';

/** Encodings a source may be in, all of the platform's; gb18030 covers GBK and GB 2312. */
export const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'gb18030',
  'gbk',
  'big5',
  'shift_jis',
  'euc-jp',
  'euc-kr',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'iso-8859-1',
  'iso-8859-2',
  'iso-8859-15',
] as const;
export type Encoding = (typeof ENCODINGS)[number];

/**
 * The bytes of a file, unpacked if it ends in `.gz`, as UTF-8 without a byte order mark. `onChunk` is shown
 * the bytes of the file itself, for its digest and the progress bar.
 * @throws UnreadableFile where the text is not in this encoding; TruncatedInput where the packed stream ends too early
 */
export async function* utf8Chunks(path: string, encoding: Encoding, onChunk?: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path) as AsyncIterable<Uint8Array>;
  const chunks = shown(file, onChunk);
  yield* decoded(path.endsWith('.gz') ? gunzip(chunks) : chunks, encoding);
}

async function* shown(file: AsyncIterable<Uint8Array>, onChunk?: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of file) {
    onChunk?.(chunk);
    yield chunk;
  }
}

async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unzip = createGunzip();
  const file = Readable.from(chunks, { objectMode: false });
  file.on('error', (error) => unzip.destroy(error));
  const unpacked = file.pipe(unzip);
  // An error drops what the stream still holds, so chunks are taken as they come.
  try {
    for await (const chunk of unpacked as AsyncIterable<Uint8Array>) yield chunk;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR') throw new TruncatedInput('the compressed file ends too early');
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw new UnreadableFile('this is no gzip file, or a damaged one');
    throw error;
  }
}

async function* decoded(chunks: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const encoder = new TextEncoder();
  const undecoded = new UndecodedBytes(encoding);
  const decode = (chunk?: Uint8Array): Uint8Array => {
    try {
      return encoder.encode(decoder.decode(chunk, { stream: chunk !== undefined }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
      throw new UnreadableFile(`the file is not ${encoding}: ${undecoded.faultIn(chunk)}; set file.encoding in the mapping`);
    }
  };
  let cut: TruncatedInput | undefined;
  try {
    for await (const chunk of chunks) {
      yield decode(chunk);
      undecoded.passed(chunk);
    }
  } catch (error) {
    if (!(error instanceof TruncatedInput)) throw error;
    cut = error;
  }
  // A character that stops half-way is part of the cut, where the file was cut.
  if (cut !== undefined) throw cut;
  yield decode();
}
