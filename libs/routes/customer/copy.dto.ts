import { ApiProperty } from '@nestjs/swagger';
import type { JsonObject } from '@touchline/core';
import { ResponseProperty } from '@touchline/http';
import type { Kept } from '../person.dto.js';
import { InClear, KeptDetailsShown, KeptIdentifierShown } from '../person.dto.js';
import type { ErasureReceipt } from '@touchline/touchpoints/customer/customer.fold.js';
import { ERASURE_ASKERS, ERASURE_REASONS } from '@touchline/touchpoints/customer/customer.events.js';
import type { CopiedEntry } from '@touchline/touchpoints/customer/person-copy.js';

// What a person is given of their data, as the OpenAPI document tells it.

export class ErasureReceiptShown implements ErasureReceipt {
  @ApiProperty({ format: 'uuid', description: 'number of the receipt: the event that tells it' }) receipt!: string;
  @ResponseProperty(String) customerId!: string;
  @ApiProperty({ format: 'date-time', description: 'from when on nothing could be read' }) erasedAt!: string;
  @ResponseProperty(String, { enum: ERASURE_ASKERS }) askedBy!: ErasureReceipt['askedBy'];
  @ResponseProperty(String, { enum: ERASURE_REASONS }) reason!: ErasureReceipt['reason'];
  @ResponseProperty(String, { description: 'user who did it' }) by!: string;
  @ResponseProperty(Number, { description: 'identifiers that were set free', example: 2 }) identifiers!: number;
}

export class CopiedPersonShown {
  @InClear('王芳') name?: Kept;
  @InClear('王女士') formOfAddress?: Kept;
  @ResponseProperty(() => KeptIdentifierShown, { list: true }) identifiers!: KeptIdentifierShown[];
  @ResponseProperty(() => KeptDetailsShown) details!: KeptDetailsShown;
}

class CopiedSourceShown {
  @ResponseProperty(String, { example: 'old-crm' }) system!: string;
  @ResponseProperty(String, { example: 'D-20418' }) reference!: string;
}

class CopiedEntryShown implements CopiedEntry {
  @ResponseProperty(String) eventId!: string;
  @ResponseProperty(String) type!: string;
  @ResponseProperty(String) occurredAt!: string;
  @ResponseProperty(String) recordedAt!: string;
  @ResponseProperty(String, { optional: true, description: 'the event that this one replaces' }) corrects?: string;
  @ResponseProperty(() => CopiedSourceShown, { optional: true, description: 'the system it came from' }) source?: CopiedSourceShown;
  @ApiProperty({
    ...{ type: 'object', additionalProperties: true, example: { reached: true } },
    description: 'every field of its type, in clear; {"erased":true} where it was erased',
  })
  data!: JsonObject;
}

export class CopiedRecordShown {
  @ResponseProperty(String, { enum: ['customer', 'journey', 'complaint', 'contact', 'reveals'] }) record!: string;
  @ResponseProperty(String, { format: 'uuid' }) id!: string;
  @ResponseProperty(() => CopiedEntryShown, { list: true }) entries!: CopiedEntryShown[];
}
