import { storeContract } from '../contract/store.contract.js';
import { MemoryStore } from './memory-store.js';

storeContract('the journal in memory', () => Promise.resolve(new MemoryStore()));
