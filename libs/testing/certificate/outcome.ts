import type { About, Note } from './notes.js';

/** What Jest says of a test file, of all that it says. */
export interface Result {
  status: string;
  /** ms since 1970. */
  startTime: number;
  endTime: number;
  /** Of what failed. */
  message: string;
  assertionResults: readonly { status: string; fullName: string }[];
}

/**
 * held: all of it passed, and it noted what it did; silent: it passed, and nobody knows what it did; ended: it was begun, and there is
 * no result of it.
 */
export type Verdict = 'held' | 'failed' | 'silent' | 'ended' | 'not run';

/** What became of one suite. */
export interface Outcome {
  file: string;
  verdict: Verdict;
  about: About | null;
  /** How often whom. */
  kills: Record<string, number>;
  meetings: Record<string, number>;
  /** Tests of it that were left out. */
  skipped: string[];
  /** '' where nothing failed. */
  message: string;
  seconds: number | null;
}

/**
 * `file`: its path from the root; `notes`: of this suite alone; `result`: 'none' where Jest ended without one, null where the suite was
 * not run, or has not come to its end.
 */
export function outcomeOf(file: string, notes: readonly Note[], result: Result | 'none' | null): Outcome {
  const about = notes.flatMap((note) => ('about' in note ? [note.about] : []))[0] ?? null;
  const kills = counted(notes.flatMap((note) => ('killed' in note ? [note.killed] : [])));
  const meetings = counted(notes.flatMap((note) => ('met' in note ? [note.met] : [])));
  const noted = { file, about, kills, meetings };
  if (result === null) return { ...noted, verdict: 'not run', skipped: [], message: '', seconds: null };
  if (result === 'none') return { ...noted, verdict: 'ended', skipped: [], message: '', seconds: null };
  const of = (status: string): string[] => result.assertionResults.filter((test) => test.status === status).map(({ fullName }) => fullName);
  const skipped = of('pending');
  const isSilent = about === null || sum(kills) + sum(meetings) === 0;
  const verdict = result.status !== 'passed' ? 'failed' : isSilent ? 'silent' : 'held';
  return { ...noted, verdict, skipped, message: result.message, seconds: (result.endTime - result.startTime) / 1_000 };
}

function counted(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((all, each) => all + each, 0);

/** What a certificate rests on, at the least. */
export const KILL_POINTS = 1_000;

/** Why it does not hold; [] where it does. */
export function objections(outcomes: readonly Outcome[]): string[] {
  const said: Record<Verdict, string | null> = {
    held: null,
    failed: 'failed: what was lost, doubled or out of order is not known',
    silent: 'passed and noted nothing of what it did',
    ended: 'came to no result',
    'not run': 'was not run to its end',
  };
  const reasons = outcomes.flatMap(({ file, verdict }) => (said[verdict] === null ? [] : [`\`${file}\` ${said[verdict]}`]));
  const points = killPoints(outcomes);
  if (points < KILL_POINTS) reasons.push(`${points} kill points are fewer than ${KILL_POINTS}`);
  return reasons;
}

/** Of suites that held: a kill after which nobody could look proves nothing. */
export const killPoints = (outcomes: readonly Outcome[]): number => sumOf(outcomes, ({ kills }) => kills);
export const meetingsOf = (outcomes: readonly Outcome[]): number => sumOf(outcomes, ({ meetings }) => meetings);

const sumOf = (outcomes: readonly Outcome[], of: (outcome: Outcome) => Record<string, number>): number =>
  outcomes.filter(({ verdict }) => verdict === 'held').reduce((all, outcome) => all + sum(of(outcome)), 0);
