import { Injectable } from '@nestjs/common';

@Injectable()
export class Caller {
  readonly tenant = 'demo';
}
