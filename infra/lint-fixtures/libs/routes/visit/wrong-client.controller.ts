// breaks: controller-packages
export { Pool } from 'pg';
