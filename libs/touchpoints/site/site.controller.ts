import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow, SiteDirectory } from '@touchline/auth';
import type { CommandServices, CommandMetadata } from '@touchline/commands';
import { COMMAND_SERVICES, Record, streamExists } from '@touchline/commands';
import { streamName } from '@touchline/core';
import { KeyedMetadata, RecordedAnswer, answer, pick } from '@touchline/http';
import { Records } from '../rejections.js';
import type { SiteCommand, SiteFactsKnown } from './site.decider.js';
import { siteDecider } from './site.decider.js';
import { ChangeSiteDto, CloseSiteDto, OpenSiteDto, SiteCalendarDto, SitePath, calendar, playbookRef } from './site.dto.js';

const MAY_ADMINISTER = { roles: ['admin'], scope: 'group' } as const;

const ON_SITE = ['site.unknown', 'site.closed'] as const;
const CALENDAR = [
  'calendar.bad-slot',
  'calendar.slots-overlap',
  'calendar.bad-date',
  'calendar.date-twice',
  'calendar.make-up-without-hours',
] as const;

@ApiTags('administration')
@Controller('admin/sites')
export class SiteController {
  constructor(
    @Inject(CommandBus) private readonly bus: CommandBus,
    @Inject(COMMAND_SERVICES) private readonly services: CommandServices,
    @Inject(SiteDirectory) private readonly sites: SiteDirectory,
  ) {}

  @Post()
  @Allow(MAY_ADMINISTER)
  @Records(
    'Open a site (案场、展厅)',
    ...(['site.already-open', 'unit.unknown', 'site.zone-unknown', 'playbook.unknown', 'site.product-lines'] as const),
  )
  open(@Body() body: OpenSiteDto, @KeyedMetadata() metadata: CommandMetadata): Promise<RecordedAnswer> {
    const site = { ...pick(body, 'name', 'unitId', 'zone', 'productLines'), playbook: playbookRef(body.playbook) };
    return this.record(metadata, { kind: 'open', siteId: body.siteId, site });
  }

  @Post(':siteId/changes')
  @Allow(MAY_ADMINISTER)
  @Records('Change a site; neither its unit nor its zone ever does', 'playbook.unknown', 'site.product-lines', ...ON_SITE)
  change(@Param() { siteId }: SitePath, @Body() body: ChangeSiteDto, @KeyedMetadata() metadata: CommandMetadata): Promise<RecordedAnswer> {
    const playbook = body.playbook === undefined ? {} : { playbook: playbookRef(body.playbook) };
    return this.record(metadata, { kind: 'change', siteId, change: { ...pick(body, 'name', 'productLines'), ...playbook } });
  }

  @Post(':siteId/calendar')
  @Allow(MAY_ADMINISTER)
  @Records('Set the calendar of a site: working hours, holidays, make-up days (调休)', ...CALENDAR, ...ON_SITE)
  setCalendar(
    @Param() { siteId }: SitePath,
    @Body() body: SiteCalendarDto,
    @KeyedMetadata() metadata: CommandMetadata,
  ): Promise<RecordedAnswer> {
    return this.record(metadata, { kind: 'set-calendar', siteId, calendar: calendar(body) });
  }

  @Post(':siteId/closure')
  @Allow(MAY_ADMINISTER)
  @Records('Close a site: it takes no new customers, what it has goes on', ...ON_SITE)
  close(@Param() { siteId }: SitePath, @Body() body: CloseSiteDto, @KeyedMetadata() metadata: CommandMetadata): Promise<RecordedAnswer> {
    return this.record(metadata, { kind: 'close', siteId, ...pick(body, 'reason') });
  }

  private async record(metadata: CommandMetadata, command: SiteCommand): Promise<RecordedAnswer> {
    const { tenant } = metadata;
    const stream = streamName('site', tenant, command.siteId);
    const context = (): Promise<SiteFactsKnown> => this.factsKnown(tenant, command);
    const outcome = await this.bus.execute(Record.onStream(metadata, { stream, decider: siteDecider, command, context }));
    await this.sites.changed(tenant, command.siteId);
    return answer(outcome);
  }

  private async factsKnown(tenant: string, command: SiteCommand): Promise<SiteFactsKnown> {
    const named = command.kind === 'open' ? command.site : command.kind === 'change' ? command.change : {};
    const { unitId, playbook } = { unitId: undefined, playbook: undefined, ...named };
    return {
      unitKnown: typeof unitId === 'string' && (await streamExists(this.services, streamName('unit', tenant, unitId))),
      playbookKnown: playbook !== undefined && (await this.services.playbooks.find(tenant, playbook)) !== undefined,
    };
  }
}
