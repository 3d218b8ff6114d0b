import type { ImportSummary } from '@touchline/importing';

/** The summary for people. */
export function asText(summary: ImportSummary): string {
  const { facts, report, dryRun } = summary;
  const lines = [
    dryRun ? `Dry run of ${summary.file}: nothing was recorded.` : `${summary.file} into ${summary.tenant}, as ${summary.source}:`,
    count(summary.rows, 'record', `read, ${summary.cases} cases done`),
    ...kindsOf(summary.created).map(
      ([kind, names]) => `${count(names.length, kind, dryRun ? 'would be created' : 'created')}: ${listed(names)}`,
    ),
    count(facts.recorded, 'fact', dryRun ? 'would be recorded' : 'recorded'),
    count(facts.repeated, 'fact', 'recorded before; nothing changed'),
    count(facts.refused + facts.unread, 'fact', 'not recorded'),
    ...byCount(summary.deviations).map(([code, times]) => count(times, 'fact', `noted as ${code}`)),
    ...Object.entries(summary.joins).map(
      ([name, { found, missing, withoutKey }]) => `joined ${name}: ${found} found, ${missing} not found, ${withoutKey} without a key`,
    ),
  ];
  if (summary.resumedAfter > 0) lines.push(`Went on after ${summary.resumedAfter} cases that an earlier run had done.`);
  if (report !== null && report.faults > 0) {
    lines.push(`${report.path} has ${count(report.faults, 'line', '')}about ${count(report.rows, 'record', '').trim()}:`);
    lines.push(...byCount(report.byReason).map(([reason, times]) => `  ${times} ${reason}`));
  }
  if (summary.interrupted) lines.push('Stopped before the end. The same command goes on from here.');
  return lines.map((line) => `${line}\n`).join('');
}

const count = (number: number, what: string, then: string): string => `${number} ${what}${number === 1 ? '' : 's'} ${then}`;

/** `site east` and `site west` are sites: east, west. */
function kindsOf(created: readonly string[]): [string, string[]][] {
  const kinds = new Map<string, string[]>();
  for (const what of created) {
    const [kind = '', ...name] = what.split(' ');
    kinds.set(kind, [...(kinds.get(kind) ?? []), name.join(' ')]);
  }
  return [...kinds];
}

const MOST_LISTED = 5;
const listed = (names: readonly string[]): string =>
  names.length > MOST_LISTED ? `${names.slice(0, MOST_LISTED).join(', ')} …` : names.join(', ');

const byCount = (counts: Readonly<Record<string, number>>): [string, number][] => Object.entries(counts).sort(([, a], [, b]) => b - a);
