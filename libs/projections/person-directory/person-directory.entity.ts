import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { FoldedEntity, PERSONAL, TextColumn } from '../folded.entity.js';
import type { ListedIdentifier, Person } from './person-directory.projection.js';

@Entity({ name: 'person_directory' })
@Index('person_directory_by_name', ['nameGrams'], { type: 'gin' })
@Index('person_directory_by_digest', ['digests'], { type: 'gin' })
@Index('person_directory_by_last_four', ['lastFours'], { type: 'gin' })
@Index('person_directory_erased', ['tenant', 'customerId'], { where: 'erased' })
export class PersonDirectoryEntity extends FoldedEntity implements Person {
  @PrimaryColumn({ name: 'customer_id', type: 'text', primaryKeyConstraintName: 'person_directory_pkey' })
  customerId!: string;

  @TextColumn('tenant')
  tenant!: string;

  @TextColumn('kind', { nullable: true })
  kind!: string | null;

  @TextColumn('name', { nullable: true, ...PERSONAL })
  name!: string | null;

  @TextColumn('form_of_address', { nullable: true, ...PERSONAL })
  formOfAddress!: string | null;

  @TextColumn('name_search', PERSONAL)
  nameSearch!: string;

  @TextColumn('name_grams', { array: true, ...PERSONAL })
  nameGrams!: string[];

  @Column({ name: 'identifiers', type: 'jsonb', ...PERSONAL })
  identifiers!: ListedIdentifier[];

  @TextColumn('digests', { array: true })
  digests!: string[];

  @TextColumn('last_fours', { array: true })
  lastFours!: string[];

  @Column({ name: 'erased', type: 'boolean', default: false })
  erased!: boolean;
}
