import type { JsonObject } from '@touchline/core';
import type { Body } from '@touchline/server/testing/api-document.js';
import { CE_TYPE_PREFIX } from '@touchline/topics/contract.js';
import { TAKEN, takenMessages } from '@touchline/topics/intake.js';
import { releasedSchemas } from '@touchline/topics/released-schemas.js';
import { faultsOf } from '@touchline/topics/testing/strict.js';
import type { SentMessage } from '../message.js';
import { readMessage } from '../message.js';

const forms = new Map(takenMessages(releasedSchemas()).map(({ type, schema }) => [type, schema]));

/** What the released schema of a kind of message has to say against data; '' where it fits. */
export function dataMisfits(name: string, data: Body): string {
  const form = forms.get(TAKEN + name);
  return form === undefined ? `there is no schema of ${name}` : faultsOf(form, data as JsonObject);
}

/** The same of a whole message. */
export function misfits(message: SentMessage): string {
  const { type, data } = readMessage(message, Infinity);
  return dataMisfits(type.slice((CE_TYPE_PREFIX + TAKEN).length), data as Body);
}
