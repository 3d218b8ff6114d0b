import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** What a page speaks of and a platform has not by itself: whoever runs the page makes it so before. */
export type Given = 'a story' | 'a file' | 'rows that differ' | 'a rebuild under way' | 'a stream set aside';

/** Blocks of a page that are run one after the other, as somebody would who reads it. */
export interface Run {
  page: string;
  /** Which blocks, by how they begin; without it all that no other run names. */
  only?: readonly string[];
  /** Whose `$LOGIN` and `$TENANT` the page is for; default: the operator's and the group. */
  as?: 'administrator' | 'operator of the platform';
  given?: Given;
  /** It shows problems that others were answered. */
  tellsProblems?: true;
  /** What their output holds. */
  shows?: readonly string[];
}

const BEFORE = 'docs/runbooks/README.md';
const REBUILD = 'docs/runbooks/rebuild.md';
const BACKUP = 'docs/runbooks/backup-and-restore.md';
const COPY = 'docs/runbooks/copy-the-log.md';

/** What every runbook begins with: `touchline`, and the settings. */
export const FIRST: Run = { page: BEFORE };

/** Run in this order against the platform of `npm start` (`apps/standalone/standalone.int-spec.ts`). */
export const WITH_NPM_START: readonly Run[] = [
  { page: 'README.md', shows: ['"lifecycle":"potential"', '"type":"call-received"', '"by":"media"'] },
  { page: 'docs/operating.md' },
  { page: 'docs/runbooks/behind.md' },
  {
    page: 'docs/as-of.md',
    as: 'administrator',
    given: 'a story',
    shows: ['"lifecycle":"potential"', '"lifecycle":"committed"', 'contract-signed'],
  },
  { page: 'docs/import.md', given: 'a file', shows: ['"token":'] },
  { page: 'docs/runbooks/verify-the-log.md' },
  { page: 'docs/runbooks/rotate-master-keys.md' },
  { page: REBUILD },
  {
    page: REBUILD,
    only: ['touchline projections differences', 'touchline projections rebuild customer-status --wait --accept-differences'],
    given: 'rows that differ',
    shows: ['lifecycle'],
  },
  { page: REBUILD, only: ['touchline projections cancel'], given: 'a rebuild under way' },
  { page: 'docs/runbooks/failed-event.md', as: 'operator of the platform', given: 'a stream set aside', shows: ['no_calls'] },
  { page: 'docs/how-to/add-a-touchpoint.md' },
  { page: 'docs/how-to/change-an-event.md' },
  { page: 'docs/runbooks/erase-a-person.md', as: 'administrator' },
  { page: 'docs/words.md', as: 'administrator' },
  { page: BACKUP },
];

/** Run against a platform that has brokers, and whose log moves (`apps/standalone/pages.int-spec.ts`). */
export const WITH_BROKERS = {
  sending: { page: 'docs/intake.md' },
  settling: { page: 'docs/runbooks/rejected-messages.md', tellsProblems: true },
  takingOver: { page: BACKUP, only: ['touchline intake take-over'] },
  copying: { page: COPY, only: ['export TARGET', 'touchline log verify\ntouchline log copy'] },
  moving: { page: COPY, only: ['touchline log copy', 'touchline checkpoints move'] },
  moved: { page: COPY, only: ['touchline log verify\ntouchline log head'] },
  guarding: { page: 'docs/eventstoredb.md', only: ['touchline log rights'] },
} satisfies Record<string, Run>;

const RUNS: readonly Run[] = [FIRST, ...WITH_NPM_START, ...Object.values(WITH_BROKERS)];

const CHANGES_THE_CODE = 'checks and tests the code that the page changes; libs/testing/how-to.spec.ts holds it';

/** Blocks that no test can run as they stand, by how they begin, and why. `touchline` in them is held against the command line all the same. */
export const NOT_RUN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'README.md': {
    'npm ci && npm start': 'installs, and runs all tests',
    'export URL': 'what the reader fills in',
    'cp .env.example': 'wants Docker',
  },
  'CONTRIBUTING.md': { 'npm ci': 'installs, and runs all tests' },
  'docs/consume.md': {
    'cd docs/examples/consumer &&': 'installs; libs/testing/consumer-example.int-spec.ts runs the example',
    'cd docs/examples/consumer-python': 'installs; libs/testing/consumer-example.int-spec.ts runs the example',
  },
  'docs/eventstoredb.md': {
    'EVENTSTORE_URL=': 'wants a real server; both suites run against the wire server',
    'touchline log grant': 'wants a real server with users',
  },
  'docs/how-to/add-a-projection.md': { 'npm run typecheck': CHANGES_THE_CODE },
  'docs/how-to/add-a-touchpoint.md': { 'npm run typecheck': CHANGES_THE_CODE },
  'docs/how-to/change-an-event.md': { 'npm test': CHANGES_THE_CODE },
  [REBUILD]: { 'for view in': 'rebuilds every view; the names are held by libs/testing/docs-commands.spec.ts' },
  'docs/runbooks/rejected-messages.md': {
    'touchline intake skip': 'wants a partition that stands: apps/cli/intake.int-spec.ts',
    'kafka-configs.sh': 'wants the programs of Kafka',
  },
};

export const pages = (): string[] => [
  ...['README.md', 'CONTRIBUTING.md'],
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path))
    .sort(),
];

/** The commands of a page, block by block. */
export const blocksOf = (page: string): string[] =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^ *```sh\n([^]*?)^ *```$/gm)].map(([, block = '']) => block);

const begins = (block: string, starts: readonly string[]): boolean => starts.some((start) => block.trimStart().startsWith(start));

const startsOf = (page: string): string[] => [
  ...Object.keys(NOT_RUN[page] ?? {}),
  ...RUNS.filter((run) => run.page === page).flatMap(({ only = [] }) => only),
];

/** The blocks of a run. */
export const blocksRun = (run: Run): string[] => {
  const { page, only } = run;
  return blocksOf(page).filter((block) => (only === undefined ? !begins(block, startsOf(page)) : begins(block, only)));
};

/** Blocks that are neither run nor listed, and listings of what is not there; by page. */
export const unaccounted = (): string[] => {
  const run = new Set(RUNS.flatMap((each) => blocksRun(each).map((block) => `${each.page}: ${block}`)));
  const blocks = pages().flatMap((page) => blocksOf(page).map((block) => ({ page, block })));
  const missing = blocks.filter(({ page, block }) => !run.has(`${page}: ${block}`) && !begins(block, Object.keys(NOT_RUN[page] ?? {})));
  const listed = [...Object.keys(NOT_RUN), ...RUNS.map(({ page }) => page)].flatMap((page) =>
    startsOf(page).map((start) => ({ page, start })),
  );
  const empty = listed.filter(({ page, start }) => !blocksOf(page).some((block) => begins(block, [start])));
  return [
    ...missing.map(({ page, block }) => `${page} is not run: ${block}`),
    ...empty.map(({ page, start }) => `${page} has no: ${start}`),
    ...RUNS.filter((each) => blocksRun(each).length === 0).map(({ page }) => `${page}: nothing is run`),
  ];
};

/** Stands for `psql` where there is none: the same statements to the same database, one after the other. */
export const PSQL = `psql() { node --input-type=module -e '
  import pg from "pg";
  const [connectionString, ...rest] = process.argv.slice(1);
  const client = new pg.Client({ connectionString });
  await client.connect();
  for (const sql of rest.filter((each) => !each.startsWith("-")))
    for (const row of (await client.query(sql)).rows) console.log(Object.values(row).join("|"));
  await client.end();' "$@"; }`;
