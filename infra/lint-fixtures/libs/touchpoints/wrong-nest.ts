// breaks: machinery-without-nest
export { Injectable } from '@nestjs/common';
