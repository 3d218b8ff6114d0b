import { appendFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { About, Note, Told } from './notes.js';

/** Where `npm run certify` gathers what suites do; without it nothing is noted. */
const NOTES = process.env['TOUCHLINE_CERTIFICATE'];

/** Somebody to be killed; `kill` tells whether it was still running. */
interface Victim {
  readonly name: string;
  kill(): Promise<boolean>;
}

/** A suite whose kill points stand in the certificate, counted as they happen. */
export interface Certified {
  /** Kills it in the middle of its work. Nothing is noted where it had ended by itself; nor of kills that only clean up. */
  kill(victim: Victim): Promise<boolean>;
  /** Notes a kill that the suite did itself. */
  killed(what: string): void;
  /** Notes that writers met. */
  met(what: string): void;
}

/** To be called by a test file that `npm run certify` runs, while its tests are declared. */
export function certified(about: About): Certified {
  const note = noter();
  note({ about });
  const killed = (what: string): void => note({ killed: what });
  return {
    kill: async (victim) => {
      const wasRunning = await victim.kill();
      if (wasRunning) killed(victim.name);
      return wasRunning;
    },
    killed,
    met: (what) => note({ met: what }),
  };
}

function noter(): (told: Told) => void {
  if (NOTES === undefined) return () => {};
  const { testPath } = expect.getState();
  if (testPath === undefined) throw new Error('which test file this is, is not known');
  // One write a line, so that lines of suites that run at once do not mix.
  return (told) => {
    const line: Note = { file: testPath, ...told };
    appendFileSync(NOTES, `${JSON.stringify(line)}\n`);
  };
}
