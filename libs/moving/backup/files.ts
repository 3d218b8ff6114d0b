import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { BackedUpFile } from './manifest.js';
import { UnusableBackup } from './manifest.js';

type Chunks = AsyncIterable<Buffer>;

/** Counts and digests what passes through. */
class Meter {
  bytes = 0;
  private readonly digest = createHash('sha256');

  constructor(private readonly onBytes: (bytes: number) => void = () => undefined) {}

  readonly through = async function* (this: Meter, chunks: Chunks): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.digest.update(chunk);
      this.bytes += chunk.length;
      this.onBytes(chunk.length);
      yield chunk;
    }
  }.bind(this);

  sha256(): string {
    return this.digest.digest('hex');
  }
}

/** Compresses into a new file, which is on the disk when this returns. Readable by its owner alone: it holds keys. */
export async function writeFileOf(
  folder: string,
  file: string,
  source: Readable | AsyncIterable<string>,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<BackedUpFile> {
  const meter = new Meter();
  async function* counted(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      onBytes(bytes.length);
      yield bytes;
    }
  }
  // The fastest level: what is gained by more is little, and a snapshot is held meanwhile.
  const sink = createWriteStream(join(folder, file), { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(source, counted, createGzip({ level: 1 }), (chunks: Chunks) => meter.through(chunks), sink);
  return { file, bytes: meter.bytes, sha256: meter.sha256() };
}

/** @throws UnusableBackup where the file is missing, cut short or changed */
export async function checkFile(folder: string, expected: BackedUpFile, onBytes: (bytes: number) => void = () => undefined): Promise<void> {
  const meter = new Meter(onBytes);
  try {
    await pipeline(
      createReadStream(join(folder, expected.file)),
      (chunks: Chunks) => meter.through(chunks),
      new Writable({ write: (_chunk, _encoding, done) => done() }),
    );
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new UnusableBackup(`${expected.file} is missing`) : error;
  }
  assertSame(expected, meter);
}

/** Hands the contents of a file on, and fails in the end where they are not what was backed up. */
export async function readFileOf(
  folder: string,
  expected: BackedUpFile,
  sink: NodeJS.WritableStream,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const meter = new Meter(onBytes);
  await pipeline(createReadStream(join(folder, expected.file)), (chunks: Chunks) => meter.through(chunks), createGunzip(), sink);
  assertSame(expected, meter);
}

/** The lines of a file of the backup. */
export async function* linesOf(folder: string, expected: BackedUpFile): AsyncGenerator<string> {
  let rest = '';
  const texts = createReadStream(join(folder, expected.file)).pipe(createGunzip()).setEncoding('utf8');
  for await (const text of texts as AsyncIterable<string>) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function assertSame(expected: BackedUpFile, meter: Meter): void {
  if (meter.bytes < expected.bytes) throw new UnusableBackup(`${expected.file} is cut short: ${meter.bytes} of ${expected.bytes} bytes`);
  if (meter.sha256() !== expected.sha256) throw new UnusableBackup(`${expected.file} was changed since it was made`);
}
