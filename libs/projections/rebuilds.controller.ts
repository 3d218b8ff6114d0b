import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Operator } from '@touchline/auth';
import { Allow, OPERATES, OrderedBy } from '@touchline/auth';
import { Flag, LookupRoute, OperatingRoute, PAGED, Paging, QueryInt, ResponseProperty, Text } from '@touchline/http';
import type { Page } from '@touchline/http';
import { keyDiffers } from './key-differs.js';
import { BuildShown, KeyDiffers, UNKNOWN } from './operations.dto.js';
import { RebuildOperations } from './rebuilds.js';

class RebuildDto {
  @Flag({ optional: true, description: 'switch although rows differ: they are wrong as they are' })
  acceptDifferences?: boolean;
}

class DifferencesQuery {
  @QueryInt({ optional: true, min: 1, max: 1_000_000, description: 'default: the newest that was compared' })
  build?: number;

  @QueryInt({ optional: true, min: 1, max: 200, description: 'most rows of the page; default 50' })
  limit?: number;

  @Text({ optional: true, max: 500, as: 'given', description: '`next` of the page before' })
  cursor?: string;
}

class BuildsShown {
  @ResponseProperty(() => BuildShown, { list: true }) builds!: BuildShown[];
}

class DifferencesShown implements Page<KeyDiffers> {
  @ResponseProperty(() => KeyDiffers, { list: true }) items!: KeyDiffers[];
  @ResponseProperty(String, { nullable: true }) next!: string | null;
}

@ApiTags('operation')
@Controller('admin/projections')
export class RebuildsController {
  constructor(@Inject(RebuildOperations) private readonly rebuilds: RebuildOperations) {}

  @Get(':name/builds')
  @Allow(OPERATES)
  @LookupRoute('The builds of a read model, the newest first, and how each was compared', BuildsShown, { 404: UNKNOWN })
  async builds(@Param('name') name: string): Promise<BuildsShown> {
    return { builds: await this.rebuilds.list(name) };
  }

  @Get(':name/differences')
  @Allow(OPERATES)
  @LookupRoute('Keys that differ between a build and the rows before it, the first thousand', DifferencesShown, {
    ...PAGED,
    404: [...UNKNOWN, 'projection.not-compared'],
  })
  async differences(@Param('name') name: string, @Query() query: DifferencesQuery): Promise<DifferencesShown> {
    const { items, next } = await this.rebuilds.differences(name, query.build, new Paging(query, 'key', ['text'], 'asc'));
    return { items: items.map(keyDiffers), next };
  }

  @Post(':name/rebuild')
  @Allow(OPERATES)
  @OperatingRoute('Build a read model anew beside the live one, to take its place', BuildShown, {
    404: UNKNOWN,
    409: ['rebuild.under-way'],
  })
  async rebuild(@Param('name') name: string, @Body() body: RebuildDto, @OrderedBy() operator: Operator): Promise<BuildShown> {
    return this.rebuilds.begin(operator, name, body);
  }

  @Post(':name/rebuild/cancel')
  @Allow(OPERATES)
  @OperatingRoute('Have a rebuild stand still', BuildShown, { 404: UNKNOWN, 409: ['rebuild.none'] })
  async cancel(@Param('name') name: string, @OrderedBy() operator: Operator): Promise<BuildShown> {
    return this.rebuilds.cancel(operator, name);
  }

  @Post(':name/rebuild/resume')
  @Allow(OPERATES)
  @OperatingRoute('Have a rebuild that was cancelled, or that stopped at an event, go on', BuildShown, {
    404: UNKNOWN,
    409: ['rebuild.none'],
  })
  async resume(@Param('name') name: string, @OrderedBy() operator: Operator): Promise<BuildShown> {
    return this.rebuilds.resume(operator, name);
  }

  @Post(':name/builds/drop')
  @Allow(OPERATES)
  @OperatingRoute('Remove the rows that were live before, and those of a build that was cancelled or refused', BuildsShown, {
    404: UNKNOWN,
  })
  async drop(@Param('name') name: string, @OrderedBy() operator: Operator): Promise<BuildsShown> {
    return { builds: await this.rebuilds.drop(operator, name) };
  }
}
