import type { Pool } from 'pg';
import type { Checkpoints } from '@touchline/subscriptions';
import { FAILURE_TEXT, SetAsides } from '@touchline/subscriptions';
import { projections } from './index.js';

/** Read models that do not follow the log, or not with everything, in words without anything of the events. */
export interface Standstill {
  /** Stand still until an operator acts; queries get the rows of then. */
  stopped: string[];
  /** Paused by an operator, or missing streams that are set aside. */
  partly: string[];
}

export async function standstill({ checkpoints, pool }: { checkpoints: Checkpoints; pool: Pool }): Promise<Standstill> {
  const [all, asides] = await Promise.all([checkpoints.list(), new SetAsides(pool).counts()]);
  const found: Standstill = { stopped: [], partly: [] };
  for (const { name } of projections) {
    const checkpoint = all.find((each) => each.name === name);
    const aside = asides.find(({ reader }) => reader === name);
    if (checkpoint?.state === 'stopped') {
      const { code, failedAt } = checkpoint.failure ?? { code: null, failedAt: checkpoint.updatedAt };
      const why = code === null ? '' : `: ${code}, ${FAILURE_TEXT[code]}`;
      found.stopped.push(`${name} stands still since ${failedAt}${why}; its rows are of then`);
    }
    if (checkpoint?.state === 'paused') found.partly.push(`${name} is paused since ${checkpoint.updatedAt}; its rows are of then`);
    if (aside !== undefined) {
      const streams = aside.streams === 1 ? '1 stream is' : `${aside.streams} streams are`;
      found.partly.push(`${name}: ${streams} set aside, the oldest since ${aside.since}; all else goes on`);
    }
  }
  return found;
}
