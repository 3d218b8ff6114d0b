import type { CaseEffects, FactCounts } from './case-outcome.js';
import { noEffects, noFacts } from './case-outcome.js';
import type { GroupedSource } from './group-cases.js';
import type { JoinCounts } from './joins.js';
import type { Observed } from './observations.js';
import { Observations } from './observations.js';
import type { Plan } from './plan.js';
import type { Recording } from './record-cases.js';
import type { ReportCounts } from './report.js';

/** What came of an import; `--json` prints it as it is. Counts include what earlier runs of an interrupted import did. */
export interface ImportSummary {
  file: string;
  tenant: string;
  source: string;
  dryRun: boolean;
  /** Stopped before its end; the same command goes on. */
  interrupted: boolean;
  /** Cases that an earlier run had done. */
  resumedAfter: number;
  /** Records of the source, broken ones included, those without any value not: the sum of the four that follow them below. */
  rows: number;
  records: {
    /** Such as facts are drawn from. */
    withFacts: number;
    withoutFact: number;
    withoutCase: number;
    broken: number;
    /** Passed over: they hold no value at all. */
    empty: number;
  };
  cases: number;
  /** All facts that the mapping draws from the records: their sum. */
  facts: FactCounts & {
    /** Could not be made of what the source says; in the report. */
    unread: number;
  };
  effects: CaseEffects;
  /** Rules that the source's history breaks, by code; noted on the events (ADR 0010). */
  deviations: Record<string, number>;
  /** What strikes one about the source, of the cases looked at. */
  observed: Observed;
  /** Records of the source that found their partner in each joined file. */
  joins: Record<string, JoinCounts>;
  /** Units, sites, users and the playbook that were made. */
  created: string[];
  /** Null where the import was interrupted: a report is written whole. */
  report: (ReportCounts & { path: string }) | null;
}

/** `done` is null where the import was stopped while it read the source. */
export function summaryOf(
  order: { file: string; report: string; dryRun: boolean },
  { mapping, joins }: Plan,
  done: { source: GroupedSource; recording: Recording; report: ReportCounts | null } | null,
): ImportSummary {
  const { facts = noFacts(), effects = noEffects(), cases = 0, deviations = {} } = done?.recording.progress ?? {};
  const { rows = 0, empty = 0, broken = 0, withoutCase = 0 } = done?.source ?? {};
  const withoutFact = done?.recording.rowsWithoutFact ?? 0;
  return {
    file: order.file,
    tenant: mapping.tenant,
    source: mapping.source,
    dryRun: order.dryRun,
    interrupted: done?.recording.interrupted ?? true,
    resumedAfter: done?.recording.resumedAfter ?? 0,
    rows,
    records: { withFacts: rows - broken - withoutCase - withoutFact, withoutFact, withoutCase, broken, empty },
    cases,
    facts: { ...facts, unread: done?.recording.unread ?? 0 },
    effects,
    deviations,
    observed: done?.recording.observed ?? new Observations().observed,
    joins: Object.fromEntries(joins.map(({ name, counts }) => [name, counts])),
    created: done?.recording.created ?? [],
    report: done?.report ? { path: order.report, ...done.report } : null,
  };
}
