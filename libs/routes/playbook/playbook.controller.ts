import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth/allow.js';
import type { CommandServices, CommandMetadata } from '@touchline/commands';
import { COMMAND_SERVICES, NamedCommand } from '@touchline/commands';
import type { Caller, JsonObject } from '@touchline/core';
import { KeyedMetadata, LookupRoute, Problem, RecordedAnswer, answer, assertWellFormed } from '@touchline/http';
import type { KnownTypes, Playbook } from '@touchline/playbooks';
import { isShipped, parsePlaybook } from '@touchline/playbooks';
import { REJECTION_STATUS, Records } from '../rejections.js';
import { PlaybookShown, PlaybookVersionPath, PublishPlaybookDto } from './playbook.dto.js';

@ApiTags('administration')
@Controller('admin/playbooks')
export class PlaybookController {
  private readonly known: KnownTypes;

  constructor(
    @Inject(CommandBus) private readonly bus: CommandBus,
    @Inject(COMMAND_SERVICES) private readonly services: CommandServices,
  ) {
    this.known = new Set(services.deps.registry.all().flatMap(({ type, touchpoint }) => (touchpoint ? [type] : [])));
  }

  @Post()
  @Allow({ roles: ['admin'], scope: 'group' })
  @Records(
    'Publish the next version of a playbook (流程手册); every fault of the file is named',
    ...(['playbook.invalid', 'playbook.id-is-shipped', 'playbook.version-not-next'] as const),
  )
  async publish(@Body() { yaml }: PublishPlaybookDto, @KeyedMetadata() metadata: CommandMetadata): Promise<RecordedAnswer> {
    const definition = this.checked(yaml);
    const input = { playbookId: definition.id, definition: definition as unknown as JsonObject };
    return answer(await this.bus.execute(new NamedCommand('playbook-published', input, metadata)));
  }

  @Get(':playbookId/versions/:version')
  @Allow({ roles: ['admin', 'analyst'], scope: 'group' })
  @LookupRoute('A version of a playbook; none ever changes', PlaybookShown, { 404: ['playbook.unknown'] })
  async version(@Param() { playbookId: id, version }: PlaybookVersionPath, @CurrentCaller() { tenant }: Caller): Promise<PlaybookShown> {
    const playbook = await this.services.playbooks.find(tenant, { id, version });
    if (playbook === undefined) throw new Problem(404, 'playbook.unknown', 'there is no such playbook version');
    return { shipped: isShipped(id), playbook };
  }

  private checked(yaml: string): Playbook {
    const checked = parsePlaybook(yaml, this.known);
    if ('playbook' in checked) {
      // An escape in the file comes to what no request may hold as it is.
      assertWellFormed(checked.playbook);
      return checked.playbook;
    }
    throw new Problem(REJECTION_STATUS['playbook.invalid'], 'playbook.invalid', 'the file has faults', {
      errors: checked.faults.map(({ path, rule, detail }) => ({ field: `yaml#${path}`, rule, detail })),
    });
  }
}
