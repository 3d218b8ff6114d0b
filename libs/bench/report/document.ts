import { readFile, writeFile } from 'node:fs/promises';
import { format } from 'prettier';
import type { Benchmark } from '../benchmark.js';
import type { Machine } from './machine.js';
import type { Result, Results } from './results.js';
import { againstText, measuredText, ratioText, spreadText, verdictText } from './text.js';

// What is measured stands between these; all else of the page is written by hand and stays.
const BEGIN = '<!-- measured: written by npm run bench -->';
const END = '<!-- end of what is measured -->';

/** Puts what was measured last into the page. */
export async function writeDocument(path: string, benchmarks: readonly Benchmark[], results: Results): Promise<void> {
  const page = await readFile(path, 'utf8').catch(() => `# Benchmarks\n\n${BEGIN}\n${END}\n`);
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${path} lacks the marks between which figures are written`);
  const measured = await sectionsOf(benchmarks, results);
  const text = `${before}${BEGIN}\n\n${measured}\n\n${END}${after}`;
  await writeFile(path, await format(text, { parser: 'markdown', printWidth: 140, proseWrap: 'preserve' }));
}

async function sectionsOf(benchmarks: readonly Benchmark[], results: Results): Promise<string> {
  const found = await Promise.all(benchmarks.map(async (benchmark) => ({ benchmark, result: await results.of(benchmark) })));
  const measured = found.flatMap(({ benchmark, result }) => (result === null ? [] : [{ benchmark, result }]));
  const machines = [...new Set(measured.map(({ result }) => machineText(result.machine)))];
  const rows = measured.flatMap(({ result }) =>
    result.figures.map((figure) =>
      row(figure.what, measuredText(figure), againstText(figure), ratioText(figure), spreadText(figure), verdictText(figure)),
    ),
  );
  return [
    ...machines,
    [row('figure', 'measured', 'against, in the same run', 'ratio', 'spread', 'goal'), row(...Array<string>(6).fill('---')), ...rows].join(
      '\n',
    ),
    'Medians; the spread is from the lowest to the highest round, of the ratio where there is one.',
    ...measured.map(({ benchmark, result }) => `**${benchmark.name}** (${when(result)}). ${benchmark.about}`),
  ].join('\n\n');
}

const row = (...cells: string[]): string => `| ${cells.join(' | ')} |`;

const when = ({ at, seed }: Result): string => `${at.slice(0, 16).replace('T', ' ')} UTC, seed ${seed}`;

const machineText = ({ cpu, cores, memoryGiB, system, node, postgres }: Machine): string =>
  `Measured on: ${cpu}, ${cores} cores, ${memoryGiB} GiB of memory, ${system}, Node ${node}, Postgres ${postgres} (embedded, fsync on, default settings).`;
