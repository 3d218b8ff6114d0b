import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Recorded } from '@touchline/auth';
import { Allow, OPERATES, Operations } from '@touchline/auth';
import { LookupRoute, QueryInt, ResponseProperty } from '@touchline/http';
import type { OperationName } from '@touchline/touchpoints/operation/operation.events.js';

class OperationsQuery {
  @QueryInt({ optional: true, min: 1, max: 1000, description: 'how many, the newest first; default 100' })
  limit?: number;
}

class OperationShown implements Pick<Recorded, keyof OperationShown> {
  @ResponseProperty(String, { example: 'projection.pause' }) operation!: OperationName;
  @ResponseProperty(String, { description: 'which of its kind', example: 'customer-status' }) subject!: string;
  @ResponseProperty(String, { description: 'name of who ordered it; an account and its machine at the command line' }) operator!: string;
  @ResponseProperty(String, { description: "id of the operator as a user; 'cli' of the command line" }) by!: string;
  @ResponseProperty(String) orderedAt!: string;
  @ResponseProperty(Boolean, { optional: true, description: 'of a rebuild: switch although rows differ' }) acceptDifferences?: boolean;
  @ResponseProperty(String, { optional: true, description: 'of a skip: the event that is left out' }) eventId?: string;
  @ResponseProperty(String, { optional: true, description: 'of a skip: the stream that event stands in' }) stream?: string;
}

class OperationsShown {
  @ResponseProperty(() => OperationShown, { list: true }) operations!: OperationShown[];
}

const DEFAULT_LIMIT = 100;

@ApiTags('operation')
@Controller('admin/operations')
export class OperationController {
  constructor(@Inject(Operations) private readonly operations: Operations) {}

  @Get()
  @Allow(OPERATES)
  @LookupRoute('What operators ordered, and who they were', OperationsShown)
  async all(@Query() { limit = DEFAULT_LIMIT }: OperationsQuery): Promise<OperationsShown> {
    return { operations: await this.operations.list(limit) };
  }
}
