import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Leaves on the heap only what is still held, so that what is held can be told from what waits to be collected. */
export const collectGarbage = runInNewContext('gc') as () => void;
