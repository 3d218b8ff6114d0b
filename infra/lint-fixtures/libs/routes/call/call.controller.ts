import { randomUUID } from 'node:crypto';
import { Controller, Get } from '@nestjs/common';
import { Caller } from '@touchline/http';
import { latest } from '@touchline/touchpoints/call/call.decider.js';

@Controller('calls')
export class CallController {
  // Nest reads this class from the metadata: it must stay a value import.
  constructor(private readonly caller: Caller) {}

  @Get()
  list(): unknown[] {
    return [this.caller.tenant, latest.name, randomUUID(), Date.now()];
  }
}
