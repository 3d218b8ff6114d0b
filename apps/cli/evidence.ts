import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, unlink, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { makeEvidence } from '@touchline/audit/evidence/make-evidence.js';
import { EvidenceFault, verifyEvidence } from '@touchline/audit/evidence/verify-evidence.js';
import { execute } from '@touchline/commands/execute.js';
import type { RecordedEvent } from '@touchline/core';
import type { Platform } from '@touchline/platform/platform.js';
import { streamsOfCustomer } from '@touchline/projections/customer-streams/streams-of-customer.js';
import { waitFor } from '@touchline/subscriptions';
import { EXIT } from './exit.js';
import { withPlatform } from './platform.js';

interface ExportOptions {
  tenant: string;
  customer: string;
  out: string;
  openedFor?: string;
}

const PUBLIC_KEY = 'the public key as the platform publishes it (GET /log/keys), known from elsewhere';

export function addEvidence(program: Command): void {
  const evidence = program
    .command('evidence')
    .summary("one customer's history with its proofs")
    .description("One customer's history with its proofs, as a file that is checked without this platform (docs/proof.md).");
  evidence
    .command('export')
    .description('Signs the log as it stands and writes the history of a customer, with its proofs, to a file.')
    .requiredOption('--tenant <group>', 'the group')
    .requiredOption('--customer <id>', 'the customer')
    .requiredOption('--out <file>', 'where to write it')
    .option('--opened-for <reason>', 'with the personal fields in clear too; the look and its reason are recorded')
    .action(async (options: ExportOptions) => {
      process.exitCode = await withPlatform((platform) => exportEvidence(platform, options));
    });
  evidence
    .command('verify')
    .description('Checks an evidence file. Needs neither server nor database. Exit codes: 0 it holds, 3 it does not, 2 no such file.')
    .argument('<file>', 'the evidence')
    .option('--key <hex>', PUBLIC_KEY)
    .action(async (file: string, { key }: { key?: string }) => {
      process.exitCode = await verify(file, key);
    });
  evidence
    .command('verifier')
    .description('Writes the offline verifier, one file that needs nothing but Node: node verify-evidence.mjs FILE [KEY].')
    .requiredOption('--out <file>', 'where to write it, such as verify-evidence.mjs')
    .action(async ({ out }: { out: string }) => {
      const source = fileURLToPath(import.meta.resolve('../../libs/audit/evidence/verify-evidence.js'));
      await writeFile(out, await readFile(source));
    });
}

async function exportEvidence(platform: Platform, { tenant, customer, out, openedFor }: ExportOptions): Promise<number> {
  const { pool, store, registry, logHeads, clock, services } = platform;
  if (openedFor !== undefined && !(await isRevealed(platform, tenant, customer, openedFor))) return noSuchCustomer(tenant, customer);
  await untilShown(platform);
  const query = async <Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> =>
    (await pool.query<Row>(text, [...values])).rows;
  const streams = await streamsOfCustomer(query, { tenant, customer, sites: 'all' });
  if (streams.length === 0) return noSuchCustomer(tenant, customer);
  const order = {
    ...{ tenant, customer, sites: 'all' as const, streams, by: 'system touchline-cli', at: await clock.now() },
    ...(openedFor !== undefined && { open: (events: readonly RecordedEvent[]) => services.open(events) }),
  };
  const lines = await makeEvidence({ store, registry, logHeads }, order);
  try {
    await pipeline(lines, createWriteStream(out, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await unlink(out).catch(() => undefined);
    throw error;
  }
  process.stderr.write(`${out}: ${streams.length} streams; key ${logHeads.keys.current.publicKey}\n`);
  return EXIT.done;
}

const SHOWN_WITHIN_MS = 10_000;

/** The look is recorded before anything is opened (domain §13.2), and is part of the history that is exported. */
async function isRevealed(platform: Platform, tenant: string, customerId: string, reason: string): Promise<boolean> {
  const commandId = randomUUID();
  const actor = { kind: 'system', id: 'touchline-cli' } as const;
  const metadata = { tenant, sites: 'all' as const, actor, commandId, requestHash: '', correlationId: commandId, causationId: commandId };
  const look = { customerId, fields: ['name', 'phones', 'details'], reason };
  const outcome = await execute(platform.services, 'personal-data-revealed', look, metadata);
  return outcome.kind === 'recorded';
}

/** Which streams are a customer's, a read model says: it must have come as far as the log, or something would be left out. */
async function untilShown({ store, checkpoints, notifications }: Platform): Promise<void> {
  const head = await store.head();
  if (head === null) return;
  const reached = await waitFor({ store, checkpoints, notifications }, 'customer-streams', head, SHOWN_WITHIN_MS);
  if (!reached.reached)
    throw new Error(`the read model customer-streams is ${reached.lag.events} events behind the log; is a projector running?`);
}

function noSuchCustomer(tenant: string, customer: string): number {
  process.stderr.write(`the group ${tenant} has no customer ${customer}\n`);
  return EXIT.unusable;
}

async function verify(file: string, key?: string): Promise<number> {
  const bytes = await readFile(file);
  try {
    const { header, events, summary } = verifyEvidence(bytes, key);
    process.stdout.write(`${summary.join('\n')}\n\nThe evidence holds: ${events} events in ${header.streams.length} streams.\n`);
    if (key === undefined)
      process.stdout.write(`It is signed with ${header.publicKey}: compare that with the key the platform publishes.\n`);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof EvidenceFault)) throw error;
    process.stdout.write(`The evidence does not hold: ${error.message}\n`);
    return EXIT.reported;
  }
}
