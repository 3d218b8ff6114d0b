import { Instant, ReadQuery, ResponseProperty, Slug } from '@touchline/http';
import type { DayOfTraffic } from './traffic.query.js';

export class TrafficQuery extends ReadQuery {
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

export class TrafficShown {
  @ResponseProperty(() => DayOfTrafficShown, { list: true }) days!: DayOfTrafficShown[];
}
