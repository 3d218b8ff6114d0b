import { stripVTControlCharacters } from 'node:util';
import type { Trouble } from './notes.js';
import type { Outcome } from './outcome.js';
import { killPoints, meetingsOf, objections, sum } from './outcome.js';

/** When, of what and where it was run. */
export interface RunOn {
  /** ISO 8601 in UTC, of its end. */
  at: string;
  commit: string;
  /** There were changes that stand in no commit. */
  changed: boolean;
  cpu: string;
  cores: number;
  memoryGiB: number;
  system: string;
  node: string;
}

const TROUBLES: readonly Trouble[] = ['lost', 'doubled', 'out of order'];
const HEAD = ['suite', 'kill points', 'meetings', ...TROUBLES, 'took', 'seed'];
const MESSAGE_LINES = 40;

/** The page of a run. What is not known is not said to be nothing. */
export function pageOf(run: RunOn, outcomes: readonly Outcome[]): string {
  const all = ['**all that held**', figure(killPoints(outcomes)), figure(meetingsOf(outcomes)), '', '', '', '', ''];
  const rows = [HEAD, HEAD.map(() => '---'), ...outcomes.map(cellsOf), all].map((cells) => `| ${cells.join(' | ')} |`);
  return [
    '# Certificate',
    'Written by `npm run certify`, not by hand: every suite that kills processes, or lets writers meet, at full count.',
    verdictOf(outcomes),
    machineText(run),
    rows.join('\n'),
    'Kill points and meetings are counted as they happen; kills that only clean up do not count. 0: the suite looks for it, and found none; –: it ' +
      'is not what this suite looks at; ?: not known, since the suite did not pass. EventStoreDB is the wire server of ' +
      '`libs/event-store/testing/wire-server`, unless `EVENTSTORE_URL` names a real one.',
    ...outcomes.filter(({ about, message }) => about !== null || message !== '').map(sectionOf),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function verdictOf(outcomes: readonly Outcome[]): string {
  const reasons = objections(outcomes);
  const counts = `${figure(killPoints(outcomes))} kill points and ${figure(meetingsOf(outcomes))} meetings of writers`;
  if (reasons.length === 0) return `**It holds.** ${counts}: nothing was lost, doubled or out of order.`;
  // A suite that nobody ran says nothing against it.
  const isPartial = outcomes.every(({ verdict }) => verdict === 'held' || verdict === 'not run');
  return [
    `**${isPartial ? 'It is not whole' : 'It does not hold'}.** ${counts} in the suites that passed; but`,
    '',
    ...reasons.map((reason) => `- ${reason}`),
  ].join('\n');
}

function machineText({ at, commit, changed, cpu, cores, memoryGiB, system, node }: RunOn): string {
  const state = changed ? ', with changes that are not committed' : '';
  return `${at.slice(0, 16).replace('T', ' ')} UTC, commit ${commit}${state}. ${cpu}, ${cores} cores, ${memoryGiB} GiB of memory, ${system}, Node ${node}.`;
}

function cellsOf(outcome: Outcome): string[] {
  const { about, kills, meetings, seconds, verdict } = outcome;
  const found = TROUBLES.map((trouble) => (verdict !== 'held' ? '?' : about?.rulesOut.includes(trouble) === true ? '0' : '–'));
  const took = seconds === null ? verdict : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return [about?.name ?? outcome.file, figure(sum(kills)), figure(sum(meetings)), ...found, took, String(about?.seed ?? '–')];
}

function sectionOf({ file, about, kills, meetings, skipped, message }: Outcome): string {
  const line = (name: string, counts: Record<string, number>): string[] =>
    sum(counts) === 0
      ? []
      : [
          `- ${name}: ${Object.entries(counts)
            .map(([what, count]) => `${what} ${figure(count)}`)
            .join('; ')}`,
        ];
  const said = stripVTControlCharacters(message).trim().split('\n').slice(0, MESSAGE_LINES).join('\n');
  const facts = [
    `- \`${file}\``,
    ...(about === null ? [] : [`- does: ${about.does}`, `- checked: ${about.checks}`]),
    ...line('kill points', kills),
    ...line('meetings', meetings),
    ...(skipped.length === 0 ? [] : [`- left out: ${skipped.join('; ')}`]),
  ];
  return [`## ${about?.name ?? file}`, '', ...facts, ...(said === '' ? [] : ['', '```text', said.replaceAll('```', "'''"), '```'])].join(
    '\n',
  );
}

const figure = (count: number): string => count.toLocaleString('en');
