import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { v5 as uuidv5 } from 'uuid';
import { userIdOf } from '@touchline/commands/user-id.js';
import { canonicalJson } from '@touchline/event-store';
import { CaseRecorder } from './case-recorder.js';
import { Checkpoint } from './checkpoint.js';
import type { ImportServices } from './commands.js';
import { ImportCommands } from './commands.js';
import { Customers } from './customers.js';
import { MappingFaults, UnreadableFile } from './faults.js';
import { ImportedWords } from './imported-words.js';
import type { GroupedSource } from './group-cases.js';
import { DeferredSetup } from './deferred-setup.js';
import { groupCases } from './group-cases.js';
import { checkMapping } from './mapping/check-mapping.js';
import { parseMapping } from './mapping/read-mapping.js';
import type { Plan } from './plan.js';
import { hasPersonalReferences, makePlan } from './plan.js';
import { noteUserColumns, playbookOf, prepare } from './prepare.js';
import type { ImportProgress, Recording } from './record-cases.js';
import { recordCases } from './record-cases.js';
import { rehearsal } from './rehearsal.js';
import { Report } from './report.js';
import type { ImportSummary } from './summary.js';
import { summaryOf } from './summary.js';

export interface ImportOrder {
  /** Paths. */
  file: string;
  map: string;
  /** Folder of the joined files; default the source's own. */
  joins?: string;
  report: string;
  checkpoint: string;
  dryRun: boolean;
  /** Most cases under way at once. */
  atOnce: number;
  /** Ends the import after the cases under way. */
  signal: AbortSignal;
  progress: ImportProgress;
}

const RUNS = '0d9c6a52-3f0e-5b7a-8f4d-7d7c2e1b9a64';

/**
 * Imports a source: reads it to its end first, so that nothing is recorded of a file that cannot be read, then records it
 * case by case. Idempotent, and gone on with where it was cut short.
 * @throws MappingFaults, UnreadableFile, and then nothing was recorded
 */
export async function runImport(order: ImportOrder, services: ImportServices): Promise<ImportSummary> {
  const target = order.dryRun ? rehearsal(services) : services;
  const text = await readFile(order.map, 'utf8');
  const plan = await planOf(text, order, target);
  const report = new Report();
  let source: GroupedSource | null = null;
  try {
    const file = await stat(order.file);
    if (file.isDirectory()) throw new UnreadableFile(`${order.file} is a folder`);
    order.progress.begin('reading', file.size);
    source = await groupCases(plan, order.file, {
      faults: (faults) => report.add(faults),
      bytes: (count) => order.progress.advance(count),
      stopped: () => order.signal.aborted,
    });
    order.progress.end();
    if (source === null) return summaryOf(order, plan, null);
    const recording = await record(order, plan, source, { target, report, mapping: digestOf(text, plan) });
    const counted = recording.interrupted ? null : await report.write(order.report);
    return summaryOf(order, plan, { source, recording, report: counted });
  } finally {
    order.progress.end();
    await source?.dispose();
    await report.dispose();
  }
}

async function planOf(text: string, order: ImportOrder, target: ImportServices): Promise<Plan> {
  const mapping = parseMapping(order.map, text);
  const playbook = await playbookOf(mapping, order.map, target);
  const faults = checkMapping(mapping, playbook);
  if (faults.length > 0) throw new MappingFaults(order.map, faults);
  const plan = makePlan(mapping, playbook, (login) => userIdOf(mapping.tenant, login));
  noteUserColumns(mapping, plan.joins);
  for (const join of plan.joins) await join.load(order.joins ?? dirname(order.file));
  return plan;
}

/** Of all that says what becomes of a source. */
const digestOf = (text: string, { playbook, joins }: Plan): string =>
  createHash('sha256')
    .update(text)
    .update(canonicalJson(playbook))
    .update(joins.map(({ digest }) => digest).join())
    .digest('hex');

async function record(
  order: ImportOrder,
  plan: Plan,
  source: GroupedSource,
  { target, report, mapping }: { target: ImportServices; report: Report; mapping: string },
): Promise<Recording> {
  const { tenant, source: system } = plan.mapping;
  const { store } = target.services.deps.streams;
  // Derived from the source, so that a run that goes on with another one is the same run.
  const runId = uuidv5([tenant, system, source.digest].join('|'), RUNS);
  const commands = new ImportCommands(plan.mapping, target.identity.secret, runId, hasPersonalReferences(plan));
  const subject = { version: 2, tenant, source: system, file: source.digest, mapping, logId: await store.logId() } as const;
  const checkpoint = order.dryRun ? null : await Checkpoint.open(order.checkpoint, subject, store);
  const recorder = new DeferredSetup(
    (services) => {
      const words = new ImportedWords(services, commands, plan.mapping.words === 'add', plan.playbook);
      return new CaseRecorder(services, commands, new Customers(services, commands, plan), plan, words);
    },
    (services) => prepare(plan, order.map, services, commands),
    target,
  );
  const recording = await recordCases(source, recorder, { ...order, report, checkpoint });
  if (!recording.interrupted) await checkpoint?.remove();
  return { ...recording, created: recorder.created };
}
