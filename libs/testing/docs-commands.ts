import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** Pages whose commands are run, in their order, against a platform that runs (`apps/standalone`). */
export const RUN = ['docs/runbooks/README.md', 'docs/operating.md'] as const;

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
  'docs/runbooks/backup-and-restore.md': 'wants a platform that is lost',
  'docs/runbooks/behind.md': 'wants a reader that is behind',
  'docs/runbooks/copy-the-log.md': 'wants a second server',
  'docs/runbooks/erase-a-person.md': 'wants psql, and a person to erase',
  'docs/runbooks/failed-event.md': 'wants an event that cannot be folded',
  'docs/runbooks/rebuild.md': 'wants psql, and rows that differ',
  'docs/runbooks/rejected-messages.md': 'wants a broker',
  'docs/runbooks/rotate-master-keys.md': 'wants new secrets in the settings of every process',
  'docs/runbooks/verify-the-log.md': 'wants psql',
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
