import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { PAGED, PageQuery, Paging, QueryRoute } from '@touchline/http';
import { PlaybookSource, shippedFiles } from '@touchline/playbooks';
import { ReadModels } from '../read-models.js';
import type { ListedPlaybookShown } from './group-directory.dto.js';
import { PlaybookPageShown } from './group-directory.dto.js';
import { listEntries } from './group-directory.query.js';

@ApiTags('administration')
@Controller('admin/playbooks')
export class PlaybookListController {
  constructor(
    @Inject(ReadModels) private readonly read: ReadModels,
    @Inject(PlaybookSource) private readonly source: PlaybookSource,
  ) {}

  @Get()
  @Allow({ roles: ['admin', 'analyst'], scope: 'group' })
  @QueryRoute('Playbooks (流程手册) by id: those that ship and those the group has published', PlaybookPageShown, PAGED)
  async list(@Query() query: PageQuery, @CurrentCaller() { tenant }: Caller): Promise<PlaybookPageShown> {
    await this.read.upTo(query.after, 'group-directory');
    const paging = new Paging(query, 'id', ['text'], 'asc');
    const published = await listEntries(this.read.ask, { tenant, kind: 'playbook' }, paging);
    const [after] = paging.after() ?? [];
    const shipped = (await this.shipped(tenant)).filter(({ playbookId }) => after === undefined || playbookId > after);
    const all = [...shipped, ...published.map(({ id, revision, record }) => ({ playbookId: id, ...record, shipped: false, revision }))];
    return paging.page(
      all.sort((a, b) => (a.playbookId < b.playbookId ? -1 : 1)),
      ({ playbookId }) => [playbookId],
    );
  }

  private shipped(tenant: string): Promise<ListedPlaybookShown[]> {
    const ids = [...new Set<string>(shippedFiles.map(({ id }) => id))];
    return Promise.all(
      ids.map(async (id) => {
        const versions = shippedFiles.flatMap((file) => (file.id === id ? [file.version] : []));
        const { name } = await this.source.get(tenant, { id, version: Math.max(...versions) });
        return { playbookId: id, name, versions, shipped: true, revision: null };
      }),
    );
  }
}
