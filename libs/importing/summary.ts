import type { GroupedSource } from './group-cases.js';
import type { JoinCounts } from './joins.js';
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
  /** Records of the source, broken ones included. */
  rows: number;
  cases: number;
  facts: {
    recorded: number;
    /** Known from an earlier import, and nothing new. */
    repeated: number;
    /** Against form or identity; in the report. */
    refused: number;
    /** Could not be made of what the source says; in the report. */
    unread: number;
  };
  /** Rules that the source's history breaks, by code; noted on the events (D6). */
  deviations: Record<string, number>;
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
  const { recorded = 0, repeated = 0, refused = 0, cases = 0, deviations = {} } = done?.recording.progress ?? {};
  return {
    file: order.file,
    tenant: mapping.tenant,
    source: mapping.source,
    dryRun: order.dryRun,
    interrupted: done?.recording.interrupted ?? true,
    resumedAfter: done?.recording.resumedAfter ?? 0,
    rows: done?.source.rows ?? 0,
    cases,
    facts: { recorded, repeated, refused, unread: done?.recording.unread ?? 0 },
    deviations,
    joins: Object.fromEntries(joins.map(({ name, counts }) => [name, counts])),
    created: done?.recording.created ?? [],
    report: done?.report ? { path: order.report, ...done.report } : null,
  };
}
