import { serve } from './serve.ts';

// `npm start`: the configuration comes from the environment alone.
await serve(process.env);
