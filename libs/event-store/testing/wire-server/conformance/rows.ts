import { it } from '@jest/globals';

/** A row that takes more than asking: a follower, an administrator, a restart. */
export type Row = (what: string, needs: string, work: () => Promise<void>) => void;

/** On a server that is not ours such a row is not asked, and its title says why. */
export const rowOf =
  (isOurs: boolean): Row =>
  (what, needs, work) =>
    isOurs ? it(what, work) : it(`${what}: not asked, it takes ${needs}`, () => undefined);
