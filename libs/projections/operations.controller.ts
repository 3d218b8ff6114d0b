import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Operator } from '@touchline/auth';
import { Allow, OPERATES, OrderedBy } from '@touchline/auth';
import { LookupRoute, OperatingRoute, ResponseProperty } from '@touchline/http';
import { ProjectionShown, SkipDto, UNKNOWN } from './operations.dto.js';
import { ProjectionOperations } from './operations.js';

class ProjectionsShown {
  @ResponseProperty(() => ProjectionShown, { list: true }) projections!: ProjectionShown[];
}

@ApiTags('operation')
@Controller('admin/projections')
export class ProjectionOperationsController {
  constructor(@Inject(ProjectionOperations) private readonly operations: ProjectionOperations) {}

  @Get()
  @Allow(OPERATES)
  @LookupRoute(
    'How each read model stands: state, how far behind the log, what it has set aside, and why it stands still',
    ProjectionsShown,
  )
  async all(): Promise<ProjectionsShown> {
    return { projections: await this.operations.all() };
  }

  @Post(':name/pause')
  @Allow(OPERATES)
  @OperatingRoute('Have a projection stand still', ProjectionShown, { 404: UNKNOWN, 409: ['projection.not-running'] })
  pause(@Param('name') name: string, @OrderedBy() operator: Operator): Promise<ProjectionShown> {
    return this.operations.pause(operator, name);
  }

  @Post(':name/resume')
  @Allow(OPERATES)
  @OperatingRoute('Have a paused projection go on', ProjectionShown, { 404: UNKNOWN, 409: ['projection.not-paused'] })
  resume(@Param('name') name: string, @OrderedBy() operator: Operator): Promise<ProjectionShown> {
    return this.operations.resume(operator, name);
  }

  @Post(':name/retry')
  @Allow(OPERATES)
  @OperatingRoute('Have a projection try again what it stopped at, and what it has set aside', ProjectionShown, {
    404: UNKNOWN,
    409: ['projection.not-stopped'],
  })
  retry(@Param('name') name: string, @OrderedBy() operator: Operator): Promise<ProjectionShown> {
    return this.operations.retry(operator, name);
  }

  @Post(':name/skip')
  @Allow(OPERATES)
  @OperatingRoute('Leave out an event that could not be worked in, for good, with a reason that is recorded', ProjectionShown, {
    404: UNKNOWN,
    409: ['projection.not-failed'],
  })
  skip(@Param('name') name: string, @Body() body: SkipDto, @OrderedBy() operator: Operator): Promise<ProjectionShown> {
    return this.operations.skip(operator, name, body);
  }
}
