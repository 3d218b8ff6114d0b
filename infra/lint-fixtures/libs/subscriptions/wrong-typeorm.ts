// breaks: typeorm-at-home
export { Repository } from 'typeorm';
