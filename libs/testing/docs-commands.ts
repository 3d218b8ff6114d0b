import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

interface Page {
  /** Whose `$LOGIN` and `$TENANT` the page is for. */
  as: 'operator' | 'administrator';
  /** Blocks that are not run, by how they begin, and what they want besides a platform that is well. */
  without?: Readonly<Record<string, string>>;
}

const BEFORE = 'docs/runbooks/README.md';

/** Pages whose commands are run, in their order, against a platform that runs (`apps/standalone`). */
export const RUN: Readonly<Record<string, Page>> = {
  [BEFORE]: { as: 'operator' },
  'docs/operating.md': { as: 'operator' },
  'docs/runbooks/behind.md': { as: 'operator' },
  'docs/runbooks/verify-the-log.md': { as: 'operator' },
  'docs/runbooks/rotate-master-keys.md': { as: 'operator' },
  'docs/runbooks/rebuild.md': {
    as: 'operator',
    without: {
      'touchline projections cancel': 'wants a rebuild under way',
      'touchline projections differences': 'wants rows that differ',
      'touchline projections rebuild customer-status --wait --accept-differences': 'wants rows that differ',
      'for view in': 'wants an older log',
    },
  },
  'docs/runbooks/backup-and-restore.md': {
    as: 'operator',
    without: {
      'export DATABASE_URL': 'wants a platform that is lost',
      'touchline log verify --head': 'wants a head that was kept',
      'curl -sS "$URL/admin/projections"': 'wants a platform that was restored',
      'touchline intake take-over': 'wants brokers',
      'curl -sS -X POST "$URL/admin/projections/customer-status/rebuild"': 'wants a platform that was restored',
      'psql "$DATABASE_URL" -c \'truncate': 'wants an EventStoreDB that was restored',
    },
  },
  'docs/runbooks/erase-a-person.md': { as: 'administrator' },
  'docs/words.md': { as: 'administrator' },
};

/** Pages whose commands no test can run as they stand, and why. Their `touchline` commands are held against the command line all the same. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  'README.md': 'its first steps are run apart; the rest installs, runs all tests, or wants Docker',
  'CONTRIBUTING.md': 'installs, and runs all tests',
  'docs/as-of.md': 'its figures are those of a story told over months',
  'docs/consume.md': 'wants a broker; its example is run by libs/testing/consumer-example.int-spec.ts',
  'docs/eventstoredb.md': 'wants an EventStoreDB',
  'docs/import.md': "wants the reader's file",
  'docs/intake.md': 'wants a broker',
  'docs/how-to/add-a-projection.md': 'changes the code; libs/testing/how-to.spec.ts holds it',
  'docs/how-to/add-a-touchpoint.md': 'changes the code; libs/testing/how-to.spec.ts holds it',
  'docs/how-to/change-an-event.md': 'changes the code; libs/testing/how-to.spec.ts holds it',
  'docs/runbooks/copy-the-log.md': 'wants a second server',
  'docs/runbooks/failed-event.md': 'wants an event that cannot be folded',
  'docs/runbooks/rejected-messages.md': 'wants a broker',
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

/** What is run of a page: what every runbook begins with, then its blocks. */
export const stepsOf = (page: string): string => {
  const left = Object.keys(RUN[page]?.without ?? {});
  const blocks = blocksOf(page).filter((block) => !left.some((start) => block.trimStart().startsWith(start)));
  return [...(page === BEFORE ? [] : blocksOf(BEFORE)), ...blocks].join('\n');
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
