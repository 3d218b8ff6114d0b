import { Body, Controller, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth/allow.js';
import type { Issuer } from '@touchline/commands';
import { Record } from '@touchline/commands';
import type { JsonObject } from '@touchline/core';
import { FreeObject, IssuedBy, OneOf, RecordedAnswer, Slug, InboundMessage, answer, pick } from '@touchline/http';
import { fieldRules } from '@touchline/playbooks';
import { JourneyActDto, MAY_RECORD, touchpointData } from '../contact.dto.js';
import { ON_JOURNEY, Records } from '../rejections.js';
import { declaredDecider } from './declared.decider.js';

class TouchpointRecordedDto extends JourneyActDto {
  @Slug({ description: "name under which the journey's playbook declares it", example: 'needs-recorded' })
  kind!: string;

  @FreeObject({
    optional: true,
    mayBeEmpty: true,
    description: 'fits the schema that the playbook gives to the kind; fields that may hold any text are sealed',
    example: { use: 'family', buysWithinDays: 14, decider: 'self' },
  })
  fields?: JsonObject;

  @OneOf(['in', 'out'], { optional: true, description: "'in' when absent" })
  direction?: 'in' | 'out';
}

const decider = declaredDecider(fieldRules);

@ApiTags('touchpoints')
@Controller('touchpoints')
export class DeclaredController {
  constructor(@Inject(CommandBus) private readonly bus: CommandBus) {}

  @Post()
  @Allow(MAY_RECORD)
  @InboundMessage('touchpoint-recorded')
  @Records(
    "Record a touchpoint of a kind that the journey's playbook declares",
    ...ON_JOURNEY,
    'touchpoint.undeclared',
    'touchpoint.fields-invalid',
    'word.unknown',
  )
  async recorded(@Body() body: TouchpointRecordedDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const { journeyId, kind, fields = {}, direction = 'in' } = body;
    const touchpoint = { ...touchpointData(body, issuer, direction, 'other'), kind, fields };
    const record = Record.onJourney(issuer, {
      journeyId,
      decider,
      mentions: { responsibleId: touchpoint.responsibleId },
      command: { journeyId, occurredAt: body.occurredAt, touchpoint, ...pick(body, 'corrects') },
    });
    return answer(await this.bus.execute(record));
  }
}
