import type { Page } from '@touchline/http';
import type { BuildStands, DifferenceShown } from '@touchline/projections/rebuilds.js';
import type { AsideSummary, SetAsideShown } from '@touchline/projections/set-aside.js';
import type { RowCheck, RowFault, RowsVerified } from '@touchline/rebuild';
import type { Failure, Lag, RunState } from '@touchline/subscriptions';

export type BuildTold = BuildStands;

export interface ProjectionTold {
  name: string;
  version: number;
  state: RunState | 'idle';
  position: string | null;
  lag: Lag;
  failure: Failure | null;
  setAside: AsideSummary;
  live: BuildTold | null;
  next: BuildTold | null;
  advice: string | null;
  checked: RowCheck | null;
}

export const projectionsText = (told: readonly ProjectionTold[]): string => told.flatMap(linesOf).join('\n');

function linesOf({ name, version, state, lag, failure, setAside, live, next, advice, checked }: ProjectionTold): string[] {
  const behind = lag.events === 0 ? 'up to date' : `${lag.events}${lag.more ? '+' : ''} events behind`;
  const rows = live === null ? 'no rows yet' : `version ${live.version}, build ${live.build}`;
  return [
    `${name.padEnd(20)} ${rows}, ${state}, ${behind}`,
    ...(failure === null ? [] : [`  stopped: ${failureText(failure)}`]),
    ...(setAside.since === null ? [] : [`  ${setAside.streams} streams set aside, the oldest since ${setAside.since}`]),
    ...(advice === null ? [] : [`  this release reads version ${version}: ${advice}`]),
    ...(next === null ? [] : [`  ${buildText(next)}`]),
    ...(checked === null ? [] : [`  checked ${checked.checkedAt}: ${checkText(checked)}`]),
  ];
}

const checkText = ({ rows, differing, error }: RowCheck): string =>
  error ?? (differing === 0 ? `${rows} rows are as the log says` : `${differing} of ${rows} rows are not as the log says`);

export function buildText({ projection, build, version, state, progress, failure, report }: BuildTold): string {
  const what = `build ${build} of ${projection} (version ${version})`;
  switch (state) {
    case 'building':
      return `${what} is under way: ${progressText(progress)}`;
    case 'stopped':
      return `${what} stopped: ${failure === null ? 'at an event' : failureText(failure)}`;
    case 'cancelled':
      return `${what} is cancelled: ${progressText(progress)}`;
    case 'refused':
      return `${what} was refused: ${reportText(report)}; touchline projections differences ${projection}`;
    case 'live':
      return `${what} is live: ${reportText(report)}`;
    case 'kept':
    case 'dropped':
      return `${what} is ${state}`;
  }
}

function progressText({ done, total, eventsPerSecond, remainingSeconds }: BuildTold['progress']): string {
  const share = total === null || total === 0 ? '' : `${Math.floor((done / total) * 100)} %, `;
  const speed = eventsPerSecond === null ? '' : `, ${eventsPerSecond} a second`;
  const left = remainingSeconds === null ? '' : `, about ${remainingSeconds} s left`;
  return `${share}${done} of ${total ?? 'an unknown number of'} events${speed}${left}`;
}

function reportText(report: BuildTold['report']): string {
  if (report === null) return 'the first of its kind';
  const { outcome, compared } = report;
  if (compared === null) return `the rows before ${outcome === 'accepted' ? 'were' : 'are'} of another log`;
  const { changed, missing, added } = compared.differing;
  if (compared.equal) return `${compared.rows.built} rows, equal by checksum ${compared.checksums.built}`;
  const rows = `${compared.rows.live} rows before, ${compared.rows.built} now`;
  return `${rows}; ${changed} changed, ${missing} gone, ${added} new`;
}

const failureText = ({ code, event, error }: Failure): string =>
  event === null ? `${code}, ${error}` : `${code}, ${event.type} ${event.id} at ${event.position}: ${error}`;

const WORDS = { changed: 'differs in', missing: 'has no row by the log', added: 'has a row by the log alone' } as const;

function faultText({ key, kind, columns, event }: DifferenceShown | RowFault): string {
  const what = kind === 'changed' ? `${WORDS.changed} ${columns.join(', ')}` : WORDS[kind];
  const since = event === null ? '' : `, since ${event.type} ${event.id} at ${event.position}`;
  return `${key} ${what}${since}`;
}

export function differencesText({ items, next }: Page<DifferenceShown>): string {
  if (items.length === 0) return 'nothing differed';
  return [...items.map(faultText), ...(next === null ? [] : [`more: --cursor ${next}`])].join('\n');
}

export function asideText({ items, next }: Page<SetAsideShown>): string {
  if (items.length === 0) return 'nothing is set aside';
  return [
    ...items.flatMap(({ stream, rebuild, event, error, attempts, waiting, since, retryAt }) => [
      `${stream}${rebuild ? ' (rebuild)' : ''} since ${since}, ${waiting} events wait, tried ${attempts} times, again at ${retryAt}`,
      `  ${event.type} ${event.id} at ${event.position}: ${error}`,
    ]),
    ...(next === null ? [] : [`more: --cursor ${next}`]),
  ].join('\n');
}

export const verifiedText = (verified: readonly RowsVerified[]): string =>
  verified
    .flatMap(({ projection, rows, differing, named, interrupted }) => [
      `${projection.padEnd(20)} ${rows} rows compared, ${differing === 0 ? 'all as the log says' : `${differing} are not as the log says`}${interrupted ? ' (stopped)' : ''}`,
      ...named.map((fault) => `  ${faultText(fault)}`),
    ])
    .join('\n');
