import { Body, Controller, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth/allow.js';
import type { Issuer } from '@touchline/commands';
import { Record, statedOf } from '@touchline/commands';
import { Flag, Instant, Int, IssuedBy, RecordedAnswer, InboundMessage, Text, TextList, Uuid, answer, pick } from '@touchline/http';
import { ContactDto, MAY_RECORD, touchpointData } from '../contact.dto.js';
import { ON_CONTACT, Records } from '../rejections.js';
import { visitDecider } from './visit.decider.js';

class VisitReceivedDto extends ContactDto {
  @Int({ min: 1, max: 99, description: 'people who came together', example: 2 })
  batchSize!: number;

  @Flag({ description: 'true for the first visit of this purchase intent; first-time batches are what the boards count', example: true })
  first!: boolean;

  @Flag({ description: 'true where they left contact details', example: true })
  contactTaken!: boolean;

  @Flag({ optional: true })
  byAppointment?: boolean;

  @Instant({ optional: true, description: 'when they came in, where the visit is dated otherwise' })
  arrivedAt?: string;

  @Int({ optional: true, max: 86_400, description: 'from coming in to the first greeting', example: 40 })
  greetedAfterSeconds?: number;

  @Text({ optional: true, max: 100, description: 'where they live; kept sealed', example: '浦东新区' })
  homeDistrict?: string;

  @Flag({ optional: true, description: 'they said that they wish to buy' })
  wishToBuy?: boolean;

  @Uuid({ optional: true, description: 'owner for whom a colleague received (代接待): no change of owner' })
  onBehalfOf?: string;

  @TextList({ optional: true, maxItems: 20, example: ['brochure'] })
  materialShown?: string[];

  @TextList({ optional: true, maxItems: 20, description: 'known drawbacks that were disclosed', example: ['substation, 80 m north'] })
  risksShown?: string[];
}

@ApiTags('visits')
@Controller('visits')
export class VisitController {
  constructor(@Inject(CommandBus) private readonly bus: CommandBus) {}

  @Post('received')
  @Allow(MAY_RECORD)
  @InboundMessage('visit-received')
  @Records('Record a visit received (来访): on its journey, or as an unidentified contact (未留资)', ...ON_CONTACT, 'visit.not-the-owner')
  async received(@Body() body: VisitReceivedDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const occurredAt = body.occurredAt;
    const visit = {
      ...touchpointData(body, issuer, 'in', 'showroom'),
      ...pick(body, 'batchSize', 'first', 'contactTaken', 'byAppointment', 'greetedAfterSeconds', 'homeDistrict', 'media', 'campaign'),
      ...pick(body, 'arrivedAt'),
      ...(body.person && statedOf(body.person)),
      ...pick(body, 'wishToBuy', 'onBehalfOf', 'materialShown', 'risksShown'),
    };
    const record = Record.contact(issuer, body, occurredAt, {
      unidentified: { kind: 'visit', data: { ...visit, ...pick(body, 'callerName') }, ...pick(body, 'corrects') },
      onJourney: (place) => ({
        ...place,
        decider: visitDecider,
        mentions: { responsibleId: visit.responsibleId, onBehalfOf: visit.onBehalfOf },
        command: { ...place, occurredAt, visit, ...pick(body, 'corrects') },
      }),
    });
    return answer(await this.bus.execute(record));
  }
}
