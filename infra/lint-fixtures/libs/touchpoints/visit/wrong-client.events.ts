// breaks: domain-imports
export { Pool } from 'pg';
