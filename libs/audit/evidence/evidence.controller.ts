import { Readable } from 'node:stream';
import { Controller, Get, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { CommandServices } from '@touchline/commands';
import { COMMAND_SERVICES } from '@touchline/commands';
import type { Caller } from '@touchline/core';
import { FileRoute, ReadQuery } from '@touchline/http';
import { streamsOfCustomer } from '@touchline/projections/customer-streams/streams-of-customer.js';
import { ReadModels, unknown } from '@touchline/projections/read-models.js';
import { LogHeads } from '../heads/log-heads.js';
import { orProblem } from '../problems.js';
import { makeEvidence } from './make-evidence.js';

const MAY_PROVE = {
  roles: ['analyst', 'manager'],
  scope: 'site',
  why: 'personal fields stay sealed in it: the proof does not need them',
} as const;

const MEDIA_TYPE = 'application/x-ndjson';
const EXAMPLE = '{"customer":"3f0c2a7e-5b1d-5c8e-9a46-7d2e8b90c1f4","format":"touchline-evidence/1","kind":"header"}\n';

@ApiTags('proof')
@Controller('customers')
export class EvidenceController {
  constructor(
    @Inject(COMMAND_SERVICES) private readonly services: CommandServices,
    @Inject(ReadModels) private readonly read: ReadModels,
    @Inject(LogHeads) private readonly logHeads: LogHeads,
  ) {}

  @Get(':customerId/evidence')
  @Allow(MAY_PROVE)
  @FileRoute("A customer's history with its proofs, as one file that is checked without this platform", MEDIA_TYPE, EXAMPLE, {
    404: ['customer.unknown'],
    409: ['log.broken'],
  })
  async evidence(@Param('customerId') id: string, @Query() { after }: ReadQuery, @CurrentCaller() caller: Caller): Promise<StreamableFile> {
    await this.read.upTo(after, 'customer-streams');
    const { tenant, sites, userId } = caller;
    const streams = await streamsOfCustomer(this.read.ask, { tenant, customer: id, sites });
    if (streams.length === 0) throw unknown('customer');
    const { registry, clock, ...deps } = this.services.deps;
    const order = { tenant, customer: id, sites, streams, by: `user ${userId}`, at: await clock.now() };
    const lines = await orProblem(makeEvidence({ store: deps.streams.store, registry, logHeads: this.logHeads }, order));
    return new StreamableFile(Readable.from(lines), {
      type: MEDIA_TYPE,
      disposition: `attachment; filename="evidence-${encodeURIComponent(id)}.jsonl"`,
    });
  }
}
