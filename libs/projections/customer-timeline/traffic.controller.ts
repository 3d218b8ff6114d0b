import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller, SiteDirectory } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { Instant, QueryRoute, ReadQuery, ResponseProperty, Slug } from '@touchline/http';
import { MAY_READ, ReadModels } from '../read-models.js';
import { zonesOf } from '../zones.js';
import type { DayOfTraffic } from './traffic.query.js';
import { sitesWithTraffic, traffic } from './traffic.query.js';

class TrafficQuery extends ReadQuery {
  @Instant({ description: 'happened at or after' })
  occurredFrom!: string;

  @Instant({ description: 'happened before' })
  occurredTo!: string;

  @Slug({ optional: true, example: 'pudong' })
  siteId?: string;
}

class DayOfTrafficShown implements DayOfTraffic {
  @ResponseProperty(String) siteId!: string;
  @ResponseProperty(String, { description: "day of the site's calendar", example: '2026-06-01' }) day!: string;
  @ResponseProperty(Number, { description: 'calls received' }) calls!: number;
  @ResponseProperty(Number, { description: 'of these, with contact details left' }) callsKept!: number;
  @ResponseProperty(Number, { description: 'batches received' }) visits!: number;
  @ResponseProperty(Number, { description: 'batches that came for the first time' }) firstVisits!: number;
  @ResponseProperty(Number, { description: 'of these, with contact details left' }) firstVisitsKept!: number;
  @ResponseProperty(Number, { description: 'people of all batches, where noted' }) people!: number;
  @ResponseProperty(Number, { description: 'calls and visits that left no details' }) unidentified!: number;
}

class TrafficShown {
  @ResponseProperty(() => DayOfTrafficShown, { list: true }) days!: DayOfTrafficShown[];
}

@ApiTags('traffic')
@Controller('traffic')
export class TrafficController {
  constructor(
    @Inject(ReadModels) private readonly read: ReadModels,
    @Inject(SiteDirectory) private readonly sites: SiteDirectory,
  ) {}

  @Get()
  @Allow(MAY_READ)
  @QueryRoute('Traffic of each site by day: calls, visits, and how many left contact details', TrafficShown)
  async traffic(@Query() { after, ...question }: TrafficQuery, @CurrentCaller() caller: Caller): Promise<TrafficShown> {
    await this.read.upTo(after, 'customer-timeline');
    const sites = await sitesWithTraffic(this.read.ask, caller, question);
    const zones = await zonesOf(this.sites, caller.tenant, sites);
    return { days: await traffic(this.read.ask, caller, { ...question, zones }) };
  }
}
