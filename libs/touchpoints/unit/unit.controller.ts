import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth/allow.js';
import type { Issuer } from '@touchline/commands';
import { Record } from '@touchline/commands';
import { streamName } from '@touchline/core';
import { IssuedBy, RecordedAnswer, Slug, Text, answer } from '@touchline/http';
import { Records } from '../rejections.js';
import type { UnitCommand } from './unit.decider.js';
import { unitDecider } from './unit.decider.js';

class UnitPath {
  @Slug({ example: 'shanghai-east' })
  unitId!: string;
}

class RenameUnitDto {
  @Text({ max: 100, example: '上海东区' })
  name!: string;
}

class RegisterUnitDto extends RenameUnitDto {
  @Slug({ description: 'chosen here, for ever', example: 'shanghai-east' })
  unitId!: string;
}

const MAY_ADMINISTER = { roles: ['admin'], scope: 'group' } as const;

@ApiTags('administration')
@Controller('admin/units')
export class UnitController {
  constructor(@Inject(CommandBus) private readonly bus: CommandBus) {}

  @Post()
  @Allow(MAY_ADMINISTER)
  @Records('Register a unit (单位): a city company or dealership', 'unit.already-registered')
  register(@Body() { unitId, name }: RegisterUnitDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    return this.record(issuer, unitId, { kind: 'register', name });
  }

  @Post(':unitId/name')
  @Allow(MAY_ADMINISTER)
  @Records('Rename a unit', 'unit.unknown')
  rename(@Param() { unitId }: UnitPath, @Body() { name }: RenameUnitDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    return this.record(issuer, unitId, { kind: 'rename', name });
  }

  private async record(issuer: Issuer, unitId: string, command: UnitCommand): Promise<RecordedAnswer> {
    const stream = streamName('unit', issuer.tenant, unitId);
    return answer(await this.bus.execute(Record.onStream(issuer, { stream, decider: unitDecider, command })));
  }
}
