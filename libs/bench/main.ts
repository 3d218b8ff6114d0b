import { resolve } from 'node:path';
import { program } from 'commander';
import { benchmarks } from './benchmarks/index.js';
import { SEED } from './data/write-log.js';
import { writeDocument } from './report/document.js';
import { thisMachine } from './report/machine.js';
import { Results } from './report/results.js';
import { measureEach } from './measure-each.js';
import { FULL, QUICK } from './size.js';
import { World } from './world.js';

const names = benchmarks.map(({ name }) => name).join(', ');

program
  .name('npm run bench --')
  .description('Measures what docs/benchmarks.md shows, and writes it there.')
  .argument('[names...]', `which: ${names}; all unless given`)
  .option('--quick', 'a small log and short rounds: shows that everything runs, and nothing else')
  .option('--home <folder>', 'where prepared logs and results are kept', '.touchline/bench')
  .option('--out <file>', 'the page to write; none with --quick unless given')
  .action(async (wanted: string[], { quick = false, home, out }: { quick?: boolean; home: string; out?: string }) => {
    const unknown = wanted.filter((name) => benchmarks.every((each) => each.name !== name));
    if (unknown.length > 0) program.error(`there is no benchmark ${unknown.join(', ')}; there are ${names}`);
    const page = out ?? (quick ? undefined : 'docs/benchmarks.md');
    await measure(wanted, resolve(home, quick ? 'quick' : 'full'), quick, page);
  });
await program.parseAsync();

async function measure(wanted: readonly string[], home: string, quick: boolean, page: string | undefined): Promise<void> {
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  const results = new Results(home);
  const world = await World.open(home, quick ? QUICK : FULL, say);
  try {
    const machine = thisMachine(await world.postgresVersion());
    say(`seed ${SEED}`);
    const chosen = benchmarks.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
    const all = await measureEach(chosen, world, {
      say,
      keep: (name, figures) => results.save({ ...{ name, seed: SEED, machine, figures }, at: new Date().toISOString() }),
    });
    if (!all) process.exitCode = 1;
    if (page !== undefined) await writeDocument(page, benchmarks, results);
  } finally {
    await world.close();
  }
}
