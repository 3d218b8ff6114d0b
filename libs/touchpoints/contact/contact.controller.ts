import { Body, Controller, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth/allow.js';
import type { Issuer } from '@touchline/commands';
import { Record } from '@touchline/commands';
import { streamName } from '@touchline/core';
import { Instant, IssuedBy, RecordedAnswer, Text, Uuid, answer, pick } from '@touchline/http';
import { Records } from '../rejections.js';
import { contactDecider } from './contact.decider.js';

class ContactNamedDto {
  @Uuid({ description: 'unidentified contact (未留资)' })
  contactId!: string;
}

class ContactTiedDto extends ContactNamedDto {
  @Instant({ description: 'when it turned out whose it was' })
  occurredAt!: string;

  @Uuid({ description: 'journey of whoever it was' })
  journeyId!: string;

  @Text({ optional: true, max: 4000, description: 'how it turned out; kept sealed' })
  note?: string;
}

class ContactUntiedDto extends ContactNamedDto {
  @Instant({ description: 'when the error was noticed' })
  occurredAt!: string;

  @Text({ max: 4000, description: 'why the tie was an error; kept sealed', example: '同名的另一位客户' })
  reason!: string;
}

const MAY_TIE = { roles: ['consultant', 'manager', 'service-manager'], scope: 'site' } as const;

@ApiTags('contacts')
@Controller('contacts')
export class ContactController {
  constructor(@Inject(CommandBus) private readonly bus: CommandBus) {}

  @Post('tied')
  @Allow(MAY_TIE)
  @Records(
    'Tie an unidentified contact to the journey of whoever it turned out to be',
    'contact.unknown',
    'contact.already-tied',
    'contact.journey-unidentified',
    'journey.unknown',
    'customer.erased',
  )
  async tied(@Body() body: ContactTiedDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const { contactId, journeyId } = body;
    const record = Record.about(issuer, { journeyId, tying: true }, (about) =>
      Record.atSite(issuer, {
        stream: streamName('contact', issuer.tenant, contactId),
        decider: contactDecider,
        command: {
          kind: 'tie',
          contactId,
          occurredAt: body.occurredAt,
          tie: { journeyId, ...pick(about, 'customerId'), ...pick(body, 'note') },
        },
      }),
    );
    return answer(await this.bus.execute(record));
  }

  @Post('untied')
  @Allow(MAY_TIE)
  @Records('Undo a tie made in error', 'contact.unknown', 'contact.not-tied')
  async untied(@Body() body: ContactUntiedDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const { contactId, reason } = body;
    const record = Record.atSite(issuer, {
      stream: streamName('contact', issuer.tenant, contactId),
      decider: contactDecider,
      command: { kind: 'untie', contactId, occurredAt: body.occurredAt, reason },
    });
    return answer(await this.bus.execute(record));
  }
}
