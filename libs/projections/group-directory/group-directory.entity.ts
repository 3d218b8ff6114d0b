import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { FoldedEntity, TextColumn } from '../folded.entity.js';
import type { Entry, Listed } from './group-directory.projection.js';

@Entity({ name: 'group_directory' })
@Index('group_directory_by_kind', ['tenant', 'kind', 'id'])
export class GroupDirectoryEntity extends FoldedEntity implements Entry {
  @PrimaryColumn({ name: 'stream', type: 'text', primaryKeyConstraintName: 'group_directory_pkey' })
  stream!: string;

  @TextColumn('tenant')
  tenant!: string;

  @TextColumn('kind')
  kind!: keyof Listed;

  @TextColumn('id', { collation: 'C' })
  id!: string;

  @Column({ name: 'record', type: 'jsonb' })
  record!: Listed[keyof Listed];
}
