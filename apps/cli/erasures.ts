import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { inTransaction } from '@touchline/postgres';
import type { ErasureEntry } from '@touchline/sealing';
import { eraseAgain, erasureLedger } from '@touchline/sealing';
import { EXIT } from './exit.js';
import { withDatabase } from './platform.js';

/** A file that is no ledger of erasures, or not a whole one. */
export class UnusableLedger extends Error {
  override readonly name = 'UnusableLedger';
}

export function addErasures(program: Command): void {
  const erasures = program
    .command('erasures')
    .summary('who was erased, kept for the day a backup is restored')
    .description(
      'The ledger of erasures: ids, days and words of a list, nothing personal. An older backup put back would bring people back.',
    );
  erasures
    .command('export')
    .description('Writes whoever was erased so far to a file, to be kept outside the database.')
    .requiredOption('--out <file>', 'a new file')
    .action(async ({ out }: { out: string }) => {
      await withDatabase(({ pool }) =>
        pipeline(ledgerText(erasureLedger(pool)), createWriteStream(out, { flags: 'wx', mode: 0o600, flush: true })),
      );
      process.exitCode = EXIT.done;
    });
  erasures
    .command('apply')
    .description('Erases whoever the ledger names again, and has the platform tell the log of it: for a log that was set back.')
    .argument('<file>', 'what touchline erasures export wrote')
    .action(async (file: string) => {
      const { keys, told } = await withDatabase(({ pool }) =>
        inTransaction(pool, (client) => eraseAgain(client, readLedger(file), { tellAll: true })),
      );
      process.stdout.write(`${keys} keys destroyed; the log will be told of ${told} erasures\n`);
      process.exitCode = EXIT.done;
    });
}

const END = 'end of the ledger';

async function* ledgerText(entries: AsyncIterable<ErasureEntry>): AsyncGenerator<string> {
  for await (const entry of entries) yield `${JSON.stringify(entry)}\n`;
  yield `${JSON.stringify({ kind: END })}\n`;
}

/** Its entries; none without a file. @throws UnusableLedger where a line is none, or the end is missing */
export async function* readLedger(file: string | null): AsyncGenerator<ErasureEntry> {
  if (file === null) return;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const entry = parsed(file, line);
    if (entry.kind === END) return;
    if (entry.kind !== 'key' && entry.kind !== 'erasure') throw new UnusableLedger(`${file} is no ledger of erasures`);
    yield entry as ErasureEntry;
  }
  throw new UnusableLedger(`${file} is cut short`);
}

function parsed(file: string, line: string): { kind?: unknown } {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? entry : {};
  } catch {
    throw new UnusableLedger(`${file} is no ledger of erasures, or was cut short`);
  }
}
