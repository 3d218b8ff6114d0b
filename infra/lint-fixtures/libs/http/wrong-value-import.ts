// breaks: @typescript-eslint/consistent-type-imports
import { Pool } from 'pg';

export type Database = Pool;
