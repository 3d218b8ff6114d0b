import type { Body } from '@touchline/server/testing/api-document.js';
import type { TestApi } from '@touchline/server/testing/use-api.js';
import type { Intake } from '../intake.js';
import type { SentMessage } from '../message.js';
import { intakeOn } from '../start-intake.js';

/** The registered system of the test group that messages come from, which works for `pudong`. */
export const FIN = '/dongfang/fin';

export interface Sending {
  type: string;
  reference: string;
  data: Body;
  source?: string;
}

/** A message as most clients make them: attributes in headers. */
export const binary = ({ type, reference, data, source = FIN }: Sending): SentMessage => ({
  headers: {
    ...{ ce_specversion: '1.0', ce_type: `dev.touchline.intake.${type}`, ce_source: source, ce_id: reference },
    'content-type': 'application/json',
  },
  value: Buffer.from(JSON.stringify(data)),
});

/** The same in one JSON object. */
export const structured = ({ type, reference, data, source = FIN }: Sending): SentMessage => ({
  headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
  value: Buffer.from(JSON.stringify({ specversion: '1.0', type: `dev.touchline.intake.${type}`, source, id: reference, data })),
});

export const intakeOf = ({ platform }: TestApi): Intake => intakeOn(platform);
