// breaks: driver-postgres
export { Repository } from 'typeorm';
