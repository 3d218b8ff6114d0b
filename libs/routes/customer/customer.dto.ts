import { Uuid } from '@touchline/http';

export class CustomerPath {
  @Uuid()
  customerId!: string;
}
