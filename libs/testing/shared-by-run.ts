import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The folder of this test run. */
export function testRun(): string {
  const run = process.env['TOUCHLINE_TEST_RUN'];
  if (run === undefined) throw new Error('no test run: is libs/testing/global-setup.ts in the Jest configuration?');
  return run;
}

/**
 * What a test run has once: the first test file that asks starts it, the others wait for what that one tells of it in `<name>.json`.
 * It ends with the run, not with the worker that started it.
 */
export async function sharedByRun<T extends object>(name: string, start: (run: string) => Promise<T>, patienceMs: number): Promise<T> {
  const run = testRun();
  const state = join(run, `${name}.json`);
  const mine = await mkdir(join(run, `starting-${name}`)).then(
    () => true,
    () => false,
  );
  if (mine) {
    const started = await start(run).catch((error: unknown) => ({ error: String(error) }));
    // Under another name first, so that nobody reads half a file.
    await writeFile(`${state}.partial`, JSON.stringify(started));
    await rename(`${state}.partial`, state);
  }
  for (let waited = 0; waited < patienceMs; waited += 20) {
    const text = await readFile(state, 'utf8').catch(() => null);
    if (text !== null) {
      const told = JSON.parse(text) as T & { error?: string };
      if (told.error !== undefined) throw new Error(`the ${name} of the test run did not start: ${told.error}`);
      return told;
    }
    await delay(20);
  }
  throw new Error(`the ${name} of the test run did not start in time`);
}
