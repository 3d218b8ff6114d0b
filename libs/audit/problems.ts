import { Problem } from '@touchline/http';
import { LogBroken } from './faults.js';
import { LogEmpty } from './heads/log-heads.js';

/** @throws Problem 409 `log.broken` with what does not hold, but not whose it is | 409 `log.empty` */
export async function orProblem<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LogEmpty) throw new Problem(409, 'log.empty', 'nothing has been recorded yet');
    if (!(error instanceof LogBroken)) throw error;
    const { kind, index, position } = error.fault;
    // The stream may be another group's; an operator finds it with `touchline log verify`.
    throw new Problem(409, 'log.broken', 'the log does not hold; nothing is signed over it. `touchline log verify` tells more', {
      extensions: { fault: { kind, index, position } },
    });
  }
}
