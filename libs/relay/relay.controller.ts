import { Controller, Get, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Operator } from '@touchline/auth';
import { Allow, OPERATES, OrderedBy } from '@touchline/auth';
import { LookupRoute, OperatingRoute, ResponseProperty } from '@touchline/http';
import type { Lag } from '@touchline/subscriptions';
import type { RelayShown } from './operations.js';
import { RelayOperations } from './operations.js';

class LagShown implements Lag {
  @ResponseProperty(Number, { description: 'events of the log not yet told' }) events!: number;
  @ResponseProperty(Boolean, { description: 'there are more than that' }) more!: boolean;
  @ResponseProperty(Number, { fraction: true, description: 'age of the oldest of them' }) seconds!: number;
}

const STATES = ['resting', 'idle', 'running', 'stopped'] as const;
const CODES = [
  'checkpoint.log-mismatch',
  'event.failed',
  'relay.position-missing',
  'relay.sequences-missing',
  'relay.topic-drift',
] as const;

class RelayAnswer implements RelayShown {
  @ResponseProperty(String, { enum: [...STATES], description: 'resting: no Kafka is set; idle: no relay has taken it up yet' })
  state!: RelayShown['state'];
  @ResponseProperty(String, { description: 'first part of the name of every topic' }) prefix!: string;
  @ResponseProperty(String, { nullable: true, enum: [...CODES], description: 'why it stands still until an operator acts' })
  code!: RelayShown['code'];
  @ResponseProperty(String, { nullable: true }) detail!: string | null;
  @ResponseProperty(String, { nullable: true, description: 'what holds it up and is tried again by itself' }) trouble!: string | null;
  @ResponseProperty(String, { nullable: true }) position!: string | null;
  @ResponseProperty(String, { nullable: true, description: 'newest position of the log' }) head!: string | null;
  @ResponseProperty(() => LagShown) lag!: LagShown;
  @ResponseProperty(String, { nullable: true, description: 'the process that holds the lease, or held it last' }) holder!: string | null;
  @ResponseProperty(String, { nullable: true }) movedAt!: string | null;
}

@ApiTags('operation')
@Controller('admin/relay')
export class RelayController {
  constructor(@Inject(RelayOperations) private readonly operations: RelayOperations) {}

  @Get()
  @Allow(OPERATES)
  @LookupRoute('How the relay to Kafka stands: how far behind the log, and what it stopped at', RelayAnswer)
  stands(): Promise<RelayAnswer> {
    return this.operations.stands();
  }

  @Post('retry')
  @Allow(OPERATES)
  @OperatingRoute('Have the relay try again what it stopped at', RelayAnswer, { 409: ['relay.not-stopped'] })
  retry(@OrderedBy() operator: Operator): Promise<RelayAnswer> {
    return this.operations.retry(operator);
  }
}
