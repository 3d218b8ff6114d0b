import type { JsonObject } from '@touchline/core';
import { topics } from '@touchline/topics';
import type { AsyncApiOptions } from '@touchline/topics/asyncapi.js';
import { asyncApiDocument } from '@touchline/topics/asyncapi.js';
import type { Released } from '@touchline/topics/compatibility.js';
import { exampleRecords } from '@touchline/topics/examples.js';
import { takenMessages } from '@touchline/topics/intake.js';
import { releasedSchemas } from '@touchline/topics/released-schemas.js';

/** What services that read the topics and systems that write to the intake can rely on, as it is served. */
export class TopicContract {
  readonly asyncApi: JsonObject;
  readonly schemas: readonly Released[] = releasedSchemas();

  constructor(prefix: string, brokers: Omit<AsyncApiOptions, 'examples'> = {}) {
    this.asyncApi = asyncApiDocument(topics, prefix, takenMessages(this.schemas), { ...brokers, examples: exampleRecords() });
  }
}
