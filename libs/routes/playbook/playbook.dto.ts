import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { Int, Slug, Text } from '@touchline/http';
import type { Playbook } from '@touchline/playbooks';
import { MAX_PLAYBOOK_SIZE } from '@touchline/playbooks';

/** By hand, since no field of a command is a text taken as it is given: what is sent is what the file says, not the file. */
export class PublishPlaybookDto {
  @Text({
    max: MAX_PLAYBOOK_SIZE,
    as: 'given',
    description: 'the playbook file, as YAML text; docs/playbooks.md describes it',
    example: 'id: bikes\nversion: 1\n…',
  })
  yaml!: string;
}

export class PlaybookVersionPath {
  @Slug({ example: 'auto-ssp9' })
  playbookId!: string;

  @Type(() => Number)
  @Int({ min: 1, example: 1 })
  version!: number;
}

export class PlaybookShown {
  @ApiProperty({ description: 'true where it ships with the product' })
  shipped!: boolean;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'the whole playbook' })
  playbook!: Playbook;
}
