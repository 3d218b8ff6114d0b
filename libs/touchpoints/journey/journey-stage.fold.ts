import type { JsonObject, RecordedEvent } from '@touchline/core';
import type { Dealings, DealingEvent } from './dealings.fold.js';
import { contractCancelledAt, evolveDealings, noDealings, quoteTakenBackAt } from './dealings.fold.js';

// Fold of the stages a journey reached (domain §2.3): it stands at the furthest reached, in the playbook's order; a
// cancellation or withdrawal takes back what it cancels, and revives nothing older.

/** What a reach hangs on: `quote` and a version, or `contract` and a number; null where nothing can take it back. */
type HangsOn = { on: 'quote' | 'contract'; number: number } | null;

interface Reach extends JsonObject {
  id: string;
  order: number;
  at: string;
  hangsOn: HangsOn;
}

/** Plain JSON, so that a read model can keep it; bounded by stages, quotes and contracts, not by touchpoints. */
export interface Stages extends JsonObject {
  reached: Reach[];
  dealings: Dealings;
}

/** A stage as a journey went through it. Instants are occurredAt. */
export interface StageEntry extends JsonObject {
  id: string;
  /** Place in the order of the playbook the touchpoint was recorded under. */
  order: number;
  /** When it was first reached, by what still counts where anything does. */
  enteredAt: string;
  /** When the last that had reached it was taken back; null while the stage stands. */
  takenBackAt: string | null;
}

export const noStages: Stages = { reached: [], dealings: noDealings };

export function evolveStages(stages: Stages, event: RecordedEvent): Stages {
  const dealings = evolveDealings(stages.dealings, event);
  const { stage, occurredAt: at } = event.meta;
  if (stage === undefined) return dealings === stages.dealings ? stages : { ...stages, dealings };
  const reach: Reach = { id: stage.id, order: stage.order, at, hangsOn: hangsOn(event) };
  const same = stages.reached.find((other) => isSame(other, reach));
  if (same !== undefined && same.at <= at) return { ...stages, dealings };
  return { reached: [...stages.reached.filter((other) => other !== same), reach].sort(byOrder), dealings };
}

/** Every stage that was ever reached, in the playbook's order, with whether it still stands. */
export function stageEntries({ reached, dealings }: Stages): StageEntry[] {
  const byStage = new Map<string, Reach[]>();
  for (const reach of reached) {
    const same = byStage.get(reach.id);
    if (same === undefined) byStage.set(reach.id, [reach]);
    else same.push(reach);
  }
  return [...byStage.values()].map((reaches) => entryOf(reaches, dealings)).sort((a, b) => a.order - b.order);
}

/** The stage the journey stands at; null where none stands. */
export const standingStage = (stages: Stages): StageEntry | null =>
  stageEntries(stages).findLast((entry) => entry.takenBackAt === null) ?? null;

function entryOf(reaches: readonly Reach[], dealings: Dealings): StageEntry {
  const standing = reaches.filter((reach) => takenBackAt(reach, dealings) === null);
  const counting = standing.length > 0 ? standing : reaches;
  const first = counting.reduce((a, b) => (b.at < a.at ? b : a));
  const ends = standing.length > 0 ? [] : reaches.map((reach) => takenBackAt(reach, dealings) ?? '').sort();
  return { id: first.id, order: first.order, enteredAt: first.at, takenBackAt: ends.at(-1) ?? null };
}

/** Told to have been taken back before it was reached, it stood for no time. */
function takenBackAt({ hangsOn, at }: Reach, dealings: Dealings): string | null {
  if (hangsOn === null) return null;
  const { on, number } = hangsOn;
  const takenBack = on === 'quote' ? quoteTakenBackAt(dealings, number) : contractCancelledAt(dealings, number);
  return takenBack !== null && takenBack < at ? at : takenBack;
}

function hangsOn(event: RecordedEvent): HangsOn {
  const known = event as RecordedEvent<DealingEvent>;
  switch (known.type) {
    case 'quote-issued':
    case 'quote-revised':
      return { on: 'quote', number: known.data.version };
    case 'contract-signed':
      return { on: 'contract', number: known.data.number };
    case 'handover-scheduled':
    case 'handover-rescheduled':
    case 'handover-completed':
      return { on: 'contract', number: known.data.contract };
    default:
      return null;
  }
}

const isSame = (a: Reach, b: Reach): boolean =>
  a.id === b.id && a.order === b.order && a.hangsOn?.on === b.hangsOn?.on && a.hangsOn?.number === b.hangsOn?.number;

/** A fixed order, so that the state is the same in whatever order the events were read. */
function byOrder(a: Reach, b: Reach): number {
  const on = (reach: Reach): string => reach.hangsOn?.on ?? '';
  return a.order - b.order || compare(a.id, b.id) || compare(on(a), on(b)) || (a.hangsOn?.number ?? 0) - (b.hangsOn?.number ?? 0);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
