import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { CommandServices } from '@touchline/commands';
import { COMMAND_SERVICES } from '@touchline/commands';
import type { Caller, Json } from '@touchline/core';
import { applyCorrections } from '@touchline/core';
import { QueryRoute, ReadQuery, ResponseProperty } from '@touchline/http';
import { ReadModels, live, parameters, unknown, visible } from '../read-models.js';
import { TimelineEntry } from './customer-timeline.entity.js';
import { ENTRIES_VIEW } from './timeline.query.js';

/** Names are shown to those who meet customers, and so is what customers said (domain §13.2). */
const MAY_READ_TEXTS = {
  roles: ['consultant', 'manager', 'service-manager'],
  scope: 'site',
  why: 'those who deal with customers in person; the others work without knowing who it is',
} as const;

class TextsShown {
  @ResponseProperty(String) eventId!: string;
  @ApiProperty({
    ...{ type: 'object', additionalProperties: true, example: { note: '客户要求周末看车' } },
    description: 'by field, as they count now; {"erased":true} where the person was erased',
  })
  texts!: Record<string, Json>;
}

@ApiTags('timelines')
@Controller('touchpoints')
export class TextsController {
  constructor(
    @Inject(ReadModels) private readonly read: ReadModels,
    @Inject(COMMAND_SERVICES) private readonly services: CommandServices,
  ) {}

  @Get(':eventId/texts')
  @Allow(MAY_READ_TEXTS)
  @QueryRoute('What is kept sealed of a touchpoint, in clear: notes, promises, the account of a complaint …', TextsShown, {
    404: ['touchpoint.unknown'],
  })
  async texts(@Param('eventId') id: string, @Query() { after }: ReadQuery, @CurrentCaller() caller: Caller): Promise<TextsShown> {
    await this.read.upTo(after, ENTRIES_VIEW.name);
    const { values, $ } = parameters();
    const [row] = await this.read.ask<{ stream: string }>(
      `select stream from ${live(TimelineEntry)($)} where ${visible($, caller)} and event_id = ${$(id)}`,
      values,
    );
    if (row === undefined) throw unknown('touchpoint');
    const events = await this.services.open(await this.services.deps.streams.events(row.stream));
    const event = applyCorrections(events).find((each) => each.id === id);
    if (event === undefined) throw new Error('what the view shows is in the log');
    const { personal } = this.services.deps.registry.get(event.type);
    return { eventId: id, texts: Object.fromEntries((personal?.fields ?? []).flatMap((field) => entryOf(field, event.data[field]))) };
  }
}

const entryOf = (field: string, value: Json | undefined): [string, Json][] => (value === undefined ? [] : [[field, value]]);
