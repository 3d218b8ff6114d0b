import type { RejectionCode } from '@touchline/routes/rejections.js';
import { OF_CUSTOMERS } from './customers.js';
import { COMMON } from './everywhere.js';
import { OF_THE_GROUP } from './group.js';
import { OF_JOURNEYS } from './journeys.js';
import type { Rows } from './row.js';

/** How each refusal there is comes about: a new code does not compile until it is told here. */
export const REFUSALS: Rows<RejectionCode> = { ...COMMON, ...OF_CUSTOMERS, ...OF_JOURNEYS, ...OF_THE_GROUP };
