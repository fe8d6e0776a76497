import { runWriter } from '../engine/log/sqlite/run-writer.ts';
import { projections } from './projections.ts';

// Worker entry: the thread that owns the database's write connection.
runWriter(projections);
