import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { JsonObject, Position } from '@touchline/core';
import type { EventStore } from '@touchline/event-store';
import { canonicalJson } from '@touchline/event-store';
import type { Fault } from './faults.js';
import type { CaseEffects, CaseOutcome, FactCounts } from './case-outcome.js';
import { addCounts, noEffects, noFacts } from './case-outcome.js';

/** What an import is of: a checkpoint of anything else is none. */
export interface CheckpointSubject extends JsonObject {
  version: 2;
  tenant: string;
  source: string;
  /** SHA-256 of the source, and of all that says what becomes of it. */
  file: string;
  mapping: string;
  logId: string;
}

/** What came of the cases so far; they stand in the order of their keys, so their number says which. */
export interface Progress {
  cases: number;
  facts: FactCounts;
  effects: CaseEffects;
  deviations: Record<string, number>;
  /** The event furthest in the log that these cases recorded or found (ADR 0001). */
  last: { position: Position; eventId: string } | null;
}

interface Entry {
  progress: Progress;
  /** Since the entry before. */
  faults: Fault[];
}

export const noProgress = (): Progress => ({
  cases: 0,
  facts: noFacts(),
  effects: noEffects(),
  deviations: {},
  last: null,
});

/** Adds what came of one more case. */
export function addOutcome(progress: Progress, outcome: CaseOutcome): void {
  progress.cases += 1;
  addCounts(progress.facts, outcome.facts);
  addCounts(progress.effects, outcome.effects);
  for (const [code, count] of Object.entries(outcome.deviations)) progress.deviations[code] = (progress.deviations[code] ?? 0) + count;
  if (outcome.last !== null && outcome.last.position > (progress.last?.position ?? '')) progress.last = outcome.last;
}

/**
 * A file that says how far an import has come, so that a run that was cut short is gone on with. It only saves time:
 * every fact is known again by its reference, so losing it or going back to an older one changes nothing.
 */
export class Checkpoint {
  private unsaved: Fault[] = [];

  private constructor(
    private readonly path: string,
    /** Of earlier runs, and from then on of this one. */
    readonly progress: Progress,
    /** What earlier runs were refused. */
    readonly faults: readonly Fault[],
  ) {}

  /** The one at `path`, where it is of this subject and the log still holds its event; else a new one. */
  static async open(path: string, subject: CheckpointSubject, store: Pick<EventStore, 'eventAt'>): Promise<Checkpoint> {
    const entries = entriesOf(await readIfThere(path), subject);
    const { progress = noProgress() } = entries.at(-1) ?? {};
    const { last } = progress;
    const holds = last === null || (await store.eventAt(last.position))?.id === last.eventId;
    const checkpoint = holds
      ? new Checkpoint(
          path,
          progress,
          entries.flatMap(({ faults }) => faults),
        )
      : new Checkpoint(path, noProgress(), []);
    // Written whole, so that no half line of a killed run stays in the middle.
    const { faults } = checkpoint;
    await writeFile(`${path}.part`, `${canonicalJson(subject)}\n${lineOf({ progress: checkpoint.progress, faults: [...faults] })}`, {
      mode: 0o600,
    });
    await rename(`${path}.part`, path);
    return checkpoint;
  }

  add(outcome: CaseOutcome): void {
    addOutcome(this.progress, outcome);
    this.unsaved.push(...outcome.faults);
  }

  async save(): Promise<void> {
    const faults = this.unsaved;
    this.unsaved = [];
    await appendFile(this.path, lineOf({ progress: this.progress, faults }));
  }

  /** The import is done: the next run begins at the beginning. */
  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

const lineOf = (entry: Entry): string => `${JSON.stringify(entry)}\n`;

function entriesOf(text: string, subject: CheckpointSubject): Entry[] {
  const [head, ...lines] = text.split('\n');
  if (head !== canonicalJson(subject)) return [];
  const entries: Entry[] = [];
  for (const line of lines) {
    try {
      entries.push(JSON.parse(line) as Entry);
    } catch {
      // The end, or what a killed run did not finish writing.
      break;
    }
  }
  return entries;
}

async function readIfThere(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
}
