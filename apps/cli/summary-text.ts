import type { ImportSummary } from '@touchline/importing';

/** The summary for people. */
export function asText(summary: ImportSummary): string {
  const { facts, records, effects, report, dryRun } = summary;
  const lines = [
    dryRun ? `Dry run of ${summary.file}: nothing was recorded.` : `${summary.file} into ${summary.tenant}, as ${summary.source}:`,
    `${count(summary.rows, 'record', 'read')} (${parts([
      [records.withFacts, 'with facts'],
      [records.withoutFact, 'without'],
      [records.withoutCase, 'of no case'],
      [records.broken, 'broken'],
    ])}), of ${count(summary.cases, 'case', '').trim()}`,
    ...(records.empty > 0 ? [count(records.empty, 'record', 'without any value, passed over')] : []),
    ...kindsOf(summary.created).map(
      ([kind, names]) => `${count(names.length, kind, dryRun ? 'would be created' : 'created')}: ${listed(names)}`,
    ),
    count(facts.recorded, 'fact', dryRun ? 'would be recorded' : 'recorded'),
    count(facts.repeated, 'fact', 'recorded before; nothing changed'),
    ...(facts.saidTwice > 0 ? [count(facts.saidTwice, 'fact', 'said twice in this file under one reference')] : []),
    ...(facts.changed > 0
      ? [count(facts.changed, 'fact', 'recorded before and said otherwise now; left as they were, in the report')]
      : []),
    `${count(facts.refused + facts.unread, 'fact', 'not recorded')} (${facts.refused} refused, ${facts.unread} not readable), in the report`,
    `${count(effects.journeysOpened, 'journey', dryRun ? 'would be opened' : 'opened')}; customers: ${parts([
      [effects.customersRegistered, 'registered'],
      [effects.customersFound, 'known before'],
      [effects.customersMissing, 'not stated'],
      [effects.customersInvalid, 'of no valid number'],
      [effects.customersPlaceholder, 'a placeholder'],
    ])}`,
    ...byCount(summary.deviations).map(([code, times]) => count(times, 'fact', `noted as ${code}`)),
    ...Object.entries(summary.joins).map(
      ([name, { found, missing, withoutKey }]) => `joined ${name}: ${found} found, ${missing} not found, ${withoutKey} without a key`,
    ),
  ];
  lines.push(...observedLines(summary.observed));
  if (summary.resumedAfter > 0) lines.push(`Went on after ${summary.resumedAfter} cases that an earlier run had done.`);
  if (report !== null && report.faults > 0) {
    lines.push(`${report.path} has ${count(report.faults, 'line', '')}about ${count(report.rows, 'record', '').trim()}:`);
    lines.push(...byCount(report.byReason).map(([reason, times]) => `  ${times} ${reason}`));
  }
  if (summary.interrupted) lines.push('Stopped before the end. The same command goes on from here.');
  return lines.map((line) => `${line}\n`).join('');
}

/** Cases from which on a customer strikes one, and days. */
const MANY = 30;

function observedLines({ times, commonestCustomer, days, media }: ImportSummary['observed']): string[] {
  const lines = times === null ? [] : [`from ${times.first} to ${times.last}`];
  if (commonestCustomer !== null) {
    const { cases, ofCases, line } = commonestCustomer;
    const many = cases >= MANY && cases * MANY > ofCases ? ': is it a placeholder?' : '';
    lines.push(`the commonest customer, first on line ${line}, has ${cases} of ${ofCases} cases${many}`);
  }
  for (const [fact, { times: all, above12 }] of Object.entries(days))
    if (all >= MANY && above12 * 5 < all) lines.push(`${fact}: ${above12} of ${all} days are above 12: are day and month swapped?`);
  for (const spellings of media) lines.push(`one media in several spellings: ${spellings.map((each) => JSON.stringify(each)).join(', ')}`);
  return lines;
}

const count = (number: number, what: string, then: string): string => `${number} ${what}${number === 1 ? '' : 's'} ${then}`;

const parts = (counts: readonly (readonly [number, string])[]): string => {
  const told = counts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return told.length === 0 ? 'none' : told.join(', ');
};

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
