import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth/allow.js';
import { asPosition } from '@touchline/core';
import type { CommandServices, CommandMetadata } from '@touchline/commands';
import { COMMAND_SERVICES, NamedCommand, personAt } from '@touchline/commands';
import { KeyedMetadata, answer } from '@touchline/http';
import { Records } from '../rejections.js';
import { RevealDto, RevealPath, RevealedAnswer, revealed } from './reveal.dto.js';
import { REVEALABLE } from '@touchline/touchpoints/reveal/reveal.events.js';

const MAY_LOOK = {
  roles: ['consultant', 'manager', 'service-manager'],
  scope: 'site',
  why: 'those who deal with customers in person; the others work without knowing who it is',
} as const;

@ApiTags('customers')
@Controller('customers/:customerId/reveals')
export class RevealController {
  constructor(
    @Inject(CommandBus) private readonly bus: CommandBus,
    @Inject(COMMAND_SERVICES) private readonly services: CommandServices,
  ) {}

  @Post()
  @Allow(MAY_LOOK)
  @ApiCreatedResponse({ type: RevealedAnswer })
  @Records("Look at a customer's data in clear; who looked, at what and why is recorded", 'customer.unknown')
  async reveal(
    @Param() { customerId }: RevealPath,
    @Body() body: RevealDto,
    @KeyedMetadata() metadata: CommandMetadata,
  ): Promise<RevealedAnswer> {
    const { reason, fields = [...REVEALABLE] } = body;
    const look = new NamedCommand('personal-data-revealed', { customerId, fields, reason }, metadata);
    const recorded = answer(await this.bus.execute(look));
    if (recorded.position === null) throw new Error('a reveal is always recorded');
    const person = await personAt(this.services, metadata.tenant, customerId, asPosition(recorded.position));
    return Object.assign(recorded, revealed(person, fields));
  }
}
