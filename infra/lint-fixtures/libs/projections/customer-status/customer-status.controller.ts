import { Controller } from '@nestjs/common';
import { Repository } from 'typeorm';
import type { CustomerStatus } from './customer-status.entity.js';

@Controller('customer-status')
export class CustomerStatusController {
  constructor(readonly rows: Repository<CustomerStatus>) {}
}
