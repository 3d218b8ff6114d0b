import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, OPERATES } from '@touchline/auth';
import { LookupRoute, ResponseProperty } from '@touchline/http';
import type { IntakeShown, PartitionShown } from './operations.js';
import { IntakeOperations } from './operations.js';

class IntakePartition implements PartitionShown {
  @ResponseProperty(Number) partition!: number;
  @ResponseProperty(String, { description: 'offset of the next message to be taken' }) next!: string;
  @ResponseProperty(String, { description: 'offset that the next message sent will have' }) end!: string;
  @ResponseProperty(Number, { description: 'messages between the two' }) waiting!: number;
  @ResponseProperty(String, { nullable: true, description: 'since when it stands at `next`, for a fault on our side' }) standsSince!:
    string | null;
  @ResponseProperty(String, { nullable: true, description: 'the fault it stands at' }) fault!: string | null;
  @ResponseProperty(String, { nullable: true, description: 'the process that stands there' }) holder!: string | null;
}

const STATES = ['resting', 'unknown', 'elsewhere', 'unattended', 'standing', 'running'] as const;

class IntakeAnswer implements IntakeShown {
  @ResponseProperty(String, {
    enum: [...STATES],
    description:
      'resting: no Kafka is set, or this is a rehearsal; unknown: the brokers do not say; elsewhere: another installation takes the ' +
      'messages for this log; unattended: no process takes any; standing: a partition waits for a fault to be over',
  })
  state!: IntakeShown['state'];
  @ResponseProperty(String, { nullable: true, description: 'the consumer group, named for the log' }) group!: string | null;
  @ResponseProperty(Number, { description: 'processes that take messages in' }) members!: number;
  @ResponseProperty(Number, { nullable: true, description: 'messages not yet taken' }) waiting!: number | null;
  @ResponseProperty(String, { nullable: true }) trouble!: string | null;
  @ResponseProperty(() => IntakePartition, { list: true }) partitions!: IntakePartition[];
}

@ApiTags('operation')
@Controller('admin/intake')
export class IntakeController {
  constructor(@Inject(IntakeOperations) private readonly operations: IntakeOperations) {}

  @Get()
  @Allow(OPERATES)
  @LookupRoute('How the intake from Kafka stands: how many messages wait in each partition, and which stands at a fault', IntakeAnswer)
  stands(): Promise<IntakeAnswer> {
    return this.operations.stands();
  }
}
