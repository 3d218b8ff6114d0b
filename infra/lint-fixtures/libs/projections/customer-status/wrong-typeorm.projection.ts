// breaks: domain-imports
export { Repository } from 'typeorm';
