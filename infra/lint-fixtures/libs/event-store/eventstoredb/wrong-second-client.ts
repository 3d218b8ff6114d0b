// breaks: driver-eventstoredb
export { Pool } from 'pg';
