import type { CaseOutcome } from './case-outcome.js';
import type { CaseRecorder } from './case-recorder.js';
import type { Checkpoint, Progress } from './checkpoint.js';
import { addOutcome, noProgress } from './checkpoint.js';
import type { GroupedSource } from './group-cases.js';
import type { Observed } from './observations.js';
import { Observations } from './observations.js';
import type { Report } from './report.js';

/** Told how far the import is; `advance` counts what `begin` gave the total of. */
export interface ImportProgress {
  begin(phase: 'reading' | 'recording', total: number): void;
  advance(count: number): void;
  end(): void;
}

export interface Recording {
  progress: Progress;
  /** Cases that an earlier run had done. */
  resumedAfter: number;
  /** Facts that could not be made of what the source says. */
  unread: number;
  /** Records that no fact is drawn from. */
  rowsWithoutFact: number;
  observed: Observed;
  interrupted: boolean;
  /** What was made of the mapping's directory. */
  created: string[];
}

interface Order {
  report: Report;
  /** None in a dry run. */
  checkpoint: Checkpoint | null;
  atOnce: number;
  signal: AbortSignal;
  progress: ImportProgress;
}

const SAVE_EVERY_MS = 1_000;

/** Cases have begun before they are carried out, as many again, so that nobody waits for their customers. */
const MOST_ROWS_AHEAD = 10_000;

/** Cases that are looked up in the log at once, before their turn comes to begin. */
const LOOKED_UP_AHEAD = 32;

interface LookedUp {
  rows: number;
  begin: () => Promise<() => Promise<CaseOutcome>>;
}

interface Begun {
  rows: number;
  carryOut: () => Promise<CaseOutcome>;
}

/** Waited for in turn; the other cases may end or fail meanwhile. */
interface UnderWay {
  rows: number;
  ended: Promise<{ outcome: CaseOutcome } | { error: unknown }>;
}

/**
 * Records the cases of a source, several at once. They begin in the order of their keys and count in it, so that what the
 * checkpoint counts is always all of the first so many.
 */
export async function recordCases(
  source: GroupedSource,
  recorder: Pick<CaseRecorder, 'lookUp'>,
  order: Order,
): Promise<Omit<Recording, 'created'>> {
  const { report, checkpoint, atOnce, signal } = order;
  const progress = checkpoint?.progress ?? noProgress();
  const resumedAfter = progress.cases;
  await report.add(checkpoint?.faults ?? []);
  const observations = new Observations();
  const lookedUp: LookedUp[] = [];
  const ahead: Begun[] = [];
  const underWay: UnderWay[] = [];
  let [begun, rowsAhead, unread, rowsWithoutFact, saved, stopped] = [0, 0, 0, 0, performance.now(), false];
  let failure: { error: unknown } | undefined;

  const endOne = async (): Promise<void> => {
    const first = underWay.shift();
    const ended = await first?.ended;
    // What comes after a case that failed is not counted: the next run finds it recorded.
    if (first === undefined || ended === undefined || failure !== undefined) return;
    if ('error' in ended) {
      failure = ended;
      return;
    }
    await report.add(ended.outcome.faults);
    if (checkpoint === null) addOutcome(progress, ended.outcome);
    else checkpoint.add(ended.outcome);
    order.progress.advance(first.rows);
    if (performance.now() - saved < SAVE_EVERY_MS) return;
    await checkpoint?.save();
    saved = performance.now();
  };

  /** False from when the import is to end on. */
  const goesOn = (): boolean => {
    stopped ||= signal.aborted || failure !== undefined;
    return !stopped;
  };

  /** Carries out what has begun, except for so many; nothing more where the import is to end. */
  const carryOut = async (cases: number, rows: number): Promise<void> => {
    while ((ahead.length > cases || rowsAhead > rows) && goesOn()) {
      const next = ahead.shift();
      if (next === undefined) return;
      rowsAhead -= next.rows;
      underWay.push({ rows: next.rows, ended: settled(next.carryOut) });
      if (underWay.length >= atOnce) await endOne();
    }
  };

  /** Begins what was looked up, in order, except for so many. */
  const begin = async (cases: number): Promise<void> => {
    while ((lookedUp.length > cases || rowsAhead > MOST_ROWS_AHEAD) && goesOn()) {
      const next = lookedUp.shift();
      if (next === undefined) return;
      ahead.push({ rows: next.rows, carryOut: await next.begin() });
      await carryOut(atOnce, MOST_ROWS_AHEAD);
    }
  };

  order.progress.begin('recording', source.rows);
  try {
    for await (const each of source.cases()) {
      if (!goesOn()) break;
      await report.add(each.faults);
      observations.add(each);
      unread += each.reported;
      rowsWithoutFact += each.rowsWithoutFact;
      begun += 1;
      if (begun <= resumedAfter) order.progress.advance(each.rows);
      else {
        lookedUp.push({ rows: each.rows, begin: recorder.lookUp(each) });
        rowsAhead += each.rows;
      }
      await begin(LOOKED_UP_AHEAD);
    }
    await begin(0);
    await carryOut(0, 0);
  } catch (error) {
    failure ??= { error };
  }
  while (underWay.length > 0) await endOne();
  await checkpoint?.save();
  order.progress.end();
  if (failure !== undefined) throw failure.error;
  return { progress, resumedAfter, unread, rowsWithoutFact, observed: observations.observed, interrupted: stopped };
}

const settled = (carryOut: () => Promise<CaseOutcome>): UnderWay['ended'] =>
  carryOut().then(
    (outcome) => ({ outcome }),
    (error: unknown) => ({ error }),
  );
