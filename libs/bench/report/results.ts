import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark, Figure } from '../benchmark.js';
import type { Machine } from './machine.js';

/** What a benchmark measured last. */
export interface Result {
  name: string;
  /** When it ended; ISO 8601 UTC. */
  at: string;
  seed: number;
  machine: Machine;
  figures: Figure[];
}

/** Results of earlier runs too: a part of the benchmarks can be measured by itself. */
export class Results {
  private readonly folder: string;

  constructor(home: string) {
    this.folder = join(home, 'results');
  }

  async save(result: Result): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await writeFile(this.pathOf(result.name), JSON.stringify(result, null, 2));
  }

  /** Null where it was never measured. */
  async of({ name }: Benchmark): Promise<Result | null> {
    const text = await readFile(this.pathOf(name), 'utf8').catch(() => null);
    return text === null ? null : (JSON.parse(text) as Result);
  }

  private pathOf(name: string): string {
    return join(this.folder, `${name}.json`);
  }
}
