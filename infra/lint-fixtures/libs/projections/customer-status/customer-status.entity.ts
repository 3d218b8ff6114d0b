import { Entity, PrimaryColumn } from 'typeorm';

@Entity()
export class CustomerStatus {
  @PrimaryColumn()
  id!: string;
}
